//! Which files name a thing.

use std::fs;

use super::workspace::{root, sources};

/// Whatever is named in a comment does not count.
pub(crate) fn assert_named_only(folder: &str, word: &str, allowed: &[&str]) {
    let mut is_named = false;
    for file in sources().into_iter().filter(|file| file.starts_with(folder)) {
        let text = fs::read_to_string(root().join(&file)).unwrap();
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        if code.into_iter().any(|line| has_word(line, word)) {
            is_named = true;
            let path = file.display().to_string();
            let is_allowed = allowed.iter().any(|allowed| path.starts_with(allowed));
            assert!(is_allowed, "{path} names {word}");
        }
    }
    assert!(is_named, "{word} is named nowhere: the rule has lost its object");
}

fn has_word(line: &str, word: &str) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    line.split(|letter| !is_part(letter)).any(|found| found == word)
}
