//! Where other nodes may be found.
//!
//! A [`Strategy`] is asked again and again for the addresses that it knows now: a file, a name in
//! DNS, whoever announces itself. What it finds feeds the dialler and nothing else. Who is a member is
//! for gossip to tell, so a node that is missing from an answer is never disconnected.
//!
//! [`known`] says what an answer means, and [`pace`] when to ask again; both are pure. Each strategy
//! is a file of its own, and each is told to operations as a [`Discovery`].

mod discoveries;
mod dns;
mod known;
mod kubernetes;
mod local;
mod model;
mod multicast;
mod pace;
mod seed_file;
mod static_list;
mod strategy;
mod watch;

pub(crate) use discoveries::{Discoveries, Looking};
pub use dns::{DnsAddresses, DnsServices, NameServers};
pub use known::{ADDRESSES_MAX, KEPT_FOR};
pub use kubernetes::{CLUSTER_DOMAIN, Kubernetes, Service, ServicePort};
pub use local::Local;
pub use model::{Discovery, DiscoveryError, DiscoveryKind};
pub use multicast::{MULTICAST_GROUP, Multicast};
pub use seed_file::{SEED_FILE_BYTES_MAX, SeedFile};
pub use strategy::{Answer, LookError, Strategy};
pub use watch::LOOK_MAX;
