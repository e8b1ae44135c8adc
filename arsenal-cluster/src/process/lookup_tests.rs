//! What an address leads to on one node, and what is said where it leads nowhere.

use ractor::Actor;

use std::time::UNIX_EPOCH;

use super::*;
use crate::WallClock;
use crate::process::supervisor::Supervisor;

fn table(is_shared: bool) -> ProcessTable {
    ProcessTable::new("a".parse().unwrap(), 5, is_shared, WallClock::set(UNIX_EPOCH))
}

async fn start(name: Option<&str>, above: Option<&ActorCell>) -> ActorCell {
    let (name, ended) = (name.map(str::to_owned), std::sync::Arc::new(|_, _| {}));
    let started = match above {
        None => Actor::spawn(name, Supervisor, ended).await,
        Some(above) => Actor::spawn_linked(name, Supervisor, ended, above.clone()).await,
    };
    started.unwrap().0.get_cell()
}

fn found(table: &ProcessTable, address: &str) -> Result<u64, String> {
    let found = table.find(&address.parse().unwrap());
    found.map(|cell| cell.get_id().pid()).map_err(|error| error.detail().to_owned())
}

fn local(cell: &ActorCell) -> u64 {
    cell.get_id().pid()
}

#[tokio::test]
async fn every_form_of_an_address_leads_to_the_process() {
    let table = table(false);
    let cell = start(Some("lookup-of-ractor"), None).await;
    table.names().register("Zähler 1@Haus".parse().unwrap(), local(&cell)).unwrap();
    let id = table.id(local(&cell)).to_string();
    for address in
        [&id, "Zähler 1@Haus", "Zähler 1@Haus@a", "lookup-of-ractor", "lookup-of-ractor@a"]
    {
        assert_eq!(found(&table, address), Ok(local(&cell)), "{address}");
    }
    assert_eq!(table.find_named(&"lookup-of-ractor".parse().unwrap()).len(), 1);
    cell.stop_and_wait(None, None).await.unwrap();
    let gone = found(&table, &id).unwrap_err();
    assert!(gone.ends_with("it has ended, or never was"), "{gone}");
    assert!(found(&table, "Zähler 1@Haus").is_err(), "its name leads nowhere");
}

#[tokio::test]
async fn a_name_of_arsenal_goes_before_one_of_ractor() {
    let table = table(false);
    let of_ractor = start(Some("lookup-of-both"), None).await;
    let own = start(None, None).await;
    assert_eq!(found(&table, "lookup-of-both"), Ok(local(&of_ractor)));
    table.names().register("lookup-of-both".parse().unwrap(), local(&own)).unwrap();
    assert_eq!(found(&table, "lookup-of-both"), Ok(local(&own)));
    let both = table.find_named(&"lookup-of-both".parse().unwrap());
    let both: Vec<u64> = both.iter().map(|row| row.pid.local).collect();
    assert_eq!(both, [local(&own), local(&of_ractor)]);
}

#[tokio::test]
async fn what_leads_nowhere_says_why() {
    let table = table(false);
    for (address, why) in [
        ("a.4.1", "node `a` was started again since"),
        ("a.6.1", "node `a` has not been started so often"),
        ("a.5.18446744073709551615", "it has ended, or never was"),
        ("b.5.1", "this is node `a`"),
        ("lookup-nobody", "no process is called `lookup-nobody` on node `a`"),
        ("lookup-nobody@b", "is not of this node"),
    ] {
        let error = found(&table, address).unwrap_err();
        assert!(error.ends_with(why), "{error}");
    }
}

#[tokio::test]
async fn only_what_is_below_the_root_is_of_a_simulated_node() {
    let (simulated, real) = (table(true), table(false));
    let root = start(None, None).await;
    simulated.set_root(root.clone());
    let roots = real.elsewhere().claim();
    roots.set(vec![root.clone()]);
    let below = start(Some("lookup-below"), Some(&root)).await;
    let beside = start(Some("lookup-beside"), None).await;
    assert_eq!(found(&simulated, "lookup-below"), Ok(local(&below)));
    assert_eq!(found(&real, "lookup-beside"), Ok(local(&beside)));
    assert!(found(&simulated, "lookup-beside").is_err());
    assert!(found(&real, "lookup-below").is_err());
    assert!(found(&real, &real.id(local(&below)).to_string()).is_err());
}
