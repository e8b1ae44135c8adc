//! Whether a process does well, from its counters. Pure.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ProcessCounters;

/// How a process does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Health {
    /// The worst of its reasons.
    pub status: HealthStatus,
    /// Why, for people; empty where it does well.
    pub reasons: Vec<String>,
}

/// How well something does.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum HealthStatus {
    /// Nothing is known against it.
    Ok,
    /// Somebody should look.
    Warning,
    /// It does not do its work.
    Critical,
}

/// From when on a number is a reason.
struct Threshold {
    warning: u64,
    critical: u64,
}

/// Messages that wait.
const MAILBOX_DEPTH: Threshold = Threshold { warning: 1_000, critical: 10_000 };

/// How long the oldest message has waited, in ms.
const OLDEST_MESSAGE_MS: Threshold = Threshold { warning: 5_000, critical: 30_000 };

/// How long a handler runs, in ms.
const HANDLING_MS: Threshold = Threshold { warning: 5_000, critical: 30_000 };

/// How often it took the place of one that failed, while it is young.
const RESTARTS: Threshold = Threshold { warning: 3, critical: 10 };

/// How many children of a supervisor failed in a row, each soon after the one before.
const CHILDREN_FAILED: Threshold = Threshold { warning: 3, critical: 10 };

/// How long restarts are held against a process: one that has lived longer has recovered.
const YOUNG_MS: u64 = 60_000;

/// What the counters of a process say of it, and how many of its children have just failed in a row.
pub(crate) fn health(counts: &ProcessCounters, burst_below: u32) -> Health {
    let mut reasons = Vec::new();
    let mut found = |threshold: &Threshold, number: u64, reason: &dyn Fn() -> String| {
        if let Some(status) = threshold.status(number) {
            reasons.push((status, reason()));
        }
    };
    let depth = counts.mailbox_depth.unwrap_or_default();
    found(&MAILBOX_DEPTH, depth, &|| format!("{depth} messages wait in its mailbox"));
    let age = counts.oldest_message_age_ms.unwrap_or_default();
    found(&OLDEST_MESSAGE_MS, age, &|| {
        format!("its oldest message has waited for {} s", age / 1000)
    });
    if let Some(handling) = &counts.handling {
        let what = handling.message.as_deref().unwrap_or("a message");
        let how = if handling.waits { "waits" } else { "keeps a thread busy" };
        let seconds = handling.for_ms / 1000;
        found(&HANDLING_MS, handling.for_ms, &|| {
            format!("its handler of `{what}` has run for {seconds} s and {how}")
        });
    }
    if counts.age_ms < YOUNG_MS {
        let restarts = counts.restarts;
        found(&RESTARTS, restarts.into(), &|| {
            format!("it took the place of one that failed, time {restarts} under its supervisor")
        });
    }
    found(&CHILDREN_FAILED, burst_below.into(), &|| {
        format!("{burst_below} of its children failed in a row, each within a minute of the last")
    });
    if let Some(rest) = counts.paused_for_ms {
        reasons.push((HealthStatus::Warning, format!("it is paused for {} s more", rest / 1000)));
    }
    let status = reasons.iter().map(|(status, _)| *status).max().unwrap_or(HealthStatus::Ok);
    Health { status, reasons: reasons.into_iter().map(|(_, reason)| reason).collect() }
}

impl Threshold {
    fn status(&self, number: u64) -> Option<HealthStatus> {
        if number >= self.critical {
            return Some(HealthStatus::Critical);
        }
        (number >= self.warning).then_some(HealthStatus::Warning)
    }
}
