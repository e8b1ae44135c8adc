//! How soon faults are noticed: the bounds that are promised, and the figures that were measured.

use std::{collections::BTreeMap, fmt::Write as _, time::Duration};

use crate::stage::Kind;

/// Something that has to be noticed in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Detected {
    /// A process was killed: its sockets close.
    Kill,
    /// A process stands still: its sockets stay.
    Freeze,
    /// Nothing gets through a link any more, and nobody is told.
    Cut,
    /// A frozen process goes on.
    Thaw,
    /// A link works again.
    Heal,
}

/// One measurement, from the fault to the moment in which a node shows it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Figure {
    pub(crate) what: Detected,
    pub(crate) after: Duration,
}

/// What the operating system may add to a single measurement on a loaded machine, where time is not
/// virtual. The median gets none of it: see [`late`].
const SCHEDULING: Duration = Duration::from_secs(4);

impl Detected {
    /// What is promised.
    pub(crate) const fn promised(self) -> Duration {
        Duration::from_millis(match self {
            Self::Kill => 500,
            Self::Freeze => 2_500,
            Self::Cut => 3_000,
            Self::Thaw | Self::Heal => 1_000,
        })
    }

    /// What is checked of each measurement: the promise in virtual time, and generously in real time.
    pub(crate) fn bound(self, kind: Kind) -> Duration {
        match kind {
            Kind::Simulated => self.promised(),
            Kind::Real => self.promised() + SCHEDULING,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Kill => "killed: down",
            Self::Freeze => "frozen: down",
            Self::Cut => "link cut: down or partitioned",
            Self::Thaw => "thawed: up again",
            Self::Heal => "healed: up again",
        }
    }
}

/// What usually takes longer than is promised, whatever the machine adds to a single measurement.
pub(crate) fn late(figures: &[Figure]) -> Vec<String> {
    let late = sorted(figures).into_iter().filter_map(|(what, times)| {
        let (median, promised) = (*times.get(times.len() / 2)?, what.promised());
        let text = || format!("{}: {promised:?} promised, the median is {median:?}", what.name());
        (median > promised).then(text)
    });
    late.collect()
}

/// The figures of one stage as a table.
pub(crate) fn table(title: &str, figures: &[Figure]) -> String {
    let mut text = format!("| {title} | promised | least | median | most | seen |\n");
    text.push_str("|---|---|---|---|---|---|\n");
    for (what, times) in sorted(figures) {
        let at = |index: usize| times.get(index).map_or(0, Duration::as_millis);
        let (least, median, most) = (at(0), at(times.len() / 2), at(times.len() - 1));
        let (name, promised, count) = (what.name(), what.promised().as_millis(), times.len());
        writeln!(
            text,
            "| {name} | {promised} ms | {least} ms | {median} ms | {most} ms | {count} |"
        )
        .expect("a text takes everything");
    }
    text
}

/// By kind of fault, the quickest first.
fn sorted(figures: &[Figure]) -> BTreeMap<Detected, Vec<Duration>> {
    let mut by_kind: BTreeMap<Detected, Vec<Duration>> = BTreeMap::new();
    for figure in figures {
        by_kind.entry(figure.what).or_default().push(figure.after);
    }
    for times in by_kind.values_mut() {
        times.sort_unstable();
    }
    by_kind
}

#[test]
fn a_kill_that_only_silence_tells_is_late_and_one_slow_moment_is_not() {
    let kills = |times: &[u64]| -> Vec<Figure> {
        let after = times.iter().map(|time| Duration::from_millis(*time));
        after.map(|after| Figure { what: Detected::Kill, after }).collect()
    };
    assert!(late(&[]).is_empty());
    assert!(late(&kills(&[30, 4_000, 90])).is_empty());
    assert_eq!(
        late(&kills(&[1_800, 30, 2_250])),
        ["killed: down: 500ms promised, the median is 1.8s"]
    );
}
