//! Doc comments, as the text that they become.

use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// The text of all doc comments, without the space in front of each line.
pub(crate) fn text(attributes: &[Attribute]) -> String {
    let lines: Vec<String> = attributes.iter().filter_map(line).collect();
    lines.join("\n").trim().to_owned()
}

/// The first line, and what follows it.
pub(crate) fn summary_and_description(attributes: &[Attribute]) -> (String, String) {
    let text = text(attributes);
    match text.split_once('\n') {
        Some((summary, description)) => (summary.trim().to_owned(), description.trim().to_owned()),
        None => (text, String::new()),
    }
}

fn line(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(meta) = &attribute.meta else { return None };
    let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = &meta.value else { return None };
    let text = text.value();
    meta.path.is_ident("doc").then(|| text.strip_prefix(' ').unwrap_or(&text).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::{ItemFn, parse_quote};

    #[test]
    fn the_first_line_is_the_summary() {
        let function: ItemFn = parse_quote! {
            /// Lists.
            ///
            /// All of them:
            ///   indented
            #[other]
            fn list() {}
        };
        let (summary, description) = summary_and_description(&function.attrs);
        assert_eq!((&*summary, &*description), ("Lists.", "All of them:\n  indented"));
    }

    #[test]
    fn nothing_is_an_empty_text() {
        assert_eq!(summary_and_description(&[]), (String::new(), String::new()));
    }
}
