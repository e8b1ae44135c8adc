//! How single values are written.

use std::{net::SocketAddr, path::PathBuf};

use super::settings::Settings;

pub(super) const ADDRESS: &str = "an address with a port, as 127.0.0.1:4000";
pub(super) const NODE_NAME: &str =
    "a node name: 1 to 63 of a-z, 0-9 and `-`, not starting or ending with `-`";
pub(super) const PATH: &str = "a path";

pub(super) fn switch(settings: &mut Settings, key: &str) -> bool {
    settings.one(key, "true or false", |text| text.parse().ok()).unwrap_or(false)
}

pub(super) fn address(text: &str) -> Option<SocketAddr> {
    text.parse().ok()
}

pub(super) fn path(text: &str) -> Option<PathBuf> {
    (!text.is_empty()).then(|| PathBuf::from(text))
}
