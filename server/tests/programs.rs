//! The `arsenal` program as its user meets it: real processes, real ports, real files.

#[expect(clippy::unwrap_used, reason = "a test that cannot start its program has failed")]
mod program;

use std::fs;

use program::{Program, free_ports, free_ranges, get, request, until};

fn serve(folder: &std::path::Path, http: u16, listen: u16) -> Program {
    Program::start(&[
        "serve",
        "--data-dir",
        &folder.display().to_string(),
        "--http",
        &format!("127.0.0.1:{http}"),
        "--listen",
        &format!("127.0.0.1:{listen}"),
    ])
}

#[test]
fn a_node_serves_its_pages_and_keeps_its_credentials() {
    let folder = tempfile::tempdir().unwrap();
    let [http, listen] = free_ports();
    let mut node = serve(folder.path(), http, listen);
    until("the node is ready", || get(http, "/readyz").starts_with("HTTP/1.1 200"));
    assert!(get(http, "/healthz").ends_with(r#"{"status":"ok"}"#));
    assert!(get(http, "/").contains("node a"));
    assert!(get(http, "/healthz").contains("\r\narsenal-node: a\r\n"));

    let foreign =
        request(http, "GET / HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n");
    assert!(foreign.starts_with("HTTP/1.1 403") && foreign.contains(r#""code":"forbidden""#));

    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    let before = (read("token"), read("secret"), read("generation"));
    node.terminate();
    assert_eq!(node.exit_code(), Some(0));
    let mut again = serve(folder.path(), http, listen);
    until("the node is ready again", || get(http, "/readyz").starts_with("HTTP/1.1 200"));
    let after = (read("token"), read("secret"), read("generation"));
    assert_eq!((&before.0, &before.1), (&after.0, &after.1));
    assert!(before.2.parse::<u64>().unwrap() < after.2.parse().unwrap());
    again.terminate();
    assert_eq!(again.exit_code(), Some(0));
}

#[test]
fn a_folder_that_is_in_use_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let [http, listen, http_other, listen_other] = free_ports();
    let _node = serve(folder.path(), http, listen);
    until("the node is ready", || get(http, "/readyz").starts_with("HTTP/1.1 200"));
    let mut second = serve(folder.path(), http_other, listen_other);
    assert_eq!(second.exit_code(), Some(1));
    assert!(second.errors().contains("is used by another running node"));
}

#[test]
fn wrong_settings_end_with_code_2_and_a_reason() {
    for (arguments, reason) in [
        (vec!["serve", "--http", "here"], "--http: `here` is not an address"),
        (vec!["serve", "--http", "0.0.0.0:0"], "--insecure-bind"),
        (vec!["serve", "--insecure-bind", "--listen", "0.0.0.0:0"], "--advertise"),
        (vec!["serve", "--name", "A B"], "--name: `A B` is not a node name"),
        (vec!["serve", "--htp", "x"], "--http"),
        (vec!["dev", "--nodes", "0"], "--nodes"),
    ] {
        let mut program = Program::start(&arguments);
        assert_eq!(program.exit_code(), Some(2), "{arguments:?}");
        let errors = program.errors();
        assert!(errors.contains(reason), "{errors}");
    }
}

#[test]
fn no_node_outlives_its_development_cluster() {
    let folder = tempfile::tempdir().unwrap();
    let [http_base, listen_base] = free_ranges(2);
    let mut dev = Program::start(&[
        "dev",
        "--nodes",
        "2",
        "--no-demo",
        "--data-dir",
        &folder.path().display().to_string(),
        "--http-base",
        &http_base.to_string(),
        "--listen-base",
        &listen_base.to_string(),
    ]);
    let is_up = |port| get(port, "/healthz").starts_with("HTTP/1.1 200");
    until("both nodes are up", || is_up(http_base) && is_up(http_base + 1));
    dev.kill();
    assert_eq!(dev.exit_code(), None, "killed by a signal");
    until("both nodes are gone", || !is_up(http_base) && !is_up(http_base + 1));
    until("their folders are free", || {
        fs::File::open(folder.path().join("b/lock")).unwrap().try_lock().is_ok()
    });
}
