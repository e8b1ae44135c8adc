//! Names that the expansion uses itself, a renamed core, odd places.

#![deny(warnings, unsafe_code)]

use arsenal_core as renamed;

pub mod inner {
    use super::renamed::{answer::NodeAnswer, context::NodeContext, error::OperationError, operation};

    pub mod private {
        #[derive(serde::Deserialize, schemars::JsonSchema)]
        pub struct Params {
            pub a: u32,
        }
    }

    pub struct Option;
    pub struct String;
    pub struct Vec;
    pub struct Box;
    pub struct Result;

    /// Reads.
    #[operation(post, "/p/{id}", crate = super::renamed, target = all_nodes, gather = self::first)]
    pub(crate) async fn limit(
        NodeContext { .. }: NodeContext,
        id: u64,
        mut limit: u32,
        r#type: std::option::Option<private::Params>,
    ) -> std::result::Result<u64, OperationError> {
        limit += r#type.map_or(0, |params| params.a);
        Ok(id + u64::from(limit))
    }

    fn first(answers: std::vec::Vec<NodeAnswer<u64>>) -> std::option::Option<u64> {
        answers.first().map(|first| first.answer)
    }
}

fn main() {
    let _ = (inner::Option, inner::String, inner::Vec, inner::Box, inner::Result);
    drop(inner::limit(renamed::context::NodeContext::alone(), 1, 2, None));
}
