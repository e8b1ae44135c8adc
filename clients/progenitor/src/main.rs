//! Uses a cluster through the client that progenitor made: lists, creates, pages, deletes, and reads
//! why something was refused. `ARSENAL_URL` and `ARSENAL_TOKEN` say where; see clients/README.md.

use std::{collections::BTreeSet, env};

use anyhow::{Context as _, Result, bail, ensure};
use futures::TryStreamExt as _;
use reqwest::header::{AUTHORIZATION, HeaderMap};

#[allow(
    dead_code,
    mismatched_lifetime_syntaxes,
    unreachable_patterns,
    unused_imports,
    reason = "it is generated: most of it is not used here, and ranges of statuses come first"
)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/client.rs"));
}

use generated::{ByteStream, Client, Error, types};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let client = client(Some(&env::var("ARSENAL_TOKEN")?))?;

    let topology = client.cluster_topology().send().await?.into_inner();
    let names: Vec<&str> = topology.nodes.iter().map(|node| node.name.as_str()).collect();
    println!("nodes: {}", names.join(", "));
    ensure!(names.len() == 3, "a cluster of three was started");

    let sandbox = create(&client).await?;
    println!("created {} on {} nodes", *sandbox.id, sandbox.shares.len());
    let counters = all_counters(&client).await?;
    println!("{} counters on pages of two", counters.len());
    ensure!(counters.len() >= 4, "four of them were started");

    let deleted = client.sandbox_delete().id(sandbox.id.to_string()).send().await?.into_inner();
    println!("deleted it: {} processes ended", deleted.stopped);
    ensure!(deleted.stopped == 4, "those that were started");

    let again = client.sandbox_inspect().id(sandbox.id.to_string()).send().await;
    let problem = problem(again).await?;
    println!("asked again: {} {}, {}", problem.status, problem.code, problem.detail);
    ensure!(problem.status == 404 && problem.code == "not_found", "it is gone");

    let problem = self::problem(client_without_token()?.sandbox_delete().id("x").send().await).await?;
    println!("without a token: {} {}, {}", problem.status, problem.code, problem.detail);
    ensure!(problem.status == 401, "changes need a token");
    Ok(())
}

fn client(token: Option<&str>) -> Result<Client> {
    let mut headers = HeaderMap::new();
    if let Some(token) = token {
        headers.insert(AUTHORIZATION, format!("Bearer {token}").parse()?);
    }
    let http = reqwest::Client::builder().default_headers(headers).build()?;
    Ok(Client::new_with_client(&env::var("ARSENAL_URL")?, http))
}

fn client_without_token() -> Result<Client> {
    client(None)
}

async fn create(client: &Client) -> Result<types::Sandbox> {
    let counters = types::ChildRequestInput::builder().blueprint("counter").count(4);
    let body = types::SandboxCreateBody::builder()
        .name("progenitor")
        .children(vec![types::ChildRequestInput::try_from(counters)?]);
    let answer = client.sandbox_create().body(body).send().await?;
    let mode = answer.headers().get("arsenal-mode").context("every answer names its mode")?;
    ensure!(mode == "cluster", "the answer came from {mode:?}");
    Ok(answer.into_inner())
}

async fn all_counters(client: &Client) -> Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    let mut cursor = None;
    loop {
        let list = client.process_list().type_("Counter").limit(2u32);
        let list = if let Some(cursor) = cursor { list.cursor::<String>(cursor) } else { list };
        let page = list.send().await?.into_inner().data;
        ensure!(page.items.len() <= 2, "a page is as long as was asked for");
        for process in page.items {
            ensure!(found.insert(process.pid.to_string()), "{} twice", *process.pid);
        }
        cursor = page.next_cursor.map(|cursor| cursor.to_string());
        if cursor.is_none() {
            return Ok(found);
        }
    }
}

/// The problem document of a refusal.
async fn problem<T>(outcome: Result<T, Error<ByteStream>>) -> Result<types::Problem> {
    let refusal = match outcome {
        Ok(_) => bail!("it was not refused"),
        Err(Error::ErrorResponse(refusal)) => refusal,
        Err(other) => bail!("no documented refusal: {other}"),
    };
    let chunks: Vec<_> = refusal.into_inner_stream().try_collect().await?;
    Ok(serde_json::from_slice(&chunks.concat())?)
}
