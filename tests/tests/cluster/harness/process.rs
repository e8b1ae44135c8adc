//! One process of the operating system that a test has started, and ends by its id.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
};

use super::until;

/// A running program; killed when dropped, also while it is frozen.
pub(crate) struct Process {
    child: Child,
    output: PathBuf,
}

impl Process {
    /// The program under test with these arguments; what it prints goes to a file in the folder.
    pub(crate) fn start<A: AsRef<str>>(arguments: &[A], folder: &Path, label: &str) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_arsenal-under-test"));
        command.args(arguments.iter().map(AsRef::as_ref));
        Self::spawn(command, folder, label)
    }

    /// A line as a person pastes it into a shell.
    pub(crate) fn start_line(line: &str, folder: &Path, label: &str) -> Self {
        let mut command = Command::new("sh");
        command.args(["-c", line]);
        Self::spawn(command, folder, label)
    }

    /// If the test itself is killed, the pipe breaks and the node ends, as in `arsenal dev`.
    fn spawn(mut command: Command, folder: &Path, label: &str) -> Self {
        let output = folder.join(format!("{label}.output"));
        let file = File::options().create(true).append(true).open(&output).unwrap();
        let child = command
            .env("ARSENAL_LIFELINE", "0")
            .env("TMPDIR", folder)
            .stdin(Stdio::piped())
            .stdout(file.try_clone().unwrap())
            .stderr(file)
            .spawn()
            .unwrap();
        Self { child, output }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Its resident memory in bytes; `None` where there is no `/proc`.
    pub(crate) fn resident_bytes(&self) -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.id())).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
        Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? << 10)
    }

    /// What it has printed so far.
    pub(crate) fn output(&self) -> String {
        fs::read_to_string(&self.output).unwrap_or_default()
    }

    /// Sends a signal: `TERM`, `STOP`, …
    pub(crate) fn signal(&self, signal: &str) {
        assert!(send(signal, self.id()), "{signal} could not be sent to {}", self.id());
    }

    /// Whether each of its threads is stopped: a signal that is sent has not come yet. Where there is no
    /// `/proc` they are taken for it.
    pub(crate) fn is_stopped(&self) -> Result<(), String> {
        let threads = fs::read_dir(format!("/proc/{}/task", self.id())).into_iter().flatten();
        for thread in threads.flatten() {
            let stat = fs::read_to_string(thread.path().join("stat")).unwrap_or_default();
            let state = stat.rsplit(')').next().unwrap_or_default().trim_start();
            if !state.starts_with('T') {
                return Err(stat);
            }
        }
        Ok(())
    }

    /// `kill -9`, and waits until it is gone.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits until it ends by itself; `None` if a signal ended it.
    pub(crate) fn exit_code(&mut self) -> Option<i32> {
        let status = until("the program ended", || {
            self.child.try_wait().unwrap().ok_or_else(|| String::from("it runs"))
        });
        status.code()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
        if thread::panicking() {
            eprintln!("--- {}\n{}", self.output.display(), self.output());
        }
    }
}

/// Sends a signal to a process by its id; whether it was there.
pub(crate) fn send(signal: &str, id: u32) -> bool {
    // The shell's own `kill`: not every machine has the program.
    let mut kill = Command::new("sh");
    kill.args(["-c", &format!("kill -{signal} {id}")]).stderr(Stdio::null());
    kill.status().unwrap().success()
}

/// Whether there is a process with this id. One that has ended and that nobody asks for does not count.
pub(crate) fn is_running(id: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    let is_zombie = status.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with('Z'));
    send("0", id) && !is_zombie
}
