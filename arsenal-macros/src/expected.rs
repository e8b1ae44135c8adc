//! What was expected where something else stands: one wording for all messages.

use proc_macro2::Ident;
use syn::{ext::IdentExt as _, parse::ParseStream};

/// Words as a list: `` `a`, `b`, `c` ``.
pub(crate) fn list<T: AsRef<str>>(words: impl IntoIterator<Item = T>) -> String {
    let quoted: Vec<String> =
        words.into_iter().map(|word| format!("`{}`", word.as_ref())).collect();
    quoted.join(", ")
}

/// An unknown word, where one of some was expected: says which one was probably meant, else all.
pub(crate) fn unknown(what: &str, found: &Ident, words: &[&str]) -> syn::Error {
    let text = found.to_string();
    let meant = words.iter().find(|word| is_misspelled(&text, word));
    let hint = match meant {
        Some(word) => format!("did you mean `{word}`?"),
        None => format!("expected one of {}", list(words)),
    };
    syn::Error::new(found.span(), format!("unknown {what} `{found}`; {hint}"))
}

/// Reads one of some words; each stands for a value.
pub(crate) fn one_of<T: Copy>(
    input: ParseStream<'_>,
    what: &str,
    words: &[(&str, T)],
) -> syn::Result<(Ident, T)> {
    let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
    let found = Ident::parse_any(input).map_err(|error| {
        syn::Error::new(error.span(), format!("expected one of {}", list(&names)))
    })?;
    match words.iter().find(|(word, _)| found == word) {
        Some((_, value)) => Ok((found, *value)),
        None => Err(unknown(what, &found, &names)),
    }
}

/// Whether one letter too many, one too few, one other or two neighbours swapped make the
/// difference between two words of more than two letters.
fn is_misspelled(found: &str, word: &str) -> bool {
    let (found, word) = (found.as_bytes(), word.as_bytes());
    let start = found.iter().zip(word).take_while(|(a, b)| a == b).count();
    let rest = |text: &[u8]| text.get(start..).unwrap_or_default().to_vec();
    let (found_rest, word_rest) = (rest(found), rest(word));
    let end = found_rest.iter().rev().zip(word_rest.iter().rev()).take_while(|(a, b)| a == b);
    let end = end.count();
    let middle = |text: &[u8]| text.get(..text.len() - end).unwrap_or_default().to_vec();
    let is_near = match (middle(&found_rest).as_slice(), middle(&word_rest).as_slice()) {
        ([], [_]) | ([_], [] | [_]) => true,
        ([a, b], [c, d]) => (a, b) == (d, c),
        _ => false,
    };
    is_near && found.len().min(word.len()) > 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slip_is_recognised() {
        for slip in ["tmeout", "timeoutt", "timeaut", "itmeout", "timeotu"] {
            assert!(is_misspelled(slip, "timeout"), "{slip}");
        }
        for other in ["timeout", "time", "emitout", "", "out"] {
            assert!(!is_misspelled(other, "timeout"), "{other}");
        }
        assert!(!is_misspelled("on", "any") && !is_misspelled("a", "b"));
    }
}
