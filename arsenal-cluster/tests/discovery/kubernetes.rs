//! A headless service, as the DNS of a cluster answers for it.

use arsenal_cluster::discovery::{
    CLUSTER_DOMAIN, DiscoveryKind, Kubernetes, Service, ServicePort, Strategy as _,
};

use crate::{
    bench::{addresses, me},
    name_server::{NameServer, a, srv},
};

const HOST: &str = "arsenal.prod.svc.cluster.local.";
const PORT: &str = "_cluster._tcp.arsenal.prod.svc.cluster.local.";

/// A pod of a stateful set has a name of its own, any other one that is made of its address.
const PODS: [&str; 2] =
    ["arsenal-0.arsenal.prod.svc.cluster.local.", "10-1-0-8.arsenal.prod.svc.cluster.local."];

fn service() -> Service {
    Service {
        name: String::from("arsenal"),
        namespace: String::from("prod"),
        cluster_domain: String::from(CLUSTER_DOMAIN),
    }
}

#[tokio::test]
async fn pods_are_the_addresses_of_the_service() {
    let server = NameServer::start().await;
    server.holds([a(HOST, [10, 1, 0, 7]), a(HOST, [10, 1, 0, 8])]);
    let mut pods = Kubernetes::new(server.servers(), &service(), &ServicePort::Number(7000));
    assert_eq!(pods.kind(), DiscoveryKind::Kubernetes);
    assert_eq!(pods.watches(), "arsenal.prod.svc.cluster.local:7000");
    let answer = pods.look(&me()).await.unwrap();
    assert!(answer.addresses.iter().eq(&addresses(&["10.1.0.7:7000", "10.1.0.8:7000"])));
    // None is ready, and the service does not publish those that are not.
    server.holds([]);
    let error = pods.look(&me()).await.unwrap_err().to_string();
    assert_eq!(error, format!("{HOST}: there is no such name"));
}

#[tokio::test]
async fn a_port_that_has_a_name_comes_with_each_pod() {
    let server = NameServer::start().await;
    let named = PODS.map(|pod| srv(PORT, pod, 7000));
    server.holds(named);
    server.sends_along([a(PODS[0], [10, 1, 0, 7]), a(PODS[1], [10, 1, 0, 8])]);
    let port = ServicePort::Name(String::from("cluster"));
    let mut pods = Kubernetes::new(server.servers(), &service(), &port);
    assert_eq!(pods.watches(), "arsenal.prod.svc.cluster.local:cluster");
    let answer = pods.look(&me()).await.unwrap();
    assert!(answer.addresses.iter().eq(&addresses(&["10.1.0.7:7000", "10.1.0.8:7000"])));
    assert_eq!(answer.trouble, None);
}
