//! The program with what its user gives every node: states, hooks, a version of the API.

use std::{env, fmt, process::ExitCode, sync::Arc};

use crate::command_line::CommandLine;
use arsenal_cluster::node::NodeBuilder;

/// What each node gets beside its settings, simulated ones too.
pub(crate) type Equipment = Arc<dyn Fn(NodeBuilder) -> NodeBuilder + Send + Sync>;

/// What a program calls itself on its command line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Title {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
}

/// The `arsenal` program with every operation that is linked into the calling one.
///
/// ```no_run
/// use std::sync::{Arc, atomic::AtomicU32};
///
/// /// What operations take as `#[state] store: Store`.
/// #[derive(Clone)]
/// struct Store(Arc<AtomicU32>);
///
/// fn main() -> std::process::ExitCode {
///     arsenal_server::Program::new()
///         .called("shop", env!("CARGO_PKG_VERSION"))
///         .node(|node| node.state(|_runtime| Store(Arc::new(AtomicU32::new(3)))))
///         .run()
/// }
/// ```
#[must_use = "it runs only when it is told to"]
pub struct Program {
    title: Title,
    equipment: Equipment,
}

impl Program {
    /// The program as it is.
    #[expect(clippy::new_without_default, reason = "it is made to be run, not to be a field")]
    pub fn new() -> Self {
        let title = Title { name: "arsenal", version: env!("CARGO_PKG_VERSION") };
        Self { title, equipment: Arc::new(|builder| builder) }
    }

    /// The name and the version that `--version`, `--help` and errors tell; those of Arsenal
    /// otherwise.
    pub fn called(mut self, name: &'static str, version: &'static str) -> Self {
        self.title = Title { name, version };
        self
    }

    /// Gives each node more, before it starts: what its operations take as `#[state]`, hooks, the
    /// version of the API. Name, addresses and voters come from the settings. Called for each node
    /// that starts in this process: simulated nodes have states of their own.
    pub fn node(self, equip: impl Fn(NodeBuilder) -> NodeBuilder + Send + Sync + 'static) -> Self {
        let earlier = self.equipment;
        Self { equipment: Arc::new(move |builder| equip(earlier(builder))), ..self }
    }

    /// Reads the command line, and returns the exit code when the node or the development cluster
    /// has ended.
    pub fn run(self) -> ExitCode {
        match CommandLine::read(self.title, env::args_os()) {
            Ok(command_line) => command_line.execute(self.title, self.equipment),
            Err(refusal) => {
                // Help and version are refusals, too; where nobody can read them, the exit code is left.
                drop(refusal.print());
                ExitCode::from(u8::try_from(refusal.exit_code()).unwrap_or(2))
            }
        }
    }
}

impl fmt::Debug for Program {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Program").field("title", &self.title).finish_non_exhaustive()
    }
}
