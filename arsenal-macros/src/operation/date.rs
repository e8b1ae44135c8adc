//! Values of keys that are days, and how HTTP writes them.

use syn::{Token, parse::ParseStream};

use super::amounts;

/// The beginning of a day (UTC).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Date {
    /// As `2027-03-01`.
    pub(super) day: String,
    /// As a structured date: `@` and the seconds since 1970.
    pub(super) structured: String,
    /// As `Mon, 01 Mar 2027 00:00:00 GMT`.
    pub(super) http: String,
}

/// Since when clients should stop using an operation.
pub(super) enum Deprecated {
    Undated,
    From(Date),
}

/// Nothing, or `= "2026-11-01"`.
pub(super) fn deprecated(input: ParseStream<'_>) -> syn::Result<Deprecated> {
    if input.peek(Token![=]) { date(input).map(Deprecated::From) } else { Ok(Deprecated::Undated) }
}

/// `= "2027-03-01"`.
pub(super) fn date(input: ParseStream<'_>) -> syn::Result<Date> {
    let message = "a date is a day from 1970 on, as in `\"2027-03-01\"`";
    amounts::text(input, message, Date::read)
}

const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];

const MONTHS: [(&str, u64); 12] = [
    ("Jan", 31),
    ("Feb", 28),
    ("Mar", 31),
    ("Apr", 30),
    ("May", 31),
    ("Jun", 30),
    ("Jul", 31),
    ("Aug", 31),
    ("Sep", 30),
    ("Oct", 31),
    ("Nov", 30),
    ("Dec", 31),
];

impl Date {
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let mut number = |digits: usize| -> Option<u64> {
            let part = parts.next().filter(|part| part.len() == digits)?;
            part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok()).flatten()
        };
        let (year, month, day) = (number(4)?, number(2)?, number(2)?);
        let before = usize::try_from(month.checked_sub(1)?).ok()?;
        let (name, length) = *MONTHS.get(before)?;
        let is_good = year >= 1970 && (1..=length + leap_day(year, before)).contains(&day);
        if !is_good || parts.next().is_some() {
            return None;
        }
        let years: u64 = (1970..year).map(|year| if is_leap(year) { 366 } else { 365 }).sum();
        let months: u64 =
            (0..before).zip(MONTHS).map(|(it, (_, length))| length + leap_day(year, it)).sum();
        let days = years + months + day - 1;
        let weekday = WEEKDAYS.iter().cycle().nth(usize::try_from(days % 7).ok()?)?;
        Some(Self {
            day: text.to_owned(),
            structured: format!("@{}", days * 24 * 60 * 60),
            http: format!("{weekday}, {day:02} {name} {year} 00:00:00 GMT"),
        })
    }
}

const fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

/// What a month of this year has beyond its length; January is 0.
fn leap_day(year: u64, month: usize) -> u64 {
    u64::from(month == 1 && is_leap(year))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_written_as_http_wants_them() {
        for (day, structured, http) in [
            ("1970-01-01", "@0", "Thu, 01 Jan 1970 00:00:00 GMT"),
            ("2000-02-29", "@951782400", "Tue, 29 Feb 2000 00:00:00 GMT"),
            ("2024-12-31", "@1735603200", "Tue, 31 Dec 2024 00:00:00 GMT"),
            ("2026-11-01", "@1793491200", "Sun, 01 Nov 2026 00:00:00 GMT"),
            ("2027-03-01", "@1803859200", "Mon, 01 Mar 2027 00:00:00 GMT"),
        ] {
            let date = Date::read(day).unwrap();
            assert_eq!((&*date.day, &*date.structured, &*date.http), (day, structured, http));
        }
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for bad in [
            "",
            "2027",
            "2027-02-29",
            "2027-00-01",
            "2027-13-01",
            "2027-04-31",
            "2027-01-00",
            "1969-12-31",
            "27-01-01",
            "2027-1-1",
            "2027-01-01-",
            "2027-01-01T00",
            "+027-01-01",
        ] {
            assert_eq!(Date::read(bad), None, "{bad}");
        }
    }
}
