//! From undecoded arguments to a stream of encoded events: the sibling of [`unary`] for operations
//! that say `stream`.
//!
//! [`unary`]: crate::call::unary

use futures_util::{FutureExt as _, StreamExt as _, future::BoxFuture};

use crate::{
    answer::{Emitted, EncodedEvent, Event, EventStream, Reply, Stream, is_event_id},
    arguments::Arguments,
    call::{Answer, Operation, States, prepare, refused},
    context::NodeContext,
    decode::Typed,
    error::{Code, ErrorCases, OperationError},
    limits::{EVENT_BYTES_MAX, EVENT_ID_BYTES_MAX},
};

/// What the items of a stream are: plain data, or an [`Event`] with the data and an id.
pub trait Item<A> {
    /// The id, where it has one, and the data.
    fn into_parts(self) -> (Option<String>, A);
}

impl<A> Item<A> for A {
    fn into_parts(self) -> (Option<String>, A) {
        (None, self)
    }
}

impl<A> Item<A> for Event<A> {
    fn into_parts(self) -> (Option<String>, A) {
        (Some(self.id), self.data)
    }
}

/// Decodes the arguments before it returns, borrowing them; the future owns what it needs and runs
/// the operation until it has given its stream, or has refused to.
pub fn streaming<O, F, S, I, E, R>(
    context: NodeContext,
    arguments: Arguments<'_>,
    run: R,
) -> BoxFuture<'static, Result<Reply, OperationError>>
where
    O: Operation,
    F: Future<Output = Result<S, E>> + Send + 'static,
    S: Stream<Item = Result<I, O::Error>> + Send + 'static,
    I: Item<O::Answer>,
    E: ErrorCases,
    R: FnOnce(NodeContext, <O::States as States>::Values, <O::Input as Typed>::Values) -> F,
{
    match prepare::<O>(&context, arguments) {
        Ok((states, values)) => {
            let starting = run(context, states, values);
            Box::pin(async move {
                starting
                    .await
                    .map(encoded::<O, S, I>)
                    .map_err(|error| error.into_error().after_run())
            })
        }
        Err(error) => refused(error),
    }
}

/// The same for a function that always gives a stream.
pub fn streaming_at_once<O, F, S, I, R>(
    context: NodeContext,
    arguments: Arguments<'_>,
    run: R,
) -> BoxFuture<'static, Result<Reply, OperationError>>
where
    O: Operation,
    F: Future<Output = S> + Send + 'static,
    S: Stream<Item = Result<I, O::Error>> + Send + 'static,
    I: Item<O::Answer>,
    R: FnOnce(NodeContext, <O::States as States>::Values, <O::Input as Typed>::Values) -> F,
{
    let run = |context, states, values| run(context, states, values).map(Ok::<_, OperationError>);
    streaming::<O, _, _, _, _, _>(context, arguments, run)
}

fn encoded<O, S, I>(events: S) -> Reply
where
    O: Operation,
    S: Stream<Item = Result<I, O::Error>> + Send + 'static,
    I: Item<O::Answer>,
{
    Reply::Stream(EventStream::new(events.map(|event| match event {
        Ok(event) => encode(event).map(Emitted::Event),
        Err(error) => Err(error.into_error()),
    })))
}

fn encode<A: Answer>(event: impl Item<A>) -> Result<EncodedEvent, OperationError> {
    let (id, data) = event.into_parts();
    if let Some(id) = id.as_ref().filter(|id| !is_event_id(id)) {
        let rule = format!("1 to {EVENT_ID_BYTES_MAX} bytes without control characters");
        return Err(OperationError::internal().because(format!("event id {id:?}: not {rule}")));
    }
    let data = Reply::json(&data)?.into_json()?;
    if data.len() > EVENT_BYTES_MAX {
        let detail = format!("an event is larger than {EVENT_BYTES_MAX} bytes");
        return Err(OperationError::new(Code::Internal, detail));
    }
    Ok(EncodedEvent { id, data })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_has_data_and_perhaps_an_id() {
        let plain = encode::<u32>(7).unwrap();
        assert_eq!((plain.id, &plain.data[..]), (None, &b"7"[..]));
        let placed = encode::<u32>(Event::new(3, 7)).unwrap();
        assert_eq!(placed.id.as_deref(), Some("3"));
    }

    #[test]
    fn what_no_client_could_send_back_is_a_fault_of_the_operation() {
        for id in [String::new(), String::from("a\nid: b"), "x".repeat(EVENT_ID_BYTES_MAX + 1)] {
            assert_eq!(*encode::<u32>(Event::new(id, 7)).unwrap_err().code(), Code::Internal);
        }
        let large = encode::<String>("x".repeat(EVENT_BYTES_MAX)).unwrap_err();
        assert!(large.detail().contains("larger than"), "{large}");
    }
}
