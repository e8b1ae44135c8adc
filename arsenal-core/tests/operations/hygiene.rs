//! Names that the expansion uses itself, a renamed core, patterns, raw identifiers.

#![deny(warnings, unsafe_code)]

use arsenal_core as renamed;

pub mod private {
    #[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
    pub struct Params {
        pub a: u32,
    }
}

/// Reads.
#[renamed::operation(
    post, "/p/{id}", crate = self::renamed, target = all_nodes, gather = first
)]
pub(crate) async fn limit(
    renamed::context::NodeContext { .. }: renamed::context::NodeContext,
    id: u64,
    mut limit: u32,
    r#type: Option<private::Params>,
) -> Result<u64, renamed::error::OperationError> {
    limit += r#type.map_or(0, |params| params.a);
    Ok(id + u64::from(limit))
}

fn first(answers: Vec<renamed::answer::NodeAnswer<u64>>) -> Option<u64> {
    answers.into_iter().next().map(|first| first.answer)
}

/// Streams.
#[renamed::operation(get, "/s/{id}", crate = self::renamed, stream, target = all_nodes)]
pub(crate) async fn events(
    _: renamed::context::NodeContext,
    id: u64,
    event: Option<u32>,
) -> impl Send
+ renamed::answer::Stream<
    Item = Result<renamed::answer::Event<u64>, renamed::error::OperationError>,
> {
    let data = id + u64::from(event.unwrap_or(0));
    futures_util::stream::iter([Ok(renamed::answer::Event::new(id, data))])
}
