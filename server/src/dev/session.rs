//! The course of `arsenal dev`, from the flags to the end of the last node.

use std::{
    env,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, anyhow};
use tempfile::TempDir;

use super::{
    DevFlags,
    cluster::{Cluster, Ended},
    console::say,
    demo,
    plan::Plan,
    ports, ready, summary,
};
use crate::{
    config::ConfigError,
    credentials::{Secret, Token},
    data_dir, logs,
    run::StartError,
    shutdown::Shutdown,
};

/// Runs the cluster until somebody ends it.
pub(crate) async fn run(flags: DevFlags) -> Result<(), StartError> {
    logs::start("dev", &flags.log);
    let shutdown = Shutdown::listen()?;
    let home = Home::open(&flags)?;
    let program = env::current_exe().context("cannot find the program itself")?;
    let plan = Plan::new(&flags, &program, home.path())?;
    ports::refuse_busy(&plan)?;
    make_credentials(&plan)?;

    let mut cluster = Cluster::start(&plan)?;
    let ended = tokio::select! {
        () = shutdown.requested() => Ok(()),
        error = watch(&plan, &mut cluster, !flags.no_demo) => Err(StartError::Failed(error)),
    };
    cluster.end().await;
    ended
}

/// Returns only if the cluster cannot be started.
async fn watch(plan: &Plan, cluster: &mut Cluster, has_demo: bool) -> anyhow::Error {
    say(format_args!("starting {} nodes …", plan.nodes.len()));
    let is_ready = tokio::select! {
        is_ready = ready::wait_for_all(&plan.nodes) => is_ready,
        Ended { index, how } = cluster.next_end() => {
            let name = plan.nodes.get(index).map_or("?", |node| node.name.as_str());
            return anyhow!("node {name} ended during start ({how}); its reason stands above");
        }
    };
    let Some(first) = plan.nodes.first() else { return anyhow!("a cluster has at least one node") };
    if is_ready
        && has_demo
        && let Err(error) = demo::start(first, &plan.token()).await
    {
        say(format_args!("the demo workload could not be started: {error:#}"));
    }
    say(summary::text(plan, first));
    tell_of_ends(plan, cluster).await
}

/// A dead node stays dead until its user starts it again: that is what people try here.
#[expect(clippy::infinite_loop, reason = "ended from outside, when the user ends the cluster")]
async fn tell_of_ends(plan: &Plan, cluster: &mut Cluster) -> anyhow::Error {
    loop {
        let Ended { index, how } = cluster.next_end().await;
        let Some(node) = plan.nodes.get(index) else { continue };
        let line = plan.line(node);
        say(format_args!("node {} ended: {how}; start it again with:\n  {line}", node.name));
    }
}

/// Where the cluster keeps its state: removed at the end if it is temporary.
enum Home {
    Kept(PathBuf),
    Temporary(TempDir),
}

impl Home {
    fn open(flags: &DevFlags) -> Result<Self, StartError> {
        if flags.ephemeral {
            let folder = tempfile::Builder::new().prefix("arsenal-dev-").tempdir();
            return Ok(Self::Temporary(folder.context("cannot make a temporary folder")?));
        }
        let folder = match &flags.data_dir {
            Some(folder) => folder.clone(),
            None => data_dir::default_for("dev")?,
        };
        let folder = std::path::absolute(&folder)
            .with_context(|| format!("cannot use {}", folder.display()))?;
        data_dir::create(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        Ok(Self::Kept(folder))
    }

    fn path(&self) -> &Path {
        match self {
            Self::Kept(folder) => folder,
            Self::Temporary(folder) => folder.path(),
        }
    }
}

fn make_credentials(plan: &Plan) -> Result<(), ConfigError> {
    Secret::read_or_create(&plan.secret()).map_err(|error| ConfigError::new(error.to_string()))?;
    Token::read_or_create(&plan.token()).map_err(|error| ConfigError::new(error.to_string()))?;
    Ok(())
}
