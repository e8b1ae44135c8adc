//! What real nodes stand on: the loopback of this machine, or a small network of their own.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use super::namespaces::Namespaces;
use crate::harness::ports::Ports;

/// The ports of a node that has a network namespace for itself.
const LISTEN_PORT: u16 = 7000;
const HTTP_PORT: u16 = 4000;

pub(super) enum Ground {
    /// Links cannot be cut here.
    Loopback(Ports),
    Namespaces(Namespaces),
}

impl Ground {
    pub(super) fn prepare(nodes: usize, has_namespaces: bool) -> Self {
        if has_namespaces {
            Self::Namespaces(Namespaces::make(nodes))
        } else {
            Self::Loopback(Ports::take())
        }
    }

    /// Where a node listens for others.
    pub(super) fn listen(&self, node: usize) -> SocketAddr {
        match self {
            Self::Loopback(ports) => (Ipv4Addr::LOCALHOST, ports.listen(number(node))).into(),
            Self::Namespaces(_) => (Namespaces::address(node), LISTEN_PORT).into(),
        }
    }

    /// Where a node serves HTTP: always on loopback, so that no cut comes between it and who asks.
    pub(super) fn http(&self, node: usize) -> SocketAddr {
        let port = match self {
            Self::Loopback(ports) => ports.http(number(node)),
            Self::Namespaces(_) => HTTP_PORT,
        };
        (Ipv4Addr::LOCALHOST, port).into()
    }

    /// Does something where the loopback is that of a node.
    pub(super) fn inside<T: Send>(&self, node: usize, work: impl FnOnce() -> T + Send) -> T {
        match self {
            Self::Loopback(_) => work(),
            Self::Namespaces(namespaces) => namespaces.inside(node, work),
        }
    }

    pub(super) fn cut(&mut self, from: usize, to: usize) {
        self.namespaces().cut(from, to);
    }

    pub(super) fn slow(&mut self, one: usize, other: usize, delay: Duration) {
        self.namespaces().slow(one, other, delay);
    }

    pub(super) fn heal(&mut self) {
        self.namespaces().heal();
    }

    fn namespaces(&mut self) -> &mut Namespaces {
        match self {
            Self::Namespaces(namespaces) => namespaces,
            Self::Loopback(_) => panic!("the scenario does not say that it breaks links"),
        }
    }
}

fn number(node: usize) -> u16 {
    u16::try_from(node).expect("a few nodes")
}
