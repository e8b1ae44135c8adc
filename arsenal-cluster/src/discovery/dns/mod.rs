//! Names in DNS, asked again and again.
//!
//! Nothing is kept from one look to the next but the addresses: each look reads the configuration of the
//! system anew and asks a name server, so that a change of either is seen. An answer that is cut
//! over UDP is asked for again over TCP.

mod addresses;
mod name_servers;
mod services;

use std::time::Duration;

pub use addresses::DnsAddresses;
pub use name_servers::NameServers;
pub use services::DnsServices;

/// How often a name is asked for. One query or two: the load of many nodes is small.
const EVERY: Duration = Duration::from_secs(10);
