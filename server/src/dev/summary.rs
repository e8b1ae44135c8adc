//! What is printed once the cluster runs: where it is, and commands that work as pasted.

use super::{
    demo::SANDBOXES,
    plan::{NodePlan, Plan},
    shell,
};

/// The text; `first` is the node that the commands talk to.
pub(super) fn text(plan: &Plan, first: &NodePlan) -> String {
    let http = first.http;
    let token = plan.token().display().to_string();
    let bearer = format!(r#"-H "Authorization: Bearer $(cat {})""#, shell::quoted(&token));
    let nodes: Vec<_> = plan.nodes.iter().map(row).collect();
    format!(
        r#"
{count} nodes run; Ctrl-C ends them.

{nodes}

  documentation  http://{http}/docs
  token          {token}

Look at the cluster:
  curl -s http://{http}/api/v1/cluster/topology

Start three actors, and see them:
  curl -s -X POST http://{http}{SANDBOXES} {bearer} -H 'Content-Type: application/json' -d '{{"name":"try","children":[{{"blueprint":"counter","count":3}}]}}'
  curl -s 'http://{http}/api/v1/cluster/processes?type=Counter'

End them, with the `id` that the POST answered:
  curl -s -X DELETE http://{http}{SANDBOXES}/ID {bearer}
"#,
        count = plan.nodes.len(),
        nodes = nodes.join("\n"),
    )
}

fn row(node: &NodePlan) -> String {
    format!("  node {:<10} http://{}  cluster {}", node.name, node.http, node.listen)
}

#[cfg(test)]
mod tests {
    use std::{path::Path, process::Command};

    use clap::Parser;

    use super::*;
    use crate::dev::DevFlags;

    #[derive(Parser)]
    struct Dev {
        #[command(flatten)]
        flags: DevFlags,
    }

    #[test]
    fn the_post_works_as_pasted() {
        let folder = tempfile::Builder::new().prefix("it's a folder ").tempdir().unwrap();
        std::fs::write(folder.path().join("token"), "ars_x\n").unwrap();
        let flags = Dev::parse_from(["dev"]).flags;
        let plan = Plan::new(&flags, Path::new("/x"), folder.path()).unwrap();
        let text = text(&plan, &plan.nodes[0]);
        let post = text.lines().find(|line| line.contains("-X POST")).unwrap();
        let script = format!("curl() {{ printf '%s\\n' \"$@\"; }}; {post}");
        let output = Command::new("sh").args(["-c", &script]).output().unwrap();
        let words = String::from_utf8(output.stdout).unwrap();
        let words: Vec<_> = words.lines().collect();
        assert_eq!(words[3], "http://127.0.0.1:4000/api/v1/cluster/sandboxes");
        assert_eq!(words[5], "Authorization: Bearer ars_x");
        let body: serde_json::Value = serde_json::from_str(words[9]).unwrap();
        assert_eq!(body["children"][0]["count"], 3);
    }
}
