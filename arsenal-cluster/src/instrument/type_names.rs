//! Names of types as people write them.

use std::borrow::Cow;

/// `a::Worker<b::c::Job>` → `Worker<Job>`.
pub(crate) fn short_type(name: &'static str) -> Cow<'static, str> {
    if !name.contains("::") {
        return Cow::Borrowed(name);
    }
    let is_of_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let mut short = String::with_capacity(name.len());
    let mut parts = name.split("::").peekable();
    while let Some(part) = parts.next() {
        let kept = if parts.peek().is_some() { part.trim_end_matches(is_of_word) } else { part };
        short.push_str(kept);
    }
    Cow::Owned(short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn type_names_lose_their_modules() {
        assert_eq!(short_type("Worker"), "Worker");
        assert_eq!(short_type("shop::till::Worker"), "Worker");
        assert_eq!(short_type("a::Worker<b::c::Job, u8, d::E>"), "Worker<Job, u8, E>");
    }
}
