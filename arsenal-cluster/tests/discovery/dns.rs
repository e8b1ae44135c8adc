//! Names in DNS, answered by a real name server.

use std::{net::Ipv6Addr, time::Duration};

use arsenal_cluster::{
    discovery::{Answer, DiscoveryKind, DnsAddresses, DnsServices, LookError, Strategy},
    network::Peer,
};
use futures_util::future::BoxFuture;
use hickory_server::{
    net::xfer::Protocol,
    proto::{op::ResponseCode, rr::RecordType},
};

use crate::{
    bench::{Bench, OWN, addresses, me},
    name_server::{Mood, NameServer, a, aaaa, srv},
};

const NAME: &str = "node.example.";
const SERVICE: &str = "_arsenal._tcp.example.";

/// What one look finds, in order.
async fn look(strategy: &mut impl Strategy) -> Result<Vec<String>, String> {
    let answer = strategy.look(&me()).await.map_err(|error| error.to_string())?;
    assert!(!answer.is_whole, "it may have been cut on its way");
    Ok(answer.addresses.iter().map(ToString::to_string).collect())
}

#[tokio::test]
async fn all_addresses_of_a_name_are_found_as_they_are_now() {
    let server = NameServer::start().await;
    let mut name = DnsAddresses::new(server.servers(), NAME, 7000);
    server.holds([a(NAME, [10, 0, 0, 2]), aaaa(NAME, Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 7))]);
    assert_eq!(look(&mut name).await.unwrap(), ["10.0.0.2:7000", "[fd00::7]:7000"]);
    server.holds([a(NAME, [10, 0, 0, 3])]);
    assert_eq!(look(&mut name).await.unwrap(), ["10.0.0.3:7000"], "nothing is cached");
    assert_eq!((name.kind(), name.watches().as_str()), (DiscoveryKind::Dns, "node.example.:7000"));
}

#[tokio::test]
async fn an_answer_that_is_cut_is_asked_for_again_over_tcp() {
    let server = NameServer::start().await;
    server.holds((1..=200).map(|last| a(NAME, [10, 0, 0, last])));
    let found = look(&mut DnsAddresses::new(server.servers(), NAME, 7000)).await.unwrap();
    assert_eq!(found.len(), 200);
    let asked = server.asked();
    assert!(asked.contains(&(Protocol::Udp, RecordType::A)), "{asked:?}");
    assert!(asked.contains(&(Protocol::Tcp, RecordType::A)), "{asked:?}");
}

#[tokio::test]
async fn every_way_to_fail_is_told_apart() {
    let server = NameServer::start().await;
    let mut name = DnsAddresses::new(server.servers(), NAME, 7000);
    assert_eq!(look(&mut name).await.unwrap_err(), "node.example.: there is no such name");
    server.holds([srv(NAME, "other.example.", 1)]);
    assert_eq!(look(&mut name).await.unwrap_err(), "node.example.: the name has no address");
    server.is(Mood::Failing(ResponseCode::ServFail));
    let error = look(&mut name).await.unwrap_err();
    assert!(error.contains("the name server answered `Server Failure`"), "{error}");
    server.is(Mood::Failing(ResponseCode::Refused));
    assert!(look(&mut name).await.unwrap_err().contains("Refused"));
    server.is(Mood::Silent);
    let error = look(&mut name).await.unwrap_err();
    assert_eq!(error, "node.example.: no name server answered in time");
    let mut nowhere = DnsAddresses::new(server.servers(), "two..dots", 7000);
    assert!(look(&mut nowhere).await.unwrap_err().starts_with("two..dots: "));
}

#[tokio::test]
async fn one_family_is_enough_where_the_other_fails() {
    let server = NameServer::start().await;
    server.holds([a(NAME, [10, 0, 0, 2])]);
    server.is(Mood::FailingFor(RecordType::AAAA));
    let found = look(&mut DnsAddresses::new(server.servers(), NAME, 7000)).await;
    assert_eq!(found.unwrap(), ["10.0.0.2:7000"]);
}

#[tokio::test]
async fn services_have_ports_of_their_own_and_hosts_that_are_looked_up() {
    let server = NameServer::start().await;
    server.holds([
        srv(SERVICE, "b.example.", 7001),
        srv(SERVICE, "c.example.", 7002),
        srv(SERVICE, ".", 7003),
        a("b.example.", [10, 0, 0, 2]),
    ]);
    server.sends_along([a("C.example.", [10, 0, 0, 3])]);
    let mut service = DnsServices::new(server.servers(), SERVICE);
    assert_eq!(look(&mut service).await.unwrap(), ["10.0.0.2:7001", "10.0.0.3:7002"]);
    let asked = server.asked().iter().filter(|(_, kind)| *kind == RecordType::A).count();
    assert_eq!(asked, 1, "the other address came along");
}

#[tokio::test]
async fn a_host_without_address_is_named_and_the_others_count() {
    let server = NameServer::start().await;
    let mut service = DnsServices::new(server.servers(), SERVICE);
    server.holds([srv(SERVICE, "b.example.", 7001), srv(SERVICE, "gone.example.", 7001)]);
    let error = look(&mut service).await.unwrap_err();
    assert!(error.ends_with("example.: there is no such name"), "{error}");
    server.holds([
        srv(SERVICE, "b.example.", 7001),
        srv(SERVICE, "gone.example.", 7001),
        a("b.example.", [10, 0, 0, 2]),
    ]);
    let answer = service.look(&me()).await.unwrap();
    assert_eq!(answer.addresses.len(), 1);
    assert_eq!(answer.trouble.unwrap(), "gone.example.: there is no such name");
    server.holds([]);
    assert!(look(&mut service).await.unwrap_err().contains("there is no such name"));
}

/// In real time: the looks of the node are seconds apart.
#[tokio::test]
async fn a_node_keeps_what_it_knows_while_the_name_server_fails() {
    let server = NameServer::start().await;
    server.holds([a(NAME, [10, 0, 0, 2]), a(NAME, OWN)]);
    let bench = Bench::start(EverySecond(DnsAddresses::new(server.servers(), NAME, 7000))).await;
    bench.wants(&["10.0.0.2:7000"]).await;
    server.is(Mood::Failing(ResponseCode::ServFail));
    let failing = bench.until(|name| name.failures >= 2).await;
    assert_eq!(failing.addresses, addresses(&["10.0.0.2:7000"]));
    assert!(failing.last_error.unwrap().message.contains("Server Failure"));
    bench.wants(&["10.0.0.2:7000"]).await;
    server.is(Mood::Answering);
    server.holds([a(NAME, [10, 0, 0, 3])]);
    let well = bench.until(|name| name.addresses.len() == 2).await;
    assert_eq!((well.failures, well.last_error.is_some()), (0, true), "what failed is still told");
}

/// A strategy that is asked more often.
struct EverySecond(DnsAddresses);

impl Strategy for EverySecond {
    fn kind(&self) -> DiscoveryKind {
        self.0.kind()
    }
    fn watches(&self) -> String {
        self.0.watches()
    }
    fn every(&self) -> Duration {
        Duration::from_secs(1)
    }
    fn look<'a>(&'a mut self, me: &'a Peer) -> BoxFuture<'a, Result<Answer, LookError>> {
        self.0.look(me)
    }
}
