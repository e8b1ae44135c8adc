//! Only Linux has network namespaces.

use std::{net::Ipv4Addr, time::Duration};

/// There are none here.
pub(super) enum Namespaces {}

pub(crate) fn why_there_are_none() -> Option<String> {
    Some(String::from("only Linux has network namespaces"))
}

pub(crate) fn has_delays() -> bool {
    false
}

impl Namespaces {
    pub(super) fn make(_: usize) -> Self {
        panic!("there are no network namespaces here")
    }

    pub(super) fn address(_: usize) -> Ipv4Addr {
        Ipv4Addr::LOCALHOST
    }

    pub(super) fn inside<T: Send>(&self, _: usize, _: impl FnOnce() -> T + Send) -> T {
        match *self {}
    }

    pub(super) fn cut(&mut self, _: usize, _: usize) {
        match *self {}
    }

    pub(super) fn slow(&mut self, _: usize, _: usize, _: Duration) {
        match *self {}
    }

    pub(super) fn heal(&mut self) {
        match *self {}
    }
}
