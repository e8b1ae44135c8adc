//! All metrics of a node, as one text.

use std::{collections::BTreeMap, sync::atomic::Ordering};

use tokio::time::Instant;

use super::{
    MetricsFormat, OperationMetrics,
    exposition::{Exposition, Family, Kind},
    histogram::Histogram,
    tally::Tally,
};
use crate::{context::NodeParts, membership::NodeStatus};

/// What a node has counted since it started, for readers of metrics; see the
/// [module](crate::telemetry) for what is counted where.
pub fn metrics(node: &NodeParts, format: MetricsFormat) -> String {
    let mut text = Exposition::new(format);
    of_node(&mut text, node);
    of_members(&mut text, node);
    of_operations(&mut text, node);
    text.finish()
}

fn of_node(text: &mut Exposition, node: &NodeParts) {
    text.family("arsenal_build", Kind::Info, "The version of Arsenal that the node runs.")
        .sample(&[("version", env!("CARGO_PKG_VERSION"))], 1);
    let labels = [("node", node.name.as_str()), ("mode", node.mode.as_str())];
    text.family("arsenal_node", Kind::Info, "The name of the node, and its kind of cluster.")
        .sample(&labels, 1);
    let uptime = Instant::now().saturating_duration_since(node.started_at).as_secs_f64();
    text.family("arsenal_node_uptime_seconds", Kind::Gauge, "How long the node runs.")
        .sample(&[], uptime);
}

fn of_members(text: &mut Exposition, node: &NodeParts) {
    let mut counts: BTreeMap<&str, usize> = STATUSES.map(|status| (status_label(status), 0)).into();
    for member in &node.cluster.view().members {
        *counts.entry(status_label(member.status)).or_default() += 1;
    }
    let help = "Nodes of the cluster, as this node sees them.";
    let mut family = text.family("arsenal_cluster_members", Kind::Gauge, help);
    for (status, count) in counts {
        family.sample(&[("status", status)], count);
    }
}

fn of_operations(text: &mut Exposition, node: &NodeParts) {
    let operations: Vec<(&str, &OperationMetrics)> = node
        .registry
        .operations()
        .iter()
        .filter_map(|spec| Some((spec.name, &node.operations.get(spec)?.metrics)))
        .collect();

    let help = "Invocations that ended on this node, by the code of their outcome.";
    let mut family = text.family("arsenal_operation_invocations", Kind::Counter, help);
    for (name, metrics) in &operations {
        endings(&mut family, name, &metrics.invocations);
    }
    let help = "How long operations ran on this node.";
    let mut family = text.family("arsenal_operation_duration_seconds", Kind::Histogram, help);
    for (name, metrics) in &operations {
        durations(&mut family, name, &metrics.durations);
    }
    let help = "Invocations that run on this node now.";
    let mut family = text.family("arsenal_operation_in_flight", Kind::Gauge, help);
    for (name, metrics) in &operations {
        family.sample(&[("operation", name)], metrics.in_flight.load(Ordering::Relaxed));
    }
    let help = "Panics of operations that were caught on this node.";
    let mut family = text.family("arsenal_operation_panics", Kind::Counter, help);
    for (name, metrics) in &operations {
        family.sample(&[("operation", name)], metrics.panics.load(Ordering::Relaxed));
    }
    let replayed =
        operations.iter().filter_map(|(name, metrics)| Some((*name, metrics.replays.as_ref()?)));
    let help = "Requests with an Idempotency-Key that got what an earlier one was answered.";
    let mut family = text.family("arsenal_operation_replays", Kind::Counter, help);
    for (name, replays) in replayed {
        endings(&mut family, name, replays);
    }

    let dispatched =
        operations.iter().filter_map(|(name, metrics)| Some((*name, metrics.dispatches.as_ref()?)));
    let help = "Requests that came in here and were sent to other nodes, by what the caller got.";
    let mut family = text.family("arsenal_operation_dispatches", Kind::Counter, help);
    for (name, dispatches) in dispatched.clone() {
        endings(&mut family, name, &dispatches.endings);
    }
    let help = "How long callers waited for what was sent to other nodes.";
    let name = "arsenal_operation_dispatch_duration_seconds";
    let mut family = text.family(name, Kind::Histogram, help);
    for (name, dispatches) in dispatched {
        durations(&mut family, name, &dispatches.durations);
    }
}

fn endings(family: &mut Family<'_>, operation: &str, tally: &Tally) {
    for (code, count) in tally.counts() {
        family.sample(&[("operation", operation), ("code", &code)], count);
    }
}

/// An operation that never ran has none: most operations of a node rest most of the time.
fn durations(family: &mut Family<'_>, operation: &str, histogram: &Histogram) {
    let values = histogram.values();
    if values.count > 0 {
        family.histogram(&[("operation", operation)], &values.buckets, values.sum);
    }
}

const STATUSES: [NodeStatus; 5] = [
    NodeStatus::Up,
    NodeStatus::Suspect,
    NodeStatus::Down,
    NodeStatus::Partitioned,
    NodeStatus::Left,
];

/// As the topology spells it.
const fn status_label(status: NodeStatus) -> &'static str {
    match status {
        NodeStatus::Up => "up",
        NodeStatus::Suspect => "suspect",
        NodeStatus::Down => "down",
        NodeStatus::Partitioned => "partitioned",
        NodeStatus::Left => "left",
    }
}
