//! Text that a shell reads back as it was.

/// The words as one line that can be pasted into a POSIX shell.
pub(super) fn line(words: &[&str]) -> String {
    words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}

/// One word; in single quotes where it has anything that a shell could take for its own.
pub(super) fn quoted(word: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:,=@%+".contains(&byte);
    if !word.is_empty() && word.bytes().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn a_shell_reads_every_word_back() {
        let words =
            ["plain", "", "two words", "it's", "$HOME `x` \"y\" \\", "a;b|c&d", "*?~#!", "ä\nb"];
        let script = format!("printf '%s\\0' {}", line(&words));
        let output = Command::new("sh").args(["-c", &script]).output().unwrap();
        let read = String::from_utf8(output.stdout).unwrap();
        assert_eq!(read.trim_end_matches('\0').split('\0').collect::<Vec<_>>(), words);
    }

    #[test]
    fn plain_words_stay_readable() {
        assert_eq!(line(&["/bin/x", "--http", "127.0.0.1:4000"]), "/bin/x --http 127.0.0.1:4000");
    }
}
