//! A pipe by which children notice the end of their parent, however it ends.
//!
//! The parent alone holds the writing end and never writes. When the parent is gone, even by
//! `kill -9`, the system closes that end, and the children read its end of file.

use std::{
    env,
    fs::File,
    io::{self, PipeReader, PipeWriter, Read as _},
    os::fd::{AsRawFd as _, OwnedFd},
    process::Command,
    thread,
    time::Duration,
};

use anyhow::Context as _;
use command_fds::CommandFdExt as _;
use tokio::sync::oneshot;

/// Names the file descriptor of the reading end to a child.
const VARIABLE: &str = "ARSENAL_LIFELINE";

/// How long a child may take to end by itself once its parent is gone.
const GRACE_MAX: Duration = Duration::from_secs(5);

/// The parent's side: children live at most as long as this.
#[derive(Debug)]
pub(crate) struct Lifeline {
    reader: PipeReader,
    _writer: PipeWriter,
}

impl Lifeline {
    pub(crate) fn new() -> io::Result<Self> {
        let (reader, writer) = io::pipe()?;
        Ok(Self { reader, _writer: writer })
    }

    /// Ties a child that is about to be started to this process.
    pub(crate) fn tie(&self, command: &mut Command) -> io::Result<()> {
        let end = OwnedFd::from(self.reader.try_clone()?);
        command.env(VARIABLE, end.as_raw_fd().to_string());
        command.preserved_fds(vec![end]);
        Ok(())
    }
}

/// The child's side: resolves when the parent is gone. `None` for a process that nobody tied.
/// A process that then does not end by itself in time is ended.
pub(crate) fn parent_is_gone() -> anyhow::Result<Option<oneshot::Receiver<()>>> {
    let Ok(descriptor) = env::var(VARIABLE) else { return Ok(None) };
    let descriptor: u32 = descriptor
        .parse()
        .with_context(|| format!("{VARIABLE} does not name a file descriptor"))?;
    let pipe = File::open(format!("/dev/fd/{descriptor}"))
        .with_context(|| format!("{VARIABLE} names a file descriptor that is not open"))?;
    let (gone, is_gone) = oneshot::channel();
    thread::Builder::new().name("lifeline".to_owned()).spawn(move || watch(pipe, gone))?;
    Ok(Some(is_gone))
}

#[expect(clippy::exit, reason = "the process hangs, and nobody is left who could end it")]
fn watch(mut pipe: File, gone: oneshot::Sender<()>) {
    let mut nothing = [0; 16];
    while pipe.read(&mut nothing).is_ok_and(|count| count > 0) {}
    if gone.send(()).is_ok() {
        thread::park_timeout(GRACE_MAX);
    }
    std::process::exit(1);
}

#[cfg(test)]
mod tests {
    use std::process::Stdio;

    use super::*;

    /// `cat` on the inherited end ends with the pipe, as a node does.
    #[test]
    fn a_child_reads_the_end_of_its_parent() {
        let lifeline = Lifeline::new().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", "cat /dev/fd/$ARSENAL_LIFELINE; echo ended"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        lifeline.tie(&mut command).unwrap();
        let mut child = command.spawn().unwrap();
        assert!(child.try_wait().unwrap().is_none(), "the parent lives");
        drop(lifeline);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.stdout, b"ended\n");
    }
}
