//! `arsenal dev`, as its user meets it: through what it prints.

use std::path::Path;

use tempfile::TempDir;

use super::{Client, Process, ports::Ports, until};

/// A running `arsenal dev --ephemeral`. Its nodes end with it.
pub(crate) struct Dev {
    pub(crate) process: Process,
    ports: Ports,
    folder: TempDir,
}

impl Dev {
    /// Starts it and waits until it has said everything.
    pub(crate) fn start(further: &[&str]) -> Self {
        let folder = tempfile::Builder::new().prefix("arsenal-e2e-").tempdir().unwrap();
        let ports = Ports::take();
        let (http, listen) = (ports.http(0).to_string(), ports.listen(0).to_string());
        let mut arguments =
            vec!["dev", "--ephemeral", "--http-base", &http, "--listen-base", &listen];
        arguments.extend(further);
        let process = Process::start(&arguments, folder.path(), "dev");
        let dev = Self { process, ports, folder };
        dev.until_printed("-X DELETE");
        dev
    }

    /// A client of a node by its number, without a token.
    pub(crate) fn node(&self, number: u16) -> Client {
        Client::new(self.ports.http(number), "")
    }

    /// Where a test may leave files.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The first line with this text, without the space around it.
    pub(crate) fn until_printed(&self, text: &str) -> String {
        until(&format!("dev prints `{text}`"), || {
            let output = self.process.output();
            let line = output.lines().find(|line| line.contains(text));
            line.map(|line| line.trim().to_owned()).ok_or_else(|| output.clone())
        })
    }
}
