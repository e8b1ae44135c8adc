//! Names of Rust types as clients read them.

/// `SoldOut` → `sold_out`, `HTTPError` → `http_error`.
pub(crate) fn snake_case(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut snake = String::new();
    let mut before: Option<char> = None;
    for (index, letter) in letters.iter().enumerate() {
        let is_before_word = letters.get(index + 1).is_some_and(|next| next.is_lowercase());
        let starts_word = before
            .is_some_and(|before| before != '_' && (!before.is_uppercase() || is_before_word));
        if letter.is_uppercase() && starts_word {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
        before = Some(*letter);
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found() {
        for (name, code) in [
            ("SoldOut", "sold_out"),
            ("HTTPError", "http_error"),
            ("Tier2Full", "tier2_full"),
            ("Store", "store"),
            ("Odd_Name", "odd_name"),
        ] {
            assert_eq!(snake_case(name), code);
        }
    }
}
