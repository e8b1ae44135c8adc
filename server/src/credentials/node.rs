//! The credentials of one node: from the files that it was given, else from its data directory.

use std::{
    path::{Path, PathBuf},
    time::SystemTime,
};

use arsenal_cluster::network::{DatagramKey, DatagramKeys, ractor::ClusterTls};

use super::{Secret, Token, certificates};
use crate::{
    config::{ConfigError, ServeConfig},
    data_dir::{DataDir, PrivateFileError},
};

/// The credentials of a node.
#[derive(Debug)]
pub(crate) struct Credentials {
    pub(crate) secret: Secret,
    /// What datagrams may be sealed with, too, while the secret is being changed.
    accepted_secret: Option<Secret>,
    pub(crate) token: Token,
    /// The file that the token is in.
    pub(crate) token_file: PathBuf,
    /// What connections to other nodes are encrypted with, if they are.
    pub(crate) tls: Option<ClusterTls>,
}

impl Credentials {
    /// Reads them; what nobody gave is made at the first start. A given file must exist.
    pub(crate) fn of(
        config: &ServeConfig,
        data_dir: &DataDir,
        now: SystemTime,
    ) -> Result<Self, ConfigError> {
        let tls = config.files.certificates.as_ref();
        let given = config.files.token.clone();
        let token_file = given.unwrap_or_else(|| data_dir.path().join("token"));
        let secret = secret(config, data_dir)?;
        Ok(Self {
            accepted_secret: accepted_secret(config, &secret)?,
            secret,
            token: token(config, &token_file)?,
            token_file,
            tls: tls.map(|files| certificates::read(&config.name, files, now)).transpose()?,
        })
    }

    /// The cluster's secret, and the one that is heard too, if there is one.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &Secret> {
        std::iter::once(&self.secret).chain(&self.accepted_secret)
    }

    /// The keys of datagrams for one purpose.
    pub(crate) fn datagram_keys(&self, purpose: &str) -> DatagramKeys {
        let key = |secret: &Secret| DatagramKey::new(secret.key(purpose));
        DatagramKeys::new(key(&self.secret), self.accepted_secret.as_ref().map(key))
    }
}

/// A node that joins others with a secret of its own would never be let in, so none is made for it.
fn secret(config: &ServeConfig, data_dir: &DataDir) -> Result<Secret, ConfigError> {
    let own = data_dir.path().join("secret");
    if let Some(given) = &config.files.secret {
        return Secret::read(given).map_err(|error| unusable("--secret-file", &error));
    }
    if config.seeks_others() && !own.exists() {
        return Err(ConfigError::new(format!(
            "a node that joins others needs their secret: copy it to {}, or name its file with --secret-file",
            own.display()
        )));
    }
    Secret::read_or_create(&own).map_err(|error| unusable("the secret", &error))
}

/// The same secret twice would look like a step of a change, and be none.
fn accepted_secret(config: &ServeConfig, secret: &Secret) -> Result<Option<Secret>, ConfigError> {
    let Some(path) = config.files.accepted_secret.as_deref() else { return Ok(None) };
    let accepted = Secret::read(path).map_err(|error| unusable("--accept-secret-file", &error))?;
    if accepted == *secret {
        return Err(ConfigError::new(format!(
            "--accept-secret-file: {} holds the secret that this node uses; name the other one, or leave it \
             away",
            path.display()
        )));
    }
    Ok(Some(accepted))
}

fn token(config: &ServeConfig, path: &Path) -> Result<Token, ConfigError> {
    if config.files.token.is_some() {
        Token::read(path).map_err(|error| unusable("--token-file", &error))
    } else {
        Token::read_or_create(path).map_err(|error| unusable("the token", &error))
    }
}

fn unusable(what: &str, error: &PrivateFileError) -> ConfigError {
    ConfigError::new(format!("{what}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ServeFlags;

    fn load(folder: &Path, flags: ServeFlags) -> Result<Credentials, ConfigError> {
        let flags = ServeFlags { data_dir: Some(folder.display().to_string()), ..flags };
        let config = ServeConfig::load(flags, |_| None).unwrap();
        Credentials::of(&config, &DataDir::open(folder).unwrap(), SystemTime::UNIX_EPOCH)
    }

    #[test]
    fn the_first_node_makes_what_the_others_are_given() {
        let folder = tempfile::tempdir().unwrap();
        let (first, second) = (folder.path().join("a"), folder.path().join("b"));
        let made = load(&first, ServeFlags::default()).unwrap();

        let joining = ServeFlags {
            name: Some("b".to_owned()),
            join: vec!["127.0.0.1:7009".to_owned()],
            ..Default::default()
        };
        let error = load(&second, joining.clone()).unwrap_err().to_string();
        assert!(error.contains("needs their secret"), "{error}");

        let file = |name: &str| Some(first.join(name).display().to_string());
        let joining =
            ServeFlags { secret_file: file("secret"), token_file: file("token"), ..joining };
        let joined = load(&second, joining).unwrap();
        assert_eq!(joined.secret.key("x"), made.secret.key("x"));
        assert_ne!(joined.secret.key("x"), made.secret.key("y"));
        assert_eq!(joined.token.expose(), made.token.expose());
    }

    #[test]
    fn a_given_file_must_exist() {
        let folder = tempfile::tempdir().unwrap();
        let flags = ServeFlags { token_file: Some("/no/token".to_owned()), ..Default::default() };
        let error = load(folder.path(), flags).unwrap_err().to_string();
        assert!(error.contains("--token-file: /no/token: there is no such file"), "{error}");
        let accept_secret_file = Some("/no/secret".to_owned());
        let flags = ServeFlags { accept_secret_file, ..Default::default() };
        let error = load(folder.path(), flags).unwrap_err().to_string();
        assert!(error.contains("--accept-secret-file: /no/secret: there is no such"), "{error}");
    }

    #[test]
    fn a_second_secret_is_another_one() {
        let folder = tempfile::tempdir().unwrap();
        load(folder.path(), ServeFlags::default()).unwrap();
        let own = Some(folder.path().join("secret").display().to_string());
        let flags = ServeFlags { accept_secret_file: own, ..Default::default() };
        let error = load(folder.path(), flags).unwrap_err().to_string();
        assert!(error.contains("holds the secret that this node uses"), "{error}");
    }
}
