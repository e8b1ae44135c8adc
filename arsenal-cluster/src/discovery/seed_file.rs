//! A file that lists addresses, one or more per line; `#` begins a comment.
//!
//! It is read again and again, since a change is not told on every file system, and a mounted
//! `ConfigMap` changes by another link.

use std::{
    collections::BTreeSet,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use futures_util::future::BoxFuture;
use tokio::{fs::File, io::AsyncReadExt as _};

use super::{Answer, DiscoveryKind, LookError, Strategy};
use crate::network::Peer;

/// The longest file that is read.
pub const SEED_FILE_BYTES_MAX: u64 = 64 << 10;

/// How soon a change is seen.
const EVERY: Duration = Duration::from_secs(1);

/// How much of a line that cannot be read is shown.
const SHOWN_MAX: usize = 60;

/// The addresses in a file, as long as they are in it.
#[derive(Debug)]
pub struct SeedFile {
    path: PathBuf,
}

impl SeedFile {
    /// The file need not be there yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }
}

impl Strategy for SeedFile {
    fn kind(&self) -> DiscoveryKind {
        DiscoveryKind::File
    }

    fn watches(&self) -> String {
        self.path.display().to_string()
    }

    fn every(&self) -> Duration {
        EVERY
    }

    fn look<'a>(&'a mut self, _: &'a Peer) -> BoxFuture<'a, Result<Answer, LookError>> {
        Box::pin(async {
            let shown = self.path.display();
            let text =
                read(&self.path).await.map_err(|why| format!("cannot read {shown}: {why}"))?;
            let (addresses, wrong) = parse(&text);
            match wrong {
                None if addresses.is_empty() => Err(format!("{shown} names no address").into()),
                Some(wrong) if addresses.is_empty() => Err(format!("{shown}: {wrong}").into()),
                wrong => Ok(Answer::whole(addresses)
                    .with_trouble(wrong.map(|wrong| format!("{shown}: {wrong}")))),
            }
        })
    }
}

async fn read(path: &Path) -> Result<String, LookError> {
    // Asked first: to open a pipe would wait for whoever writes to it.
    let metadata = tokio::fs::metadata(path).await?;
    if !metadata.is_file() {
        return Err("it is no file".into());
    }
    let mut text = String::new();
    File::open(path).await?.take(SEED_FILE_BYTES_MAX + 1).read_to_string(&mut text).await?;
    if u64::try_from(text.len()).is_ok_and(|length| length > SEED_FILE_BYTES_MAX) {
        return Err(format!("it is longer than {SEED_FILE_BYTES_MAX} bytes").into());
    }
    Ok(text)
}

/// The addresses of a text, and what is wrong with the first word that is none.
fn parse(text: &str) -> (BTreeSet<SocketAddr>, Option<String>) {
    let mut addresses = BTreeSet::new();
    let mut wrong = None;
    for (number, line) in (1_u32..).zip(text.lines()) {
        let line = line.split('#').next().unwrap_or_default();
        for word in line.split(|letter: char| letter == ',' || letter.is_whitespace()) {
            match word.parse() {
                Ok(address) => _ = addresses.insert(address),
                Err(_) if word.is_empty() || wrong.is_some() => {}
                Err(_) => {
                    let shown: String = word.chars().take(SHOWN_MAX).collect();
                    wrong = Some(format!(
                        "line {number}: `{shown}` is not an address with a port, as 10.0.0.7:7000"
                    ));
                }
            }
        }
    }
    (addresses, wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_stand_on_lines_or_between_commas_and_comments_are_skipped() {
        let (addresses, wrong) =
            parse("# ours\n10.0.0.7:7000, [::1]:1 # and\r\n\n\t10.0.0.8:7000\n");
        let expected = ["10.0.0.7:7000", "10.0.0.8:7000", "[::1]:1"];
        assert_eq!(addresses, expected.map(|text| text.parse().unwrap()).into());
        assert_eq!(wrong, None);
        assert_eq!(parse(""), (BTreeSet::new(), None));
    }

    #[test]
    fn the_first_word_that_is_no_address_is_named_and_the_others_count() {
        let (addresses, wrong) = parse("10.0.0.7:7000\nnode-b:7000\n10.0.0.8\n");
        assert_eq!(addresses.len(), 1);
        let wrong = wrong.unwrap();
        assert!(wrong.starts_with("line 2: `node-b:7000` is not an address"), "{wrong}");
        let (_, wrong) = parse(&"x".repeat(1_000));
        assert!(wrong.unwrap().len() < 150);
    }
}
