//! Finding operations by words.

use super::Registry;
use crate::spec::OperationSpec;

/// How much a word counts, by the best place where it occurs. What an operation is called says more
/// than what is written about it.
const IS_WORD_OF_NAME: u32 = 16;
const IN_NAME: u32 = 8;
const IN_PATH: u32 = 4;
const IN_SUMMARY: u32 = 3;
const IN_PARAMETER_NAME: u32 = 2;
const IN_TEXT: u32 = 1;

impl Registry {
    /// The operations in which every word of a text occurs, best first; all of them, by name, where
    /// it has no word. Upper and lower case are one.
    ///
    /// A word may be part of another. Each counts by the best place where it occurs: as a whole word
    /// of the name (the tag is one) 16, else within the name 8, within a path 4, within the summary
    /// 3, within the name of a parameter 2, within the description or that of a parameter 1. An
    /// operation counts as much as its words together; equals stand by name.
    pub fn search(&self, text: &str) -> Vec<&'static OperationSpec> {
        let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        if words.is_empty() {
            return self.operations.clone();
        }
        let ranked = |spec: &&'static OperationSpec| Some((rank(spec, &words)?, *spec));
        let mut found: Vec<_> = self.operations.iter().filter_map(ranked).collect();
        // Stable: the operations are sorted by name.
        found.sort_by_key(|(rank, _)| std::cmp::Reverse(*rank));
        found.into_iter().map(|(_, spec)| spec).collect()
    }
}

/// `None` where a word does not occur.
fn rank(spec: &OperationSpec, words: &[String]) -> Option<u32> {
    let places = places(spec);
    let best = |word: &String| {
        if places.words_of_name.contains(word) {
            return Some(IS_WORD_OF_NAME);
        }
        let found = places.texts.iter().filter(|(_, text)| text.contains(word.as_str()));
        found.map(|(weight, _)| *weight).max()
    };
    words.iter().map(best).sum()
}

/// Where words are looked for, in lower case.
struct Places {
    words_of_name: Vec<String>,
    texts: Vec<(u32, String)>,
}

fn places(spec: &OperationSpec) -> Places {
    let name = spec.name.to_lowercase();
    let words_of_name = name.split(['.', '_', '-']).chain([spec.tag, &*name]);
    let words_of_name = words_of_name.map(str::to_lowercase).collect();
    let parameters = spec.parameters.iter().flat_map(|parameter| {
        [(IN_PARAMETER_NAME, parameter.name), (IN_TEXT, parameter.description)]
    });
    let paths = std::iter::once(spec.path).chain(spec.aliases.iter().copied());
    let texts = [
        (IN_NAME, spec.name),
        (IN_NAME, spec.tag),
        (IN_SUMMARY, spec.summary),
        (IN_TEXT, spec.description),
    ];
    let texts = texts.into_iter().chain(paths.map(|path| (IN_PATH, path))).chain(parameters);
    let texts = texts.map(|(weight, text)| (weight, text.to_lowercase())).collect();
    Places { words_of_name, texts }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        samples::{ID, catalogue, leaked, operation},
        spec::Method,
    };

    fn found(text: &str) -> Vec<&'static str> {
        let mut specs = catalogue();
        specs.push(OperationSpec {
            summary: "Moves things.",
            description: "Of any ITEM that is heavy.",
            parameters: ID,
            ..operation("cargo.move", Method::Post, "/api/v1/cargo/{id}")
        });
        let registry = Registry::from_specs(leaked(specs)).unwrap();
        registry.search(text).into_iter().map(|spec| spec.name).collect()
    }

    #[test]
    fn every_word_must_occur_somewhere() {
        assert_eq!(found("heavy things"), ["cargo.move"]);
        assert_eq!(found("heavy elsewhere"), [""; 0]);
        assert_eq!(found("STATUS cluster"), ["cluster.status"]);
        assert_eq!(found("item parts"), ["item.add"]);
    }

    #[test]
    fn what_it_is_called_counts_more_than_what_is_written_about_it() {
        assert_eq!(
            found("item"),
            ["item.add", "item.delete", "item.list", "item.show", "cargo.move"]
        );
        assert_eq!(found("item list")[0], "item.list");
        assert_eq!(found("things"), ["item.add", "item.list", "cargo.move"]);
    }

    #[test]
    fn no_word_finds_all_by_name() {
        assert_eq!(found(" ").len(), 7);
        assert!(found("").is_sorted());
    }
}
