//! What `range`, `length` and `pattern` ask of a value, and how a broken rule reads.

use std::{
    borrow::Cow,
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet, VecDeque},
    fmt::Display,
    sync::Arc,
};

use bytes::Bytes;

use crate::spec::{Number, Rule};

/// A number that can be compared with the bounds of a range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Numeric {
    /// A whole number with a sign.
    Signed(i128),
    /// A whole number without one.
    Unsigned(u128),
    /// A number with a fraction.
    Float(f64),
}

/// A type that `range(…)` can be asked of. Implement it for newtypes of numbers.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no range",
    label = "not a number",
    note = "`range(…)` is for whole numbers, floats and options of them"
)]
pub trait RangeValue {
    /// The number; `None` where there is nothing to check.
    fn numeric(&self) -> Option<Numeric>;
}

/// A type that `length(…)` can be asked of. Implement it for newtypes of texts and lists.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no length",
    label = "neither a text nor a list",
    note = "`length(…)` is for texts, lists, sets, maps and options of them"
)]
pub trait LengthValue {
    /// Characters or items; `None` where there is nothing to check.
    fn length(&self) -> Option<usize>;
}

/// A type that `pattern = "…"` can be asked of. Implement it for newtypes of texts.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot match a pattern",
    label = "not a text",
    note = "`pattern = \"…\"` is for texts and options of them"
)]
pub trait PatternValue {
    /// The text; `None` where there is nothing to check.
    fn text(&self) -> Option<&str>;
}

/// Whether a number lies between two bounds, both included.
pub(super) fn in_range(value: Numeric, min: Option<Number>, max: Option<Number>) -> bool {
    let is_at_least =
        |bound| matches!(compare(value, bound), Some(Ordering::Greater | Ordering::Equal));
    let is_at_most =
        |bound| matches!(compare(value, bound), Some(Ordering::Less | Ordering::Equal));
    min.is_none_or(is_at_least) && max.is_none_or(is_at_most)
}

/// The range that a number breaks, given as JSON or text, of whatever size. For numbers that did not
/// even fit the type.
pub(super) fn broken_range<'a>(rules: &'a [Rule], number: &str) -> Option<&'a Rule> {
    let digits = number.strip_prefix('-').unwrap_or(number);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // What does not even fit 128 bits lies beyond every bound.
    let extreme = if digits.len() == number.len() { i128::MAX } else { i128::MIN };
    let value = Numeric::Signed(number.parse().unwrap_or(extreme));
    rules.iter().find(|rule| match rule {
        Rule::Range { min, max } => !in_range(value, *min, *max),
        Rule::Length { .. } | Rule::Pattern(_) | Rule::Items(_) => false,
    })
}

/// The bounds of a type of whole numbers, made narrower by a range.
pub(super) fn narrowed(rules: &[Rule], min: &str, max: &str) -> (String, String) {
    let bounds = |rule: &Rule| match rule {
        Rule::Range { min, max } => Some((*min, *max)),
        Rule::Length { .. } | Rule::Pattern(_) | Rule::Items(_) => None,
    };
    let (least, most) = rules.iter().find_map(bounds).unwrap_or_default();
    // A bound of a type that does not fit lies beyond every rule.
    let is_beyond = |bound: i128, of_type: &str, beyond: Ordering| {
        of_type.parse().map_or(true, |of_type: i128| of_type.cmp(&bound) == beyond)
    };
    let narrower = |bound: Option<Number>, of_type: &str, beyond| match bound {
        Some(Number::Integer(bound)) if is_beyond(bound, of_type, beyond) => bound.to_string(),
        _ => of_type.to_owned(),
    };
    (narrower(least, min, Ordering::Less), narrower(most, max, Ordering::Greater))
}

/// Whether a length lies between two bounds, both included.
pub(super) fn of_length(length: usize, min: Option<usize>, max: Option<usize>) -> bool {
    min.is_none_or(|min| length >= min) && max.is_none_or(|max| length <= max)
}

/// What is wrong with a value that breaks the rule.
pub(super) fn message(rule: &Rule) -> String {
    match rule {
        Rule::Range { min, max } => {
            let text = |bound: Option<Number>| {
                bound.map(|bound| match bound {
                    Number::Integer(bound) => bound.to_string(),
                    Number::Float(bound) => bound.to_string(),
                })
            };
            bounds("must be", text(*min).as_ref(), text(*max).as_ref())
        }
        Rule::Length { min, max } => bounds("must have a length of", min.as_ref(), max.as_ref()),
        Rule::Pattern(pattern) => format!("must match `{}`", pattern.as_str()),
        Rule::Items(rules) => rules.iter().map(message).collect::<Vec<_>>().join(", "),
    }
}

fn bounds<T: Display>(what: &str, min: Option<&T>, max: Option<&T>) -> String {
    match (min, max) {
        (Some(min), Some(max)) => format!("{what} {min} to {max}"),
        (Some(min), None) => format!("{what} at least {min}"),
        (None, Some(max)) => format!("{what} at most {max}"),
        (None, None) => what.to_owned(),
    }
}

/// `None` for what is not a number at all.
fn compare(value: Numeric, bound: Number) -> Option<Ordering> {
    match (value, bound) {
        (Numeric::Signed(value), Number::Integer(bound)) => Some(value.cmp(&bound)),
        // What does not fit is greater than every bound.
        (Numeric::Unsigned(value), Number::Integer(bound)) => {
            Some(i128::try_from(value).map_or(Ordering::Greater, |value| value.cmp(&bound)))
        }
        (value, bound) => as_float(value).partial_cmp(&match bound {
            Number::Float(bound) => bound,
            Number::Integer(bound) => float_of(bound),
        }),
    }
}

