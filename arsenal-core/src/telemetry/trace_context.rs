//! Where an invocation stands in a trace: the W3C Trace Context of it, as `traceparent` says it.

use std::fmt;

use super::trace_ids;
use crate::digits::write_hex_bytes;

/// The trace that an invocation belongs to, and the span in it that it was asked from.
///
/// Shown as the value of the header `traceparent`, which it is also read from:
///
/// ```
/// use arsenal_core::telemetry::TraceContext;
///
/// let text = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
/// let trace = TraceContext::parse(text.as_bytes()).unwrap();
/// assert_eq!(trace.to_string(), text);
/// assert_eq!(trace.trace_id().to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
/// assert!(trace.is_sampled());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceContext {
    trace_id: u128,
    /// Zero: the trace starts here.
    span_id: u64,
    is_sampled: bool,
    is_from_outside: bool,
}

impl TraceContext {
    /// A new trace, of something that the node does by itself.
    #[expect(clippy::new_without_default, reason = "each is another one")]
    pub fn new() -> Self {
        let trace_id = trace_ids::trace_id();
        Self { trace_id, span_id: 0, is_sampled: true, is_from_outside: false }
    }

    /// The trace of a request: the one that its `traceparent` names if that is good, else a new one.
    pub fn of_request(traceparent: Option<&[u8]>) -> Self {
        let parsed = traceparent.and_then(Self::parse);
        parsed.unwrap_or_else(|| Self { is_from_outside: true, ..Self::new() })
    }

    /// Reads a `traceparent`, by the rules of the standard: exactly what version `00` allows, of a
    /// later version what it must begin with.
    pub fn parse(traceparent: &[u8]) -> Option<Self> {
        let (known, rest) = traceparent.split_at_checked(LENGTH)?;
        let [v1, v2, b'-', ids @ .., b'-', f1, f2] = known else { return None };
        let version = hex(&[*v1, *v2])?;
        let is_good = match version {
            0 => rest.is_empty(),
            VERSION_FORBIDDEN => false,
            _ => rest.is_empty() || rest.starts_with(b"-"),
        };
        let (trace_id, span_id) = ids.split_at_checked(32)?;
        let trace_id = hex(trace_id)?;
        let span_id = u64::try_from(hex(span_id.strip_prefix(b"-")?)?).ok()?;
        let is_sampled = hex(&[*f1, *f2])? & SAMPLED != 0;
        (is_good && trace_id != 0 && span_id != 0).then_some(Self {
            trace_id,
            span_id,
            is_sampled,
            is_from_outside: true,
        })
    }

    /// The id of the trace: the same on every node that the request reaches.
    pub fn trace_id(&self) -> TraceId {
        TraceId(self.trace_id)
    }

    /// The span that the invocation was asked from; inside of an operation, its own. `None` where
    /// the trace starts.
    pub fn span_id(&self) -> Option<SpanId> {
        (self.span_id != 0).then_some(SpanId(self.span_id))
    }

    /// Whether whoever started the trace records it.
    pub fn is_sampled(&self) -> bool {
        self.is_sampled
    }

    /// Whether the request came from outside of this node, so that its span is the first one here.
    pub(super) fn is_from_outside(&self) -> bool {
        self.is_from_outside
    }

    /// The same trace, from a new span that stands under this one.
    #[must_use]
    pub fn child(&self) -> Self {
        Self { span_id: trace_ids::span_id(), is_from_outside: false, ..*self }
    }
}

/// Bytes of a `traceparent`: version, trace, span and flags.
const LENGTH: usize = 2 + 1 + 32 + 1 + 16 + 1 + 2;

const VERSION_FORBIDDEN: u128 = 0xff;

const SAMPLED: u128 = 1;

/// At most 32 lower-case digits.
fn hex(digits: &[u8]) -> Option<u128> {
    digits.iter().try_fold(0, |number, digit| {
        let value = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            _ => return None,
        };
        Some(number << 4 | u128::from(value))
    })
}

