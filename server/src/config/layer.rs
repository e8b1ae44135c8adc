//! One source of settings, before anything is parsed: flags, environment or file.

use std::{collections::BTreeMap, path::PathBuf};

use super::{ConfigError, ServeFlags, voters::VOTERS};

/// The settings that every source has, by their long flag.
pub(super) const KEYS: [&str; 19] = [
    "name",
    "listen",
    "advertise",
    "http",
    "join",
    "discover",
    "dns-server",
    "observer",
    VOTERS,
    "simulate",
    "secret-file",
    "accept-secret-file",
    "token-file",
    "cluster-cert",
    "cluster-key",
    "cluster-ca",
    "data-dir",
    "log",
    INSECURE_BIND,
];

/// The one setting that the environment cannot make: exposure is decided where somebody reads it,
/// not by a variable that is inherited unseen.
const INSECURE_BIND: &str = "insecure-bind";

/// Raw values by key. Several values come from a repeated flag or a list in the file.
#[derive(Debug)]
pub(super) struct Layer {
    pub(super) origin: Origin,
    pub(super) values: BTreeMap<&'static str, Vec<String>>,
}

/// Where a value was given.
#[derive(Debug)]
pub(super) enum Origin {
    Flag,
    Environment,
    File(PathBuf),
}

impl Origin {
    /// How its user wrote the key.
    pub(super) fn spell(&self, key: &str) -> String {
        match self {
            Self::Flag => format!("--{key}"),
            Self::Environment => variable(key),
            Self::File(path) => format!("`{key}` in {}", path.display()),
        }
    }
}

/// `http` is `ARSENAL_HTTP`.
pub(super) fn variable(key: &str) -> String {
    format!("ARSENAL_{}", key.to_uppercase().replace('-', "_"))
}

impl Layer {
    pub(super) fn from_flags(flags: ServeFlags) -> Self {
        let texts = [
            ("name", flags.name),
            ("listen", flags.listen),
            ("advertise", flags.advertise),
            ("http", flags.http),
            ("simulate", flags.simulate),
            ("dns-server", flags.dns_server),
            ("observer", flags.observer.then(|| String::from("true"))),
            ("secret-file", flags.secret_file),
            ("accept-secret-file", flags.accept_secret_file),
            ("token-file", flags.token_file),
            ("cluster-cert", flags.cluster_cert),
            ("cluster-key", flags.cluster_key),
            ("cluster-ca", flags.cluster_ca),
            ("data-dir", flags.data_dir),
            ("log", flags.log),
            (INSECURE_BIND, flags.insecure_bind.then(|| String::from("true"))),
        ];
        let lists = [("join", flags.join), ("discover", flags.discover), (VOTERS, flags.voters)];
        let texts = texts.into_iter().filter_map(|(key, text)| Some((key, vec![text?])));
        let lists = lists.into_iter().filter(|(_, list)| !list.is_empty());
        Self { origin: Origin::Flag, values: texts.chain(lists).collect() }
    }

    /// An empty variable counts as not set, but for the voters: whoever gives a list means one.
    pub(super) fn from_environment(
        read: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let mut values = BTreeMap::new();
        for key in KEYS {
            let is_set = |text: &String| !text.is_empty() || key == VOTERS;
            let Some(text) = read(&variable(key)).filter(is_set) else { continue };
            if key == INSECURE_BIND {
                let variable = variable(key);
                return Err(ConfigError::new(format!(
                    "{variable} is refused: give --insecure-bind, or `insecure-bind = true` in the file",
                )));
            }
            values.insert(key, vec![text]);
        }
        Ok(Self { origin: Origin::Environment, values })
    }
}
