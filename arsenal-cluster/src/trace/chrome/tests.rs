//! What is drawn.

use std::collections::BTreeSet;

use super::{super::samples::event, *};

/// What happened on node `b` to its process `b.1.7`.
fn at_b(number: u64, at_us: u64, kind: TraceKind, span: &str) -> TraceEvent {
    TraceEvent { pid: "b.1.7".parse().ok(), ..event("b", number, at_us, kind, span) }
}

fn of<'a>(trace: &'a ChromeTrace, ph: &str) -> Vec<&'a ChromeEvent> {
    trace.trace_events.iter().filter(|event| event.ph == ph).collect()
}

/// Every arrow has both ends, and each end a slice around it.
#[track_caller]
fn assert_bound(trace: &ChromeTrace) {
    let ids = |ph| of(trace, ph).into_iter().map(|end| &end.id).collect::<BTreeSet<_>>();
    assert_eq!(ids("s"), ids("f"));
    for end in of(trace, "s").into_iter().chain(of(trace, "f")) {
        let is_around = |slice: &&ChromeEvent| {
            let times = slice.ts..=slice.ts + slice.dur.unwrap();
            (slice.pid, slice.tid) == (end.pid, end.tid) && times.contains(&end.ts)
        };
        assert!(of(trace, "X").iter().any(is_around), "{end:?} is outside");
    }
}

#[test]
fn a_message_between_nodes_is_an_arrow_between_slices() {
    let mut handled = at_b(2, 150, TraceKind::Handled, "1");
    handled.duration_us = Some(40);
    let received = at_b(1, 110, TraceKind::Received, "1");
    // By its clock, node b received it before it was sent.
    let sent = event("a", 1, 500, TraceKind::Sent, "1");
    let trace = chrome(&[sent, received, handled]);
    let of = |ph: &str| {
        let of = of(&trace, ph).into_iter();
        of.map(|event| (event.pid, event.tid, event.ts, event.dur)).collect::<Vec<_>>()
    };
    assert_eq!((of("s"), of("f")), (vec![(1, 0, 500, None)], vec![(2, 8, 500, None)]));
    assert_eq!(of("X"), [(1, 0, 500, Some(1)), (2, 8, 500, Some(40))]);
    let names: Vec<_> = trace.trace_events.iter().filter_map(|one| one.args.get("name")).collect();
    assert_eq!(names, ["a", "b", "outside", "b.1.7"]);
    assert_bound(&trace);
}

#[test]
fn arrows_end_in_slices_however_times_are_rounded() {
    // In ns: taken at 10_900, sent at 11_100, ended at 12_100, which is 1_200 later.
    let mut handled = at_b(3, 12, TraceKind::Handled, "1");
    handled.duration_us = Some(1);
    let one = || Some(String::from("1"));
    let events = [
        event("a", 1, 9, TraceKind::Sent, "1"),
        at_b(1, 10, TraceKind::Received, "1"),
        TraceEvent { parent_span_id: one(), ..at_b(2, 11, TraceKind::Sent, "2") },
        handled,
        // Its handler still runs, and has sent.
        TraceEvent { pid: "b.1.0".parse().ok(), ..at_b(4, 13, TraceKind::Received, "2") },
        TraceEvent {
            pid: "b.1.0".parse().ok(),
            parent_span_id: Some(String::from("2")),
            ..at_b(5, 19, TraceKind::Sent, "3")
        },
        at_b(6, 20, TraceKind::Received, "3"),
    ];
    let trace = chrome(&events);
    assert_bound(&trace);
    let ends: Vec<_> = of(&trace, "f").into_iter().map(|end| (end.tid, end.ts)).collect();
    assert_eq!(ends, [(8, 10), (1, 13), (8, 20)]);
    let of = |tid| move |slice: &&&ChromeEvent| slice.tid == tid;
    let slices = self::of(&trace, "X");
    let slice = slices.iter().find(of(1)).unwrap();
    assert_eq!((slice.ts, slice.dur), (13, Some(6)), "up to the last that is known");
}

#[test]
fn what_is_sent_by_an_actor_of_which_no_handler_is_known_is_a_point() {
    // The sender handles a message that the session does not trace, of the same number of another process.
    let of_sender = |number, at_us, kind, span| TraceEvent {
        pid: "b.1.9".parse().ok(),
        parent_span_id: Some(String::from("1")),
        ..event("b", number, at_us, kind, span)
    };
    let mut handled = at_b(5, 40, TraceKind::Handled, "2");
    handled.duration_us = Some(8);
    let events = [
        of_sender(1, 10, TraceKind::Sent, "2"),
        at_b(2, 20, TraceKind::Received, "1"),
        at_b(3, 25, TraceKind::Handled, "1"),
        at_b(4, 32, TraceKind::Received, "2"),
        handled,
    ];
    let trace = chrome(&events);
    assert_bound(&trace);
    let of_sender: Vec<_> = of(&trace, "X").into_iter().filter(|slice| slice.tid == 10).collect();
    assert_eq!(
        of_sender.iter().map(|slice| (slice.ts, slice.dur)).collect::<Vec<_>>(),
        [(10, Some(1))]
    );
}

#[test]
fn a_message_of_which_one_end_is_not_known_has_no_arrow() {
    let events = [event("a", 1, 500, TraceKind::Sent, "1"), at_b(1, 600, TraceKind::Received, "2")];
    let trace = chrome(&events);
    assert!(of(&trace, "s").is_empty() && of(&trace, "f").is_empty());
    assert_eq!(of(&trace, "X").len(), 2);
    let json = serde_json::to_value(&trace).unwrap();
    assert_eq!(json["displayTimeUnit"], "ms");
    assert!(json["traceEvents"].is_array());
}