fn as_float(value: Numeric) -> f64 {
    match value {
        Numeric::Signed(value) => float_of(value),
        Numeric::Unsigned(value) => i128::try_from(value).map_or(f64::INFINITY, float_of),
        Numeric::Float(value) => value,
    }
}

#[expect(clippy::cast_precision_loss, reason = "a bound of another kind is compared as a float")]
fn float_of(value: i128) -> f64 {
    value as f64
}

macro_rules! numbers {
    ($variant:ident: $($number:ty)*) => { $(
        impl RangeValue for $number {
            #[inline]
            fn numeric(&self) -> Option<Numeric> {
                Some(Numeric::$variant((*self).into()))
            }
        }
    )* };
}
numbers!(Signed: i8 i16 i32 i64 i128);
numbers!(Unsigned: u8 u16 u32 u64 u128);
numbers!(Float: f32 f64);

impl RangeValue for usize {
    #[inline]
    fn numeric(&self) -> Option<Numeric> {
        u128::try_from(*self).ok().map(Numeric::Unsigned)
    }
}

impl RangeValue for isize {
    #[inline]
    fn numeric(&self) -> Option<Numeric> {
        i128::try_from(*self).ok().map(Numeric::Signed)
    }
}

impl<T: RangeValue> RangeValue for Option<T> {
    fn numeric(&self) -> Option<Numeric> {
        self.as_ref()?.numeric()
    }
}

macro_rules! texts {
    ($($text:ty)*) => { $(
        impl LengthValue for $text {
            fn length(&self) -> Option<usize> {
                Some(self.chars().count())
            }
        }
        impl PatternValue for $text {
            fn text(&self) -> Option<&str> {
                Some(self)
            }
        }
    )* };
}
texts!(String Box<str> Arc<str> Cow<'static, str>);

impl<T: PatternValue> PatternValue for Option<T> {
    fn text(&self) -> Option<&str> {
        self.as_ref()?.text()
    }
}

impl<T: LengthValue> LengthValue for Option<T> {
    fn length(&self) -> Option<usize> {
        self.as_ref()?.length()
    }
}

macro_rules! collections {
    ($([$($generic:ident)*] $collection:ty;)*) => { $(
        impl<$($generic),*> LengthValue for $collection {
            fn length(&self) -> Option<usize> {
                Some(self.len())
            }
        }
    )* };
}
collections! {
    [] Bytes;
    [T] Vec<T>;
    [T] VecDeque<T>;
    [T] Box<[T]>;
    [T] BTreeSet<T>;
    [K V] BTreeMap<K, V>;
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE_TO_TEN: (Option<Number>, Option<Number>) =
        (Some(Number::Integer(1)), Some(Number::Integer(10)));

    fn fits<T: RangeValue + Copy>(value: T) -> bool {
        in_range(value.numeric().unwrap(), ONE_TO_TEN.0, ONE_TO_TEN.1)
    }

    #[test]
    fn bounds_are_included() {
        assert!(fits(1_u8) && fits(10_i64) && fits(10.0) && fits(1_usize));
        assert!(!fits(0_u8) && !fits(11_i64) && !fits(10.000_1) && !fits(-1_isize));
    }

    #[test]
    fn the_extremes_are_compared_exactly() {
        assert!(!fits(u128::MAX) && !fits(i128::MIN) && !fits(u64::MAX));
        let max = Some(Number::Integer(u64::MAX.into()));
        assert!(in_range(u64::MAX.numeric().unwrap(), None, max));
        assert!(!in_range((u128::from(u64::MAX) + 1).numeric().unwrap(), None, max));
        assert!(!fits(f64::NAN) && !fits(f64::INFINITY));
    }

    #[test]
    fn a_length_counts_characters() {
        assert_eq!("äöü".to_owned().length(), Some(3));
        assert_eq!(Some(vec![1, 2]).length(), Some(2));
        assert_eq!(None::<String>.length(), None);
        assert_eq!(VecDeque::from([1, 2]).length(), Some(2));
        assert_eq!(BTreeMap::from([(1, 2)]).length(), Some(1));
    }

    #[test]
    fn a_number_of_any_size_breaks_a_range() {
        let rules = [Rule::Range { min: ONE_TO_TEN.0, max: ONE_TO_TEN.1 }];
        for outside in ["0", "-1", "300", &"9".repeat(60), &format!("-{}", "9".repeat(60))] {
            assert!(broken_range(&rules, outside).is_some(), "{outside}");
        }
        for other in ["1", "10", "", "-", "x", "1.5", "\"300\"", "+300"] {
            assert!(broken_range(&rules, other).is_none(), "{other}");
        }
        assert!(broken_range(&[], "300").is_none());
    }

    #[test]
    fn a_range_makes_the_bounds_of_a_type_narrower_and_never_wider() {
        let range = |min: Option<i128>, max: Option<i128>| {
            let rule = Rule::Range { min: min.map(Number::Integer), max: max.map(Number::Integer) };
            let (min, max) = narrowed(&[rule], "0", "255");
            format!("{min} to {max}")
        };
        assert_eq!(range(None, Some(100)), "0 to 100");
        assert_eq!(range(Some(1), None), "1 to 255");
        assert_eq!(range(Some(-1), Some(300)), "0 to 255");
        let most = u128::MAX.to_string();
        assert_eq!(narrowed(&[], "0", &most), (String::from("0"), most));
    }

    #[test]
    fn the_text_says_the_bounds() {
        let float = Rule::Range { min: Some(Number::Float(0.5)), max: None };
        assert_eq!(message(&float), "must be at least 0.5");
        let length = Rule::Length { min: Some(1), max: Some(3) };
        assert_eq!(message(&length), "must have a length of 1 to 3");
    }
}
