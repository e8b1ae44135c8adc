//! Busy ports are found before anything is started: one clear error instead of one per node.

use std::net::{SocketAddr, TcpListener};

use anyhow::bail;

use super::plan::{NodePlan, Plan};

/// Fails if a port of the plan is taken, naming the flags that choose others.
pub(super) fn refuse_busy(plan: &Plan) -> anyhow::Result<()> {
    let mut reasons = Vec::new();
    for (flag, address) in [
        ("--http-base", (|node| node.http) as fn(&NodePlan) -> SocketAddr),
        ("--listen-base", |node| node.listen),
    ] {
        let busy: Vec<_> = plan.nodes.iter().map(address).filter_map(reason).collect();
        if !busy.is_empty() {
            reasons.push(format!("{}; choose others with {flag}", busy.join(", ")));
        }
    }
    if !reasons.is_empty() {
        bail!("ports cannot be used: {}", reasons.join("; "));
    }
    Ok(())
}

fn reason(address: SocketAddr) -> Option<String> {
    TcpListener::bind(address).err().map(|error| format!("{} ({})", address.port(), error.kind()))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn a_busy_port_is_named_with_the_flag_that_changes_it() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let node = |http| NodePlan {
            name: "a".parse().unwrap(),
            http,
            listen: "127.0.0.1:0".parse().unwrap(),
            arguments: Vec::new(),
        };
        let plan = |http| Plan {
            program: PathBuf::new(),
            folder: PathBuf::new(),
            nodes: vec![node(http)],
        };
        let busy = taken.local_addr().unwrap();
        let error = refuse_busy(&plan(busy)).unwrap_err().to_string();
        assert!(
            error.contains(&busy.port().to_string()) && error.contains("--http-base"),
            "{error}"
        );
        assert!(!error.contains("--listen-base"), "{error}");
        assert!(refuse_busy(&plan("127.0.0.1:0".parse().unwrap())).is_ok());
    }
}
