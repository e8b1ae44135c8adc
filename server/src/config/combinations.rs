//! Settings that are valid each, and do not fit together.

use std::{net::SocketAddr, path::Path};

use arsenal_cluster::membership::Electorate;

use super::{ConfigError, Discover, ServeConfig, settings::Settings};

impl ServeConfig {
    /// Notes every combination with which the node could not do what it was asked to.
    pub(super) fn refuse_combinations(&self, settings: &mut Settings) {
        self.refuse_exposure(settings);
        self.refuse_undialable(settings);
        self.refuse_unheard(settings);
        self.refuse_idle_voter(settings);
    }

    /// An address which others reach, and where nothing is encrypted, needs somebody's word.
    fn refuse_exposure(&self, settings: &mut Settings) {
        if self.is_insecure_bind {
            return;
        }
        for (key, address, remedy) in self.exposed() {
            let spelled = settings.spelled(key);
            settings.refuse(format!(
                "{spelled}: {address} is not a loopback address, and nothing that is sent there \
                 is encrypted; {remedy}where the network is trusted, add --insecure-bind"
            ));
        }
    }

    /// The addresses that others reach unencrypted: the key, the address, and what encrypts it. Gossip
    /// is sealed in any case.
    pub(crate) fn exposed(&self) -> Vec<(&'static str, SocketAddr, &'static str)> {
        let listen = self.files.certificates.is_none().then_some((
            "listen",
            self.listen,
            "give --cluster-cert, --cluster-key and --cluster-ca, or, ",
        ));
        let addresses = [Some(("http", self.http, "")), listen].into_iter().flatten();
        addresses.filter(|(_, address, _)| !address.ip().is_loopback()).collect()
    }

    /// Other nodes are told one address, and nobody can dial a wildcard or port 0.
    fn refuse_undialable(&self, settings: &mut Settings) {
        let is_dialable = |address: SocketAddr| !address.ip().is_unspecified();
        match self.advertise {
            Some(address) if !is_dialable(address) || address.port() == 0 => {
                let spelled = settings.spelled("advertise");
                settings.refuse(format!("{spelled}: no other node can dial {address}"));
            }
            None if !is_dialable(self.listen) => {
                let (spelled, listen) = (settings.spelled("listen"), self.listen);
                settings.refuse(format!(
                    "{spelled}: no other node can dial {listen}; say with --advertise by which \
                     address they reach this node"
                ));
            }
            Some(_) | None => {}
        }
    }

    /// A voter that does not vote would be missing for good.
    fn refuse_idle_voter(&self, settings: &mut Settings) {
        if self.is_observer && self.voters.contains(&self.name) {
            let (spelled, name) = (settings.spelled("observer"), &self.name);
            settings.refuse(format!(
                "{spelled}: an observer decides nothing, and {name} is among the voters; leave out one of both"
            ));
        }
    }

    /// The same for the list that an operator chose, which counts instead of `--voters`.
    ///
    /// # Errors
    ///
    /// This node is an observer and on the list.
    pub(crate) fn refuse_chosen_observer(
        &self,
        chosen: &Electorate,
        file: &Path,
    ) -> Result<(), ConfigError> {
        if !self.is_observer || !chosen.voters.contains(&self.name) {
            return Ok(());
        }
        Err(ConfigError::new(format!(
            "--observer: an observer decides nothing, and {} is among the voters that an operator \
             chose ({}); start it without --observer, or choose other voters first: \
             `POST /api/v1/cluster/partitions/resolve`",
            self.name,
            file.display()
        )))
    }

