//! Rows of three nodes, page by page.

use super::*;

fn row(node: &str, local: u64, value: i64) -> Process {
    let pid = ProcessId { node: node.parse().unwrap(), generation: 1, local };
    let rank = Some(Rank { by: SortKey::Handled, value });
    Process { rank, ..Process::sample(pid) }
}

/// What a node gives of its rows, at most `most` of them.
fn node(
    name: &str,
    rows: &[(i64, u64)],
    after: Option<&Position>,
    (limit, most): (u32, usize),
    order: Order,
) -> NodeAnswer<NodeRanking> {
    let node: NodeName = name.parse().unwrap();
    let after = after.map(|position| After::new(position, &node, 1, order));
    let is_after = |row: &&(i64, u64)| after.is_none_or(|after| after.holds(row.0, row.1));
    let rows: Vec<(i64, u64)> = rows.iter().filter(is_after).copied().collect();
    let count = most.min(limit as usize);
    let has_more = rows.len() > count;
    let items = first(rows, count, order);
    let items = items.into_iter().map(|(value, local)| row(name, local, value)).collect();
    NodeAnswer { node, answer: NodeRanking { items, has_more, limit, order } }
}

fn all(limit: u32, most: usize, order: Order) -> Vec<(i64, String, u64)> {
    let rows: [(&str, &[(i64, u64)]); 3] = [
        ("a", &[(5, 1), (9, 2), (1, 3), (9, 4)]),
        ("b", &[(9, 1), (7, 2)]),
        ("c", &[(1, 1), (2, 2), (3, 3), (4, 4), (5, 5)]),
    ];
    let (mut seen, mut after) = (Vec::new(), None);
    for _ in 0..20 {
        let answers = rows
            .iter()
            .map(|(name, rows)| node(name, rows, after.as_ref(), (limit, most), order))
            .collect();
        let page = merge_rankings(answers);
        assert!(page.items.len() <= limit as usize);
        seen.extend(
            page.items
                .iter()
                .map(|row| (row.rank.unwrap().value, row.node.to_string(), row.pid.local)),
        );
        let Some(cursor) = page.next_cursor else { return seen };
        after = Position::read(&cursor);
        assert!(after.is_some());
    }
    panic!("the pages do not end");
}

#[test]
fn pages_give_every_row_once_and_in_order() {
    let whole = all(100, 100, Order::Desc);
    let values: Vec<i64> = whole.iter().map(|row| row.0).collect();
    assert_eq!(values, [9, 9, 9, 7, 5, 5, 4, 3, 2, 1, 1]);
    assert_eq!(whole[0].1, "a");
    for order in [Order::Desc, Order::Asc] {
        let whole = all(100, 100, order);
        for (limit, most) in [(1, 100), (2, 100), (3, 1), (100, 1), (4, 2)] {
            assert_eq!(all(limit, most, order), whole, "{limit} {most}");
        }
    }
}

#[test]
fn nothing_of_nobody_is_an_empty_page() {
    let page = merge_rankings::<Process>(Vec::new());
    assert!(page.items.is_empty() && page.next_cursor.is_none());
}
