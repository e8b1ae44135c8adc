//! A context between nodes: text in the metadata that `ractor_cluster` carries beside a message.
//!
//! Two lines, `traceparent: …` and, where sessions follow the request, `tracestate: arsenal=…;…`, as W3C
//! Trace Context has them for HTTP. Nodes whose messages derive `RactorClusterMessage` pass over them. What
//! comes in is from outside: anything else than exactly this is no context.

use arsenal_core::telemetry;
use ractor::message::SerializedMessage;

use super::{context::Context, followers::Followers};

const TRACEPARENT: &str = "traceparent: ";
const TRACESTATE: &str = "tracestate: arsenal=";

/// The message with its context, unless its type has metadata of its own.
pub(super) fn with_context(message: SerializedMessage, context: &Context) -> SerializedMessage {
    let ours = || Some(written(context));
    match message {
        SerializedMessage::Cast { variant, args, metadata } => {
            SerializedMessage::Cast { variant, args, metadata: metadata.or_else(ours) }
        }
        SerializedMessage::Call { variant, args, reply, metadata } => {
            SerializedMessage::Call { variant, args, reply, metadata: metadata.or_else(ours) }
        }
        reply @ SerializedMessage::CallReply(..) => reply,
    }
}

/// The context that came with a message.
pub(super) fn context_of(message: &SerializedMessage) -> Option<Context> {
    match message {
        SerializedMessage::Cast { metadata, .. } | SerializedMessage::Call { metadata, .. } => {
            read(metadata.as_deref()?)
        }
        SerializedMessage::CallReply(..) => None,
    }
}

fn written(context: &Context) -> Vec<u8> {
    let parent = format!("{TRACEPARENT}{}\n", context.w3c);
    let ids: Vec<String> = context.followers.iter().map(|id| id.to_string()).collect();
    let state =
        if ids.is_empty() { String::new() } else { format!("{TRACESTATE}{}\n", ids.join(";")) };
    (parent + &state).into_bytes()
}

fn read(metadata: &[u8]) -> Option<Context> {
    let text = str::from_utf8(metadata).ok()?.strip_suffix('\n')?;
    let (parent, state) = match text.split_once('\n') {
        Some((parent, state)) => (parent, Some(state)),
        None => (text, None),
    };
    let w3c = telemetry::TraceContext::parse(parent.strip_prefix(TRACEPARENT)?.as_bytes())?;
    let followers = match state {
        Some(state) => read_followers(state.strip_prefix(TRACESTATE)?)?,
        None => Followers::default(),
    };
    Some(Context { w3c, followers })
}

fn read_followers(ids: &str) -> Option<Followers> {
    let followers: Followers = ids.split(';').map_while(|id| id.parse().ok()).collect();
    // One that is no id, comes twice or is one too many is not among them.
    let is_all = followers.iter().count() == ids.split(';').count();
    is_all.then_some(followers)
}

#[cfg(test)]
mod tests {
    use super::{
        super::{SessionId, table::LIVE_MAX},
        *,
    };

    fn cast(metadata: Option<Vec<u8>>) -> SerializedMessage {
        SerializedMessage::Cast { variant: String::from("Add"), args: vec![7], metadata }
    }

    #[test]
    fn a_context_comes_back_from_its_metadata() {
        let plain = Context::new();
        for count in 0..=LIVE_MAX as u64 {
            let ids = (0..count).map(|number| SessionId::new((number + 1).try_into().unwrap()));
            let context = Context { followers: ids.collect(), ..plain };
            let sent = with_context(cast(None), &context);
            let read = context_of(&sent).unwrap();
            assert_eq!(
                (read.w3c.to_string(), read.followers),
                (context.w3c.to_string(), context.followers)
            );
        }
    }

    #[test]
    fn metadata_of_the_message_itself_stays() {
        let sent = with_context(cast(Some(vec![1, 2])), &Context::new());
        let SerializedMessage::Cast { metadata, .. } = &sent else { panic!("{sent:?}") };
        assert_eq!((metadata.as_deref(), context_of(&sent)), (Some(&[1, 2][..]), None));
        assert_eq!(context_of(&cast(None)), None);
    }

    #[test]
    fn anything_else_is_no_context() {
        let parent = "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert!(read(format!("{parent}\n").as_bytes()).is_some());
        let nine: Vec<String> = (1..=9).map(|number| format!("{number:016x}")).collect();
        for bad in [
            String::new(),
            parent.to_owned(),
            format!("{parent}\n\n"),
            format!("{parent}\r\n"),
            format!(" {parent}\n"),
            format!("{parent}\ntracestate: arsenal=\n"),
            format!("{parent}\ntracestate: arsenal=0000000000000000\n"),
            format!("{parent}\ntracestate: arsenal=00f067aa0ba902b7;\n"),
            format!("{parent}\ntracestate: arsenal=00f067aa0ba902b7;00f067aa0ba902b7\n"),
            format!("{parent}\ntracestate: arsenal={}\n", nine.join(";")),
            format!("{parent}\ntracestate: other=00f067aa0ba902b7\n"),
            format!("{parent}\ntracestate: arsenal=00f067aa0ba902b7\nmore\n"),
            parent.replace("4736", "47éé") + "\n",
        ] {
            assert_eq!(read(bad.as_bytes()), None, "{bad:?}");
        }
        assert_eq!(read(&[0xff, b'\n']), None);
    }
}
