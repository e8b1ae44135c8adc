//! What every server of this comparison shares: address, log, and the rules of the two endpoints.
//! No framework's type stands here, so it costs the same everywhere.

use std::net::{Ipv4Addr, SocketAddr};

/// Where to listen: the port is the first argument.
pub fn address() -> SocketAddr {
    let port = std::env::args().nth(1).and_then(|text| text.parse().ok());
    (Ipv4Addr::LOCALHOST, port.expect("the first argument is a port")).into()
}

/// Logs what is `info` and above. Every server with a trace layer has this subscriber, and spans
/// of that level, so that each request opens one that somebody listens to.
pub fn start_log() {
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::INFO)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .init();
}

/// One broken rule.
#[derive(Clone, Debug)]
pub struct Violation {
    /// The field or parameter.
    pub name: &'static str,
    /// What is wrong with it.
    pub message: &'static str,
}

/// The name of an item.
pub fn item_name(id: u64) -> String {
    format!("item-{id}")
}

/// The tags of every item.
pub fn item_tags() -> Vec<String> {
    vec![String::from("a"), String::from("b")]
}

/// The rule of `GET /bench/items/{id}`: 1 to 1000 rows.
pub fn check_limit(limit: u32) -> Vec<Violation> {
    let mut found = Vec::new();
    in_range(&mut found, "limit", limit.into(), 1, 1000);
    found
}

/// The rules of `POST /bench/items`, all broken ones at once.
pub fn check_new_item(name: &str, sku: &str, quantity: u32, price_cents: u64) -> Vec<Violation> {
    let mut found = Vec::new();
    of_length(&mut found, "name", name, 1, 64);
    of_length(&mut found, "sku", sku, 3, 32);
    in_range(&mut found, "quantity", quantity.into(), 1, 10_000);
    in_range(&mut found, "price_cents", price_cents, 0, 10_000_000);
    found
}

fn of_length(found: &mut Vec<Violation>, name: &'static str, text: &str, min: usize, max: usize) {
    if !(min..=max).contains(&text.chars().count()) {
        found.push(Violation { name, message: "has a wrong length" });
    }
}

fn in_range(found: &mut Vec<Violation>, name: &'static str, value: u64, min: u64, max: u64) {
    if !(min..=max).contains(&value) {
        found.push(Violation { name, message: "is out of range" });
    }
}
