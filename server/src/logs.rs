//! The log of a process: to standard error, each line led by the name of the node.

use std::{fmt, io::IsTerminal as _, str::FromStr};

use arsenal_core::telemetry;
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
    span::Record,
};
use tracing_subscriber::{
    EnvFilter,
    field::{RecordFields, VisitOutput as _},
    fmt::{
        FmtContext, FormatEvent, FormatFields, FormattedFields,
        format::{DefaultVisitor, Format, Writer},
    },
    registry::LookupSpan,
};

/// Which events are logged. Parsed once, so that a typo is an error of the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LogFilter(String);

/// ractor logs a stopped actor as an error; Arsenal says what matters about it itself.
const FILTER_DEFAULT: &str = "info,ractor=off,ractor_cluster=error";

impl Default for LogFilter {
    fn default() -> Self {
        Self(FILTER_DEFAULT.to_owned())
    }
}

impl FromStr for LogFilter {
    type Err = tracing_subscriber::filter::ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        EnvFilter::builder().parse(text).map(|_| Self(text.to_owned()))
    }
}

impl fmt::Display for LogFilter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Starts the log of this process. A program that has set up its own keeps it.
pub(crate) fn start(node: &str, filter: &LogFilter) {
    let is_terminal = std::io::stderr().is_terminal();
    let started = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(&filter.0))
        .with_writer(std::io::stderr)
        .with_ansi(is_terminal)
        // They would be told on standard error, which has just failed: that is a panic of whoever logs.
        .log_internal_errors(false)
        .event_format(WithNode { node: node.to_owned(), format: Format::default() })
        .fmt_fields(WithoutDetails)
        .try_init();
    if started.is_err() {
        tracing::debug!("the program has a log of its own");
    }
    telemetry::locate_panics();
}

/// The usual format behind the name of the node.
struct WithNode {
    node: String,
    format: Format,
}

impl<S, N> FormatEvent<S, N> for WithNode
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        write!(writer, "{} ", self.node)?;
        self.format.format_event(context, writer, event)
    }
}

/// What the span of an operation says beside its name, request and trace, when it failed or somebody
/// looks closely: for those who collect spans. On a console it would drown the message.
const DETAILS: [&str; 9] = [
    "otel.kind",
    "otel.status_code",
    "rpc.system",
    "rpc.method",
    "http.request.method",
    "http.route",
    "parent_span_id",
    "arsenal.node",
    "error.type",
];

/// The usual form of fields, without the details of spans. They are not even formatted: spans are
/// made for every request.
struct WithoutDetails;

impl<'writer> FormatFields<'writer> for WithoutDetails {
    fn format_fields<R: RecordFields>(&self, writer: Writer<'writer>, fields: R) -> fmt::Result {
        written(DefaultVisitor::new(writer, true), fields)
    }

    fn add_fields(
        &self,
        current: &'writer mut FormattedFields<Self>,
        fields: &Record<'_>,
    ) -> fmt::Result {
        let is_first = current.fields.is_empty();
        written(DefaultVisitor::new(current.as_writer(), is_first), fields)
    }
}

fn written<R: RecordFields>(visitor: DefaultVisitor<'_>, fields: R) -> fmt::Result {
    let mut shown = Shown(visitor);
    fields.record(&mut shown);
    shown.0.finish()
}

/// Lets through what is shown.
struct Shown<'writer>(DefaultVisitor<'writer>);

impl Visit for Shown<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        if !DETAILS.contains(&field.name()) {
            self.0.record_str(field, value);
        }
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        if !DETAILS.contains(&field.name()) {
            self.0.record_error(field, value);
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if !DETAILS.contains(&field.name()) {
            self.0.record_debug(field, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{self, Write},
        sync::{Arc, Mutex},
    };

    use super::*;

    #[derive(Clone, Default)]
    struct Output(Arc<Mutex<Vec<u8>>>);

    impl Write for Output {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_line_says_operation_request_and_trace() {
        let output = Output::default();
        let writer = output.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_writer(move || writer.clone())
            .with_ansi(false)
            .event_format(WithNode { node: "n-1".into(), format: Format::default() })
            .fmt_fields(WithoutDetails)
            .finish();
        tracing::subscriber::with_default(subscriber, || {
            let span = tracing::info_span!(
                target: "arsenal::operation",
                "operation",
                otel.name = %"own.one",
                arsenal.request_id = %"r-1",
                traceparent = %"00-4bf9-00f0-01",
                parent_span_id = %"00f1",
                otel.kind = tracing::field::Empty,
                "error.type" = tracing::field::Empty,
            );
            span.record("otel.kind", "server");
            span.record("error.type", "internal");
            span.in_scope(|| tracing::warn!(target: "own", count = 3, "it went wrong"));
        });
        let text = String::from_utf8(output.0.lock().unwrap().clone()).unwrap();
        let span =
            "operation{otel.name=own.one arsenal.request_id=r-1 traceparent=00-4bf9-00f0-01}";
        let line = format!(" WARN {span}: own: it went wrong count=3\n");
        assert!(text.starts_with("n-1 ") && text.ends_with(&line), "{text}");
    }
}
