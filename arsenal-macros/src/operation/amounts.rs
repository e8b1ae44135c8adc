//! Values of keys that are amounts with a unit: times, sizes, rates, versions.
//! Days stand in `date`.

use syn::{LitInt, LitStr, Token, parse::ParseStream};

use crate::keys;

/// So many in so many milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rate {
    pub(super) count: u32,
    pub(super) per_ms: u64,
}

/// `major.minor`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version {
    pub(super) major: u16,
    pub(super) minor: u16,
}

/// `= "2s"`, in milliseconds.
pub(super) fn timeout(input: ParseStream<'_>) -> syn::Result<u64> {
    let message = "a timeout is a whole number of `ms`, `s` or `m`, above 0, as in `\"2s\"`";
    text(input, message, milliseconds)
}

/// `= "64KiB"`, in bytes.
pub(super) fn bytes(input: ParseStream<'_>) -> syn::Result<usize> {
    let message = "a size is a whole number of `B`, `KiB` or `MiB`, above 0, as in `\"64KiB\"`";
    text(input, message, size)
}

/// `= "100/s"`.
pub(super) fn rate(input: ParseStream<'_>) -> syn::Result<Rate> {
    let message = "a rate is a whole number per `s`, `m` or `h`, above 0, as in `\"100/s\"`";
    text(input, message, per_time)
}

/// `= "1.4"`.
pub(super) fn version(input: ParseStream<'_>) -> syn::Result<Version> {
    text(input, "a version is `major.minor`, as in `\"1.4\"`", major_minor)
}

/// `= 16`.
pub(super) fn count(input: ParseStream<'_>) -> syn::Result<u32> {
    let literal: LitInt = keys::value(input)?;
    literal.base10_parse().ok().filter(|count| *count > 0).ok_or_else(|| {
        syn::Error::new(literal.span(), "expected a whole number above 0, as in `16`")
    })
}

pub(super) fn text<T>(
    input: ParseStream<'_>,
    message: &str,
    read: impl Fn(&str) -> Option<T>,
) -> syn::Result<T> {
    input.parse::<Token![=]>()?;
    let literal: LitStr =
        input.parse().map_err(|error: syn::Error| syn::Error::new(error.span(), message))?;
    read(&literal.value()).ok_or_else(|| syn::Error::new(literal.span(), message))
}

fn milliseconds(text: &str) -> Option<u64> {
    let (number, unit) = number_and_rest(text)?;
    let factor = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        _ => return None,
    };
    number.checked_mul(factor)
}

fn size(text: &str) -> Option<usize> {
    let (number, unit) = number_and_rest(text)?;
    let factor = match unit {
        "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        _ => return None,
    };
    usize::try_from(number.checked_mul(factor)?).ok()
}

fn per_time(text: &str) -> Option<Rate> {
    let (number, unit) = number_and_rest(text)?;
    let per_ms = match unit {
        "/s" => 1_000,
        "/m" => 60_000,
        "/h" => 3_600_000,
        _ => return None,
    };
    Some(Rate { count: u32::try_from(number).ok()?, per_ms })
}

/// Digits of each number of a version, as clients may send them.
const VERSION_DIGITS_MAX: usize = 4;

fn major_minor(text: &str) -> Option<Version> {
    let (major, minor) = text.split_once('.')?;
    let number = |text: &str| {
        let is_number =
            text.len() <= VERSION_DIGITS_MAX && text.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| text.parse().ok()).flatten()
    };
    Some(Version { major: number(major)?, minor: number(minor)? })
}

/// A whole number above 0, and what stands behind it.
fn number_and_rest(text: &str) -> Option<(u64, &str)> {
    let digits = text.find(|letter: char| !letter.is_ascii_digit())?;
    let (number, rest) = text.split_at(digits);
    number.parse().ok().filter(|number| *number > 0).map(|number| (number, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timeouts_have_units() {
        assert_eq!(milliseconds("250ms"), Some(250));
        assert_eq!(milliseconds("3m"), Some(180_000));
        for bad in ["", "2", "s", "0s", "-1s", "1.5s", "2 s", "99999999999999999999s"] {
            assert_eq!(milliseconds(bad), None, "{bad}");
        }
    }

    #[test]
    fn sizes_rates_and_versions_are_read() {
        assert_eq!(
            (size("64KiB"), size("2MiB"), size("7B")),
            (Some(65_536), Some(2 << 20), Some(7))
        );
        assert_eq!(per_time("100/s"), Some(Rate { count: 100, per_ms: 1_000 }));
        assert_eq!(major_minor("1.12"), Some(Version { major: 1, minor: 12 }));
        for bad in
            ["", "1", "0KiB", "1kb", "/s", "5000000000/s", "1.", ".2", "1.2.3", "+1.2", "1.10000"]
        {
            assert!(size(bad).is_none() && per_time(bad).is_none() && major_minor(bad).is_none());
        }
    }
}
