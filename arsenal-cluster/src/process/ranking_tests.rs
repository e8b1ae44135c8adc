//! Rows of three nodes, page by page.

use arsenal_core::name::NodeName;

use super::*;
use crate::process::position::{After, SortedBy, first};

fn pid(node: &str, local: u64) -> ProcessId {
    ProcessId { node: node.parse().unwrap(), generation: 1, local }
}

fn row(node: &str, local: u64, value: i64) -> Standing<Process> {
    let rank = Some(Rank { by: SortKey::Handled, value, unit: RankUnit::Count });
    Standing { value, row: Process { rank, ..Process::sample(pid(node, local)) } }
}

fn by_handled(order: Order) -> Sorting {
    Sorting { by: SortedBy::Number(SortKey::Handled), order }
}

#[derive(Clone, Copy)]
struct Asked {
    limit: u32,
    most: usize,
    order: Order,
    some_end: bool,
}

/// What a node gives of its rows, at most `most` of them. Those with an even number have ended by the
/// time that they are looked up, if `some_end`.
fn node(
    name: &str,
    rows: &[(i64, u64)],
    after: Option<&Position>,
    Asked { limit, most, order, some_end }: Asked,
) -> NodeAnswer<NodeRanking> {
    let node: NodeName = name.parse().unwrap();
    let after = after.map(|position| After::new(position, &node, 1, order));
    let is_after = |row: &&(i64, u64)| after.is_none_or(|after| after.holds(row.0, row.1));
    let rows: Vec<(i64, u64)> = rows.iter().filter(is_after).copied().collect();
    let count = most.min(limit as usize);
    let has_more = rows.len() > count;
    let chosen = first(rows, count, order);
    let last = chosen.last().filter(|_| has_more);
    let up_to = last.map(|(value, local)| Position::new(*value, pid(name, *local)));
    let left = chosen.into_iter().filter(|(_, local)| !some_end || local % 2 == 1);
    let items = left.map(|(value, local)| row(name, local, value)).collect();
    NodeAnswer { node, answer: NodeRanking::of(items, up_to, limit, by_handled(order)) }
}

fn all(asked: Asked) -> Vec<(i64, String, u64)> {
    let rows: [(&str, &[(i64, u64)]); 3] = [
        ("a", &[(5, 1), (9, 2), (1, 3), (9, 4)]),
        ("b", &[(9, 1), (7, 2)]),
        ("c", &[(1, 1), (2, 2), (3, 3), (4, 4), (5, 5)]),
    ];
    let (mut seen, mut after) = (Vec::new(), None);
    for _ in 0..20 {
        let answers =
            rows.iter().map(|(name, rows)| node(name, rows, after.as_ref(), asked)).collect();
        let page = merge_rankings(answers);
        assert!(page.items.len() <= asked.limit as usize);
        seen.extend(
            page.items
                .iter()
                .map(|row| (row.rank.unwrap().value, row.node.to_string(), row.pid.local)),
        );
        let Some(cursor) = page.next_cursor else { return seen };
        after = by_handled(asked.order).position(Some(&cursor)).unwrap();
    }
    panic!("the pages do not end");
}

const WHOLE: Asked = Asked { limit: 100, most: 100, order: Order::Desc, some_end: false };

#[test]
fn pages_give_every_row_once_and_in_order() {
    let whole = all(WHOLE);
    let values: Vec<i64> = whole.iter().map(|row| row.0).collect();
    assert_eq!(values, [9, 9, 9, 7, 5, 5, 4, 3, 2, 1, 1]);
    assert_eq!(whole[0].1, "a");
    for (order, some_end) in
        [(Order::Desc, false), (Order::Asc, false), (Order::Desc, true), (Order::Asc, true)]
    {
        let whole = all(Asked { order, some_end, ..WHOLE });
        for (limit, most) in [(1, 100), (2, 100), (3, 1), (100, 1), (4, 2)] {
            let asked = Asked { limit, most, order, some_end };
            assert_eq!(all(asked), whole, "{limit} {most} {order:?} {some_end}");
        }
    }
}

#[test]
fn a_node_whose_chosen_rows_have_all_ended_has_more() {
    let up_to = Some(Position::new(7, pid("a", 1)));
    let answer = NodeRanking::<Process>::of(Vec::new(), up_to.clone(), 1, by_handled(Order::Desc));
    let page = merge_rankings(vec![NodeAnswer { node: "a".parse().unwrap(), answer }]);
    assert_eq!(page.next_cursor, up_to.map(|up_to| by_handled(Order::Desc).cursor(up_to)));
}

#[test]
fn a_row_that_does_not_fit_alone_is_left_out_and_the_list_goes_on() {
    let mut large = row("a", 2, 5);
    large.row.name = Some("x".repeat(crate::fitting::ROWS_BYTES_MAX));
    let position = large.position();
    let first =
        NodeRanking::of(vec![row("a", 1, 6), large.clone()], None, 9, by_handled(Order::Desc));
    assert_eq!((first.items.len(), first.up_to), (1, Some(row("a", 1, 6).position())));
    let next = NodeRanking::of(vec![large], None, 9, by_handled(Order::Desc));
    assert_eq!((next.items.len(), next.up_to), (0, Some(position)));
}

#[test]
fn nothing_of_nobody_is_an_empty_page() {
    let page = merge_rankings::<Process>(Vec::new());
    assert!(page.items.is_empty() && page.next_cursor.is_none());
}
