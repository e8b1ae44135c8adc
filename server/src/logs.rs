//! The log of a process: to standard error, each line led by the name of the node.

use std::{fmt, io::IsTerminal as _, str::FromStr};

use tracing::{Event, Subscriber};
use tracing_subscriber::{
    EnvFilter,
    fmt::{
        FmtContext, FormatEvent, FormatFields,
        format::{Format, Writer},
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
        .event_format(WithNode { node: node.to_owned(), format: Format::default() })
        .try_init();
    if started.is_err() {
        tracing::debug!("the program has a log of its own");
    }
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
