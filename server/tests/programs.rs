//! The `arsenal` program as its user meets it: real processes, real ports, real files.

#[expect(clippy::unwrap_used, reason = "a test that cannot start its program has failed")]
mod program;

use std::fs;

use program::{Program, free_ports, free_ranges, get, request, until};

fn serve(folder: &std::path::Path, http: u16, listen: u16) -> Program {
    let arguments = arguments(folder, http, listen);
    Program::start(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
}

fn arguments(folder: &std::path::Path, http: u16, listen: u16) -> [String; 7] {
    [
        String::from("serve"),
        String::from("--data-dir"),
        folder.display().to_string(),
        String::from("--http"),
        format!("127.0.0.1:{http}"),
        String::from("--listen"),
        format!("127.0.0.1:{listen}"),
    ]
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
    let log = node.errors();
    let addresses = format!("HTTP on http://127.0.0.1:{http}, other nodes on 127.0.0.1:{listen}");
    let token_file = format!("token_file={}", folder.path().join("token").display());
    assert!(log.contains(&addresses) && log.contains(&token_file), "{log}");
    assert!(!log.contains(before.0.trim()), "the token itself is nobody's to read");
    let mut again = serve(folder.path(), http, listen);
    until("the node is ready again", || get(http, "/readyz").starts_with("HTTP/1.1 200"));
    let after = (read("token"), read("secret"), read("generation"));
    assert_eq!((&before.0, &before.1), (&after.0, &after.1));
    assert!(before.2.parse::<u64>().unwrap() < after.2.parse().unwrap());
    again.terminate();
    assert_eq!(again.exit_code(), Some(0));
}

#[test]
#[cfg(target_os = "linux")]
fn a_log_that_cannot_be_written_ends_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let [http, listen] = free_ports();
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let arguments = arguments(folder.path(), http, listen);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut node = Program::start_with_errors_to(full.into(), &arguments);
    until("the node is ready", || get(http, "/readyz").starts_with("HTTP/1.1 200"));
    assert!(get(http, "/api/v1/cluster/status").starts_with("HTTP/1.1 200"));
    node.terminate();
    assert_eq!(node.exit_code(), Some(0));
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
        (vec!["serve", "--name", "b", "--join", ""], "--join: is empty"),
        (vec!["serve", "--name", "b", "--join", "", "--join", " , "], "--join: is empty"),
        (vec!["dev", "--nodes", "0"], "--nodes"),
    ] {
        let mut program = Program::start(&arguments);
        assert_eq!(program.exit_code(), Some(2), "{arguments:?}");
        let errors = program.errors();
        assert!(errors.contains(reason), "{errors}");
    }
}

/// Makes certificates for these nodes in a new folder.
fn certificates(folder: &std::path::Path, nodes: &str) -> std::process::Output {
    let dir = folder.display().to_string();
    std::process::Command::new(env!("CARGO_BIN_EXE_arsenal"))
        .args(["certs", "dev", "--dir", &dir, "--nodes", nodes])
        .output()
        .expect("the program starts")
}

#[test]
fn certificates_are_made_once() {
    let folder = tempfile::tempdir().unwrap();
    let certs = folder.path().join("certs");
    let made = certificates(&certs, "a,b");
    assert!(made.status.success(), "{made:?}");
    let told = String::from_utf8(made.stdout).unwrap();
    for name in ["ca.pem", "ca.key", "a.pem", "a.key", "b.pem", "b.key"] {
        assert!(told.contains(&certs.join(name).display().to_string()), "{told}");
    }
    let again = certificates(&certs, "c");
    assert_eq!(again.status.code(), Some(2));
    assert!(String::from_utf8(again.stderr).unwrap().contains("is there already"));
    assert!(!certs.join("c.pem").exists());
    let refused = [
        ("A B", "'--nodes <NAMES>'"),
        ("a,,b", "'--nodes <NAMES>'"),
        ("d,d", "--nodes: `d` is there twice; nothing was written"),
        ("a,ca", "--nodes: the files of a node `ca` would be those of the authority"),
        ("a,1", "--nodes: no certificate can carry the name `1`"),
    ];
    for (nodes, expected) in refused {
        let refused = certificates(&folder.path().join("other"), nodes);
        assert_eq!(refused.status.code(), Some(2), "{nodes}");
        let why = String::from_utf8(refused.stderr).unwrap();
        assert!(why.contains(expected), "{nodes}: {why}");
    }
    assert!(!folder.path().join("other").exists());
}

#[test]
fn three_nodes_with_certificates_are_a_cluster_and_a_plain_one_stays_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    assert!(certificates(&folder.path().join("certs"), "a,b,c").status.success());
    fs::write(folder.path().join("secret"), "5a".repeat(32)).unwrap();
    let [http_a, http_b, http_c, http_d, a, b, c, d] = free_ports();
    let start = |name: &str, http: u16, listen: u16, certificate: Option<&str>| {
        let arguments = [
            ("--name", name.to_owned()),
            ("--voters", "a,b,c".to_owned()),
            ("--secret-file", path("secret")),
            ("--data-dir", path(name)),
            ("--http", format!("127.0.0.1:{http}")),
            ("--listen", format!("127.0.0.1:{listen}")),
            ("--join", format!("127.0.0.1:{a},127.0.0.1:{b},127.0.0.1:{c}")),
        ];
        let files = certificate.into_iter().flat_map(|node| {
            [
                ("--cluster-cert", path(&format!("certs/{node}.pem"))),
                ("--cluster-key", path(&format!("certs/{node}.key"))),
                ("--cluster-ca", path("certs/ca.pem")),
            ]
        });
        let all: Vec<(&str, String)> = arguments.into_iter().chain(files).collect();
        let mut words = vec!["serve"];
        words.extend(all.iter().flat_map(|(flag, value)| [*flag, value.as_str()]));
        Program::start(&words)
    };
    let mut foreign = start("c", http_c, c, Some("b"));
    assert_eq!(foreign.exit_code(), Some(2));
    let errors = foreign.errors();
    assert!(
        errors.contains("--cluster-cert: ") && errors.contains("`c` as a DNS name"),
        "{errors}"
    );
    let _nodes = [
        start("a", http_a, a, Some("a")),
        start("b", http_b, b, Some("b")),
        start("c", http_c, c, Some("c")),
    ];
    for http in [http_a, http_b, http_c] {
        until("all voters are there", || {
            get(http, "/api/v1/cluster/status").contains(r#""verdict":"whole""#)
        });
    }
    let _plain = start("d", http_d, d, None);
    until("the plain node serves", || get(http_d, "/healthz").starts_with("HTTP/1.1 200"));
    // Gossip knows of it; nobody has a path to it, and it has none.
    until("the plain node is heard of", || {
        get(http_a, "/api/v1/cluster/topology").contains(r#""name":"d""#)
    });
    assert!(get(http_d, "/api/v1/cluster/status").contains(r#""verdict":"forming""#));
    assert!(get(http_a, "/api/v1/cluster/status").contains(r#""verdict":"whole""#));
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
