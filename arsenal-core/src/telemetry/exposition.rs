//! Text of metrics, as Prometheus reads it: its own format and `OpenMetrics`.
//!
//! Written here and not by a library: the official client writes `OpenMetrics` alone, in which older
//! readers lose the types of counters, and its histograms take a lock for each value.

use std::fmt::{Display, Write as _};

/// Which text a reader understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricsFormat {
    /// The text format of Prometheus, 0.0.4: what every reader of metrics understands.
    Prometheus,
    /// `OpenMetrics` 1.0: the same, stricter; read by Prometheus since 2.5.
    OpenMetrics,
}

impl MetricsFormat {
    /// The media type of the text.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Prometheus => "text/plain; version=0.0.4; charset=utf-8",
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
        }
    }

    /// The best that a reader accepts, by its header `Accept`.
    pub fn accepted(accept: &str) -> Self {
        let mut names = accept.split(',').filter_map(|range| range.split(';').next());
        let is_open = |name: &str| name.trim().eq_ignore_ascii_case("application/openmetrics-text");
        if names.any(is_open) { Self::OpenMetrics } else { Self::Prometheus }
    }
}

/// What kind of numbers a family of metrics has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Only grows.
    Counter,
    Gauge,
    Histogram,
    /// Always 1: its labels are what it says.
    Info,
}

/// Labels of a sample: names are ours, values may be anything.
pub(super) type Labels<'a> = &'a [(&'a str, &'a str)];

/// A text that is being written, family by family.
pub(super) struct Exposition {
    format: MetricsFormat,
    text: String,
}

impl Exposition {
    pub(super) fn new(format: MetricsFormat) -> Self {
        Self { format, text: String::new() }
    }

    /// Begins a family; its samples follow. `name` has no suffix.
    pub(super) fn family(&mut self, name: &'static str, kind: Kind, help: &str) -> Family<'_> {
        let (named, kind_name) = match (kind, self.format) {
            (Kind::Counter, MetricsFormat::Prometheus) => (format!("{name}_total"), "counter"),
            (Kind::Counter, MetricsFormat::OpenMetrics) => (name.to_owned(), "counter"),
            (Kind::Info, MetricsFormat::Prometheus) => (format!("{name}_info"), "gauge"),
            (Kind::Info, MetricsFormat::OpenMetrics) => (name.to_owned(), "info"),
            (Kind::Gauge, _) => (name.to_owned(), "gauge"),
            (Kind::Histogram, _) => (name.to_owned(), "histogram"),
        };
        let suffix = match kind {
            Kind::Counter => "_total",
            Kind::Info => "_info",
            Kind::Gauge | Kind::Histogram => "",
        };
        self.line(format_args!("# HELP {named} {help}"));
        self.line(format_args!("# TYPE {named} {kind_name}"));
        Family { exposition: self, name, suffix }
    }

    /// The whole text.
    pub(super) fn finish(mut self) -> String {
        if self.format == MetricsFormat::OpenMetrics {
            self.line("# EOF");
        }
        self.text
    }

    fn line(&mut self, line: impl Display) {
        writeln!(self.text, "{line}").expect("a string takes everything");
    }
}

/// A family whose samples are being written.
pub(super) struct Family<'a> {
    exposition: &'a mut Exposition,
    name: &'static str,
    suffix: &'static str,
}

impl Family<'_> {
    pub(super) fn sample(&mut self, labels: Labels<'_>, value: impl Display) {
        self.write(self.suffix, labels, &[], value);
    }

    /// All samples of one histogram. Each bucket has its upper bound, the last one an infinite one,
    /// and how many were not above it.
    pub(super) fn histogram(&mut self, labels: Labels<'_>, buckets: &[(f64, u64)], sum: f64) {
        let mut total = 0;
        for (bound, count) in buckets {
            let bound = if bound.is_finite() { format!("{bound:?}") } else { String::from("+Inf") };
            self.write("_bucket", labels, &[("le", &bound)], count);
            total = *count;
        }
        self.write("_sum", labels, &[], sum);
        self.write("_count", labels, &[], total);
    }

    fn write(&mut self, suffix: &str, one: Labels<'_>, two: Labels<'_>, value: impl Display) {
        let labels: Vec<String> = one.iter().chain(two).map(label).collect();
        let name = self.name;
        if labels.is_empty() {
            self.exposition.line(format_args!("{name}{suffix} {value}"));
        } else {
            let labels = labels.join(",");
            self.exposition.line(format_args!("{name}{suffix}{{{labels}}} {value}"));
        }
    }
}

fn label((name, value): &(&str, &str)) -> String {
    let value = value.replace('\\', r"\\").replace('"', r#"\""#).replace('\n', r"\n");
    format!("{name}=\"{value}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(format: MetricsFormat) -> String {
        let mut text = Exposition::new(format);
        let mut family = text.family("own_runs", Kind::Counter, "Runs.");
        family.sample(&[("code", "a \"b\"\\\nc")], 3);
        text.family("own_build", Kind::Info, "What.").sample(&[("version", "1")], 1);
        let mut family = text.family("own_time_seconds", Kind::Histogram, "Time.");
        family.histogram(&[], &[(0.0001, 1), (1.0, 2), (f64::INFINITY, 3)], 4.5);
        text.family("own_now", Kind::Gauge, "Now.").sample(&[], 7);
        text.finish()
    }

    #[test]
    fn the_format_of_prometheus() {
        let expected = r#"# HELP own_runs_total Runs.
# TYPE own_runs_total counter
own_runs_total{code="a \"b\"\\\nc"} 3
# HELP own_build_info What.
# TYPE own_build_info gauge
own_build_info{version="1"} 1
# HELP own_time_seconds Time.
# TYPE own_time_seconds histogram
own_time_seconds_bucket{le="0.0001"} 1
own_time_seconds_bucket{le="1.0"} 2
own_time_seconds_bucket{le="+Inf"} 3
own_time_seconds_sum 4.5
own_time_seconds_count 3
# HELP own_now Now.
# TYPE own_now gauge
own_now 7
"#;
        assert_eq!(written(MetricsFormat::Prometheus), expected);
    }

    #[test]
    fn open_metrics_names_families_without_suffixes_and_ends() {
        let text = written(MetricsFormat::OpenMetrics);
        for line in [
            "# TYPE own_runs counter",
            "# TYPE own_build info",
            "own_build_info{version=\"1\"} 1",
            "# EOF",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} in {text}");
        }
        assert!(text.ends_with("\n# EOF\n"));
    }

    #[test]
    fn the_reader_chooses() {
        let prometheus = "application/openmetrics-text;version=1.0.0,application/openmetrics-text;\
            version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
        assert_eq!(MetricsFormat::accepted(prometheus), MetricsFormat::OpenMetrics);
        for accept in ["", "*/*", "text/plain;version=0.0.4"] {
            assert_eq!(MetricsFormat::accepted(accept), MetricsFormat::Prometheus);
        }
    }
}
