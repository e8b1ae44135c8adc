//! Lists of actors that run, page by page.

use std::time::UNIX_EPOCH;

use arsenal_core::answer::NodeAnswer;
use ractor::{Actor, ActorProcessingErr, ActorRef};
use tokio::time::advance;

use super::*;
use crate::{
    WallClock,
    instrument::{Home, SpawnInstrumented as _},
    process::{Order, merge_rankings},
};

/// It does nothing.
struct Still;

impl Actor for Still {
    type Msg = ();
    type State = ();
    type Arguments = ();

    async fn pre_start(&self, _: ActorRef<()>, (): ()) -> Result<(), ActorProcessingErr> {
        Ok(())
    }
}

/// One that starts a moment after the last one.
async fn start() -> u64 {
    advance(Duration::from_millis(10)).await;
    Still::spawn_instrumented(None, Still, ()).await.unwrap().0.get_id().pid()
}

fn table() -> Arc<ProcessTable> {
    Arc::new(ProcessTable::new("a".parse().unwrap(), 1, true, WallClock::set(UNIX_EPOCH)))
}

#[tokio::test(start_paused = true)]
async fn ages_that_grow_from_page_to_page_move_no_row() {
    let _at_home = Home::simulated().enter();
    let table = table();
    let mut started = Vec::new();
    for _ in 0..7 {
        started.push(start().await);
    }
    for order in [Order::Desc, Order::Asc] {
        let expected: Vec<u64> = match order {
            Order::Desc => started.clone(),
            Order::Asc => started.iter().rev().copied().collect(),
        };
        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let query =
                ProcessQuery { sort: Some(SortKey::Age), order, limit: 2, ..Default::default() };
            let answer = table.rank(query.page(cursor.as_ref()).unwrap()).await.unwrap();
            let page = merge_rankings(vec![NodeAnswer { node: table.node.clone(), answer }]);
            for row in page.items {
                let age = row.counts.unwrap().age_ms;
                assert_eq!(
                    row.rank,
                    Some(Rank {
                        by: SortKey::Age,
                        value: age.try_into().unwrap(),
                        unit: crate::process::RankUnit::Ms,
                    })
                );
                seen.push(row.pid.local);
            }
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
            advance(Duration::from_millis(15)).await;
        }
        assert_eq!(seen, expected, "{order:?}");
    }
}