    /// Announcements go out by the interface that others are listened to on.
    fn refuse_unheard(&self, settings: &mut Settings) {
        let is_multicast = |discover: &Discover| matches!(discover, Discover::Multicast(_));
        if self.discover.iter().any(is_multicast) && self.multicast_interface().is_none() {
            let (spelled, listen) = (settings.spelled("discover"), self.listen);
            settings.refuse(format!(
                "{spelled}: multicast goes over IPv4, and --listen is {listen}; give an IPv4 address there"
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{
        ServeFlags,
        layer::variable,
        samples::{flags, load},
    };

    #[test]
    fn what_cannot_find_anybody_is_refused() {
        let looking =
            |discover: &str| ServeFlags { discover: vec![discover.to_owned()], ..flags() };
        let error = load(looking("local"), &[]).unwrap_err().to_string();
        assert!(error.contains("--name: a node that joins others"), "{error}");
        let named = [("ARSENAL_NAME", "b"), ("ARSENAL_LISTEN", "[::1]:7000")];
        let error = load(looking("multicast"), &named).unwrap_err().to_string();
        assert!(error.contains("--discover: multicast goes over IPv4"), "{error}");
        let error = load(looking("dns:node-b"), &named).unwrap_err().to_string();
        assert!(error.contains("--discover: `dns:node-b` needs a host and a port"), "{error}");
        let voters = [("ARSENAL_VOTERS", "a,b,c"), ("ARSENAL_OBSERVER", "true")];
        let error = load(flags(), &voters).unwrap_err().to_string();
        assert!(error.contains("ARSENAL_OBSERVER: an observer decides nothing"), "{error}");
        let flags = ServeFlags { join: vec!["node-b".to_owned()], ..flags() };
        let error = load(flags, &[("ARSENAL_DNS_SERVER", "dns.example")]).unwrap_err().to_string();
        assert!(
            error.contains("--join: `node-b` is not an address or a host with a port"),
            "{error}"
        );
        assert!(error.contains("ARSENAL_DNS_SERVER: `dns.example` is not the address"), "{error}");
    }

    #[test]
    fn a_voter_that_was_chosen_does_not_come_back_as_an_observer() {
        let chosen = |voters: &str| {
            Electorate::new(2, voters.split(',').map(|name| name.parse().unwrap()).collect())
        };
        let flags = ServeFlags { observer: true, name: Some("b".to_owned()), ..flags() };
        let flags = ServeFlags { join: vec!["127.0.0.1:7001".to_owned()], ..flags };
        let observer = load(flags.clone(), &[]).unwrap();
        let file = Path::new("/data/voters");
        let error = observer.refuse_chosen_observer(&chosen("a,b,c"), file).unwrap_err();
        let told = "--observer: an observer decides nothing, and b is among the voters that an \
                    operator chose (/data/voters); start it without --observer";
        assert!(error.to_string().starts_with(told), "{error}");
        observer.refuse_chosen_observer(&chosen("a,c"), file).unwrap();
        let voter = load(ServeFlags { observer: false, ..flags }, &[]).unwrap();
        voter.refuse_chosen_observer(&chosen("a,b,c"), file).unwrap();
    }

    #[test]
    fn an_address_that_others_reach_needs_insecure_bind() {
        for key in ["http", "listen"] {
            let variable = variable(key);
            let exposed = [(variable.as_str(), "0.0.0.0:5000")];
            let error = load(flags(), &exposed).unwrap_err().to_string();
            assert!(error.contains(&variable) && error.contains("--insecure-bind"), "{error}");
            let advertise = Some("10.0.0.7:5000".to_owned());
            let flags = ServeFlags { insecure_bind: true, advertise, ..flags() };
            assert!(load(flags, &exposed).unwrap().is_insecure_bind);
        }
    }

    #[test]
    fn an_address_that_others_cannot_dial_is_not_told_to_them() {
        let on = |listen: &str| ServeFlags {
            name: Some("b".to_owned()),
            insecure_bind: true,
            listen: Some(listen.to_owned()),
            join: vec!["10.0.0.7:7000".to_owned(), "10.0.0.8:7000".to_owned()],
            ..flags()
        };
        for listen in ["0.0.0.0:7000", "[::]:7000"] {
            let error = load(on(listen), &[]).unwrap_err().to_string();
            assert!(error.contains("--listen") && error.contains("--advertise"), "{error}");
            let config = load(on(listen), &[("ARSENAL_ADVERTISE", "10.0.0.7:7000")]).unwrap();
            assert_eq!(config.advertise, Some(([10, 0, 0, 7], 7000).into()));
            assert_eq!(config.join, [([10, 0, 0, 8], 7000).into()].into(), "its own is left out");
        }
        for advertised in ["0.0.0.0:7000", "10.0.0.7:0"] {
            let error = load(flags(), &[("ARSENAL_ADVERTISE", advertised)]).unwrap_err();
            assert!(error.to_string().contains("ARSENAL_ADVERTISE: no other node can dial"));
        }
        assert_eq!(load(on("10.0.0.7:7000"), &[]).unwrap().advertise, None);
    }
}
