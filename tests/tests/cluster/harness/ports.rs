//! Ports that no other test uses, in this process or another.

use std::{
    fs::{self, File},
    net::{TcpListener, UdpSocket},
    process,
};

/// Ports in one block: enough for the HTTP and the cluster port of eight nodes.
const BLOCK_LENGTH: u16 = 16;

/// Below the range that systems take the ports of outgoing connections from: a port that a killed
/// node has left must not be taken by somebody else before it is started again.
const FIRST: u16 = 20_000;
const BLOCKS: u16 = 600;

/// Sixteen ports in a row, held until this is dropped.
pub(crate) struct Ports {
    first: u16,
    _lock: File,
}

impl Ports {
    pub(crate) fn take() -> Self {
        let folder = std::env::temp_dir().join("arsenal-test-ports");
        fs::create_dir_all(&folder).unwrap();
        // Somewhere else in each process, so that few locks are tried.
        let start = u16::try_from(process::id() * 7 % u32::from(BLOCKS)).unwrap();
        (0..BLOCKS)
            .map(|offset| (start + offset) % BLOCKS)
            .find_map(|block| {
                let lock = File::create(folder.join(block.to_string())).unwrap();
                lock.try_lock().ok()?;
                let first = FIRST + block * BLOCK_LENGTH;
                (first..first + BLOCK_LENGTH).all(is_free).then_some(Self { first, _lock: lock })
            })
            .expect("a machine has free ports")
    }

    /// The HTTP port of a node, by its number.
    pub(crate) fn http(&self, node: u16) -> u16 {
        self.first + node
    }

    /// The cluster port of a node, by its number.
    pub(crate) fn listen(&self, node: u16) -> u16 {
        self.first + BLOCK_LENGTH / 2 + node
    }
}

fn is_free(port: u16) -> bool {
    TcpListener::bind(("127.0.0.1", port)).is_ok() && UdpSocket::bind(("127.0.0.1", port)).is_ok()
}
