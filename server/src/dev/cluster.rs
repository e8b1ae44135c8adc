//! The node processes: started, watched, and ended together.

use std::{
    process::{ExitStatus, Stdio},
    time::Duration,
};

use anyhow::Context as _;
use tokio::{
    process::{Child, Command},
    task::JoinSet,
    time::timeout,
};

use super::plan::{NodePlan, Plan};
use crate::lifeline::Lifeline;

/// How long the nodes may take to end by themselves.
const END_MAX: Duration = Duration::from_secs(5);

/// Node processes. Dropped, it ends them at once.
#[derive(Debug)]
pub(super) struct Cluster {
    lifeline: Lifeline,
    ends: JoinSet<Ended>,
}

/// The end of one node.
#[derive(Debug)]
pub(super) struct Ended {
    /// Which one, in the order of the plan.
    pub(super) index: usize,
    /// How, for people.
    pub(super) how: String,
}

impl Cluster {
    /// Starts a process for each node of the plan.
    pub(super) fn start(plan: &Plan) -> anyhow::Result<Self> {
        let lifeline = Lifeline::new().context("cannot make a pipe to the nodes")?;
        let mut ends = JoinSet::new();
        for (index, node) in plan.nodes.iter().enumerate() {
            let mut child = start(plan, node, &lifeline)
                .with_context(|| format!("cannot start node {}", node.name))?;
            ends.spawn(async move {
                let how = match child.wait().await {
                    Ok(status) => describe(status),
                    Err(error) => format!("unknown ({error})"),
                };
                Ended { index, how }
            });
        }
        Ok(Self { lifeline, ends })
    }

    /// The next node that ends. Never resolves once all have ended.
    pub(super) async fn next_end(&mut self) -> Ended {
        loop {
            match self.ends.join_next().await {
                Some(Ok(ended)) => return ended,
                Some(Err(error)) => tracing::error!(%error, "a node is no longer watched"),
                None => std::future::pending().await,
            }
        }
    }

    /// Lets the nodes end, and kills those that do not in time.
    pub(super) async fn end(self) {
        let Self { lifeline, mut ends } = self;
        drop(lifeline);
        let all = async { while ends.join_next().await.is_some() {} };
        if timeout(END_MAX, all).await.is_err() {
            tracing::warn!("{} nodes did not end by themselves", ends.len());
            ends.shutdown().await;
        }
    }
}

/// A process group of its own keeps the terminal's Ctrl-C from the node: it ends with the lifeline.
fn start(plan: &Plan, node: &NodePlan, lifeline: &Lifeline) -> anyhow::Result<Child> {
    let mut command = std::process::Command::new(&plan.program);
    command.args(&node.arguments).stdin(Stdio::null());
    lifeline.tie(&mut command)?;
    Ok(Command::from(command).process_group(0).kill_on_drop(true).spawn()?)
}

fn describe(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt as _;
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit code {code}"),
        (None, Some(signal)) => format!("signal {signal}"),
        (None, None) => status.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn plan(scripts: &[&str]) -> Plan {
        let node = |script: &&str| NodePlan {
            name: "a".parse().unwrap(),
            http: "127.0.0.1:0".parse().unwrap(),
            listen: "127.0.0.1:0".parse().unwrap(),
            arguments: vec!["-c".to_owned(), (*script).to_owned()],
        };
        Plan {
            program: PathBuf::from("sh"),
            folder: PathBuf::new(),
            nodes: scripts.iter().map(node).collect(),
        }
    }

    #[tokio::test]
    async fn it_says_which_node_ended_and_how() {
        let obedient = "read nothing < /dev/fd/$ARSENAL_LIFELINE";
        let mut cluster = Cluster::start(&plan(&[obedient, "kill -9 $$"])).unwrap();
        let ended = cluster.next_end().await;
        assert_eq!((ended.index, ended.how.as_str()), (1, "signal 9"));
        cluster.end().await;
    }

    #[tokio::test]
    async fn a_node_that_does_not_end_is_killed() {
        let folder = tempfile::tempdir().unwrap();
        let pid = folder.path().join("pid");
        let deaf = format!(
            "echo $$ > '{0}.new'; mv '{0}.new' '{0}'; while :; do sleep 1; done",
            pid.display()
        );
        let deaf = plan(&[&deaf]);
        let cluster = Cluster::start(&deaf).unwrap();
        let written = async {
            while !pid.exists() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(Duration::from_secs(10), written).await.unwrap();
        let id = std::fs::read_to_string(&pid).unwrap();
        cluster.end().await;
        let is_there =
            || std::process::Command::new("kill").args(["-0", id.trim()]).output().unwrap();
        let gone = async {
            while is_there().status.success() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(Duration::from_secs(10), gone).await.unwrap();
    }
}