/// Digits put into a text that is there already: every span says it.
impl fmt::Display for TraceContext {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = *b"00-................................-................-0.";
        let [_, _, _, ids @ .., _, _, sampled] = &mut text;
        if let Some((trace_id, [_, span_id @ ..])) = ids.split_at_mut_checked(32) {
            write_hex_bytes(trace_id, &self.trace_id.to_be_bytes());
            write_hex_bytes(span_id, &self.span_id.to_be_bytes());
        }
        *sampled = b'0' + u8::from(self.is_sampled);
        formatter.write_str(str::from_utf8(&text).expect("digits and hyphens"))
    }
}

/// The id of a trace, shown as 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TraceId(u128);

impl fmt::Display for TraceId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:032x}", self.0)
    }
}

/// The id of a span, shown as 16 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SpanId(u64);

impl SpanId {
    /// The same as a number. Numbers of new spans are spread evenly, so that a part of them can be
    /// chosen by it.
    pub const fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for SpanId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:016x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    const SPAN: &str = "00f067aa0ba902b7";

    #[test]
    fn good_contexts_are_read_and_written() {
        for (flags, written, is_sampled) in
            [("00", "00", false), ("01", "01", true), ("03", "01", true), ("fe", "00", false)]
        {
            let trace =
                TraceContext::parse(format!("00-{TRACE}-{SPAN}-{flags}").as_bytes()).unwrap();
            assert_eq!(trace.to_string(), format!("00-{TRACE}-{SPAN}-{written}"));
            assert_eq!(trace.is_sampled(), is_sampled, "{flags}");
            assert_eq!(trace.span_id().unwrap().to_string(), SPAN);
        }
    }

    #[test]
    fn a_later_version_may_say_more() {
        for text in [format!("cc-{TRACE}-{SPAN}-01"), format!("cc-{TRACE}-{SPAN}-01-what-else")] {
            let trace = TraceContext::parse(text.as_bytes()).unwrap();
            assert_eq!(trace.to_string(), format!("00-{TRACE}-{SPAN}-01"));
        }
    }

    #[test]
    fn what_breaks_a_rule_starts_a_new_trace() {
        let zeros = "0".repeat(32);
        for text in [
            String::new(),
            format!("00-{TRACE}-{SPAN}"),
            format!("00-{TRACE}-{SPAN}-0"),
            format!("00-{TRACE}-{SPAN}-01-more"),
            format!("00-{TRACE}-{SPAN}-01 "),
            format!("cc-{TRACE}-{SPAN}-01more"),
            format!("ff-{TRACE}-{SPAN}-01"),
            format!("0x-{TRACE}-{SPAN}-01"),
            format!("00-{zeros}-{SPAN}-01"),
            format!("00-{TRACE}-{}-01", &zeros[..16]),
            format!("00-{}-{SPAN}-01", TRACE.to_uppercase()),
            format!("00-{TRACE}-{}-01", SPAN.to_uppercase()),
            format!("00-{TRACE}-{SPAN}-0G"),
            format!("00_{TRACE}-{SPAN}-01"),
            format!("00-{TRACE}_{SPAN}-01"),
            format!("00-{TRACE}-{SPAN}_01"),
            format!("00-{}é-{SPAN}-01", &TRACE[..30]),
        ] {
            assert_eq!(TraceContext::parse(text.as_bytes()), None, "{text}");
            let new = TraceContext::of_request(Some(text.as_bytes()));
            assert!(new.span_id().is_none() && new.trace_id().to_string() != TRACE, "{text}");
        }
    }

    #[test]
    fn a_child_has_its_own_span_in_the_same_trace() {
        let root = TraceContext::of_request(None);
        let (one, two) = (root.child(), root.child());
        assert_eq!(one.trace_id(), root.trace_id());
        assert!(one.span_id().is_some() && one.span_id() != two.span_id());
        assert!(root.is_from_outside() && !one.is_from_outside());
        assert_eq!(
            TraceContext::parse(one.to_string().as_bytes()).unwrap().span_id(),
            one.span_id()
        );
    }
}
