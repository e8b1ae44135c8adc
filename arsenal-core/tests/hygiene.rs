//! The expansion takes no name from the user's scope, gives none to it, and needs no `unsafe` there.

#![forbid(unsafe_code)]
#![deny(warnings)]
#![allow(clippy::allow_attributes, reason = "the shadows below are of no use but to be in the way")]

use arsenal_core::{context::NodeContext, registry::Registry};

/// Whatever the expansion names by its short name, it would find here.
mod shadowed {
    #![allow(dead_code, reason = "only there to be found by mistake")]

    pub(super) struct Option;
    pub(super) struct Some;
    pub(super) struct None;
    pub(super) struct Result;
    pub(super) struct Ok;
    pub(super) struct Err;
    pub(super) struct Box;
    pub(super) struct Vec;
    pub(super) struct String;
    pub(super) struct Into;
    pub(super) mod core {}
    pub(super) mod std {}
    pub(super) mod private {
        pub(crate) type Text = String;
    }
}

#[allow(unused_imports, reason = "shadows")]
mod inside {
    use super::shadowed::*;

    /// Repeats.
    #[arsenal_core::operation(get, "/hygiene/{text}", tag = "hygiene", gather = join, target = all_nodes)]
    pub(super) async fn repeat(
        text: private::Text,
        #[param(default = 2, range(min = 1, max = 3))] times: usize,
        #[param(pattern = "^.$", length(max = 1))] separator: ::std::option::Option<private::Text>,
    ) -> ::std::result::Result<private::Text, arsenal_core::error::OperationError> {
        let separator = separator.unwrap_or_default();
        ::std::result::Result::Ok(::std::vec![text; times].join(&separator))
    }

    fn join(answers: ::std::vec::Vec<arsenal_core::answer::NodeAnswer<private::Text>>) -> usize {
        answers.into_iter().map(|answer| answer.answer.len()).sum()
    }
}

/// Nothing is in scope at all.
#[no_implicit_prelude]
mod bare {
    /// Counts.
    #[::arsenal_core::operation(post, "/hygiene/counts/{count}", tag = "hygiene")]
    pub(crate) async fn count(
        count: u8,
        #[param(default = 1)] by: u8,
    ) -> ::core::result::Result<u8, ::arsenal_core::error::OperationError> {
        ::core::result::Result::Ok(count.saturating_add(by))
    }
}

#[test]
fn both_are_registered() {
    let registry = Registry::from_linked().expect("a good catalogue");
    assert!(registry.get("hygiene.repeat").is_some() && registry.get("hygiene.count").is_some());
}

#[tokio::test]
async fn both_are_plain_functions() {
    assert_eq!(inside::repeat("a".to_owned(), 2, None).await.expect("an answer"), "aa");
    assert_eq!(bare::count(1, 2).await.expect("an answer"), 3);
    drop(NodeContext::alone());
}
