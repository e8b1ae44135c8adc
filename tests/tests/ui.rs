//! What the macros say about mistakes: one message each, at the token.
//!
//! The `.stderr` files hold the words of one compiler. After a change of the macros, write them
//! anew with `TRYBUILD=overwrite cargo test -p arsenal-tests --test ui` and read the difference.

use std::process::Command;

/// The compiler that the `.stderr` files were written with.
const COMPILER: &str = "rustc 1.95.";

#[test]
fn messages() {
    let version = compiler_version();
    println!("the .stderr files were written with {COMPILER}x; this is {}", version.trim());
    if !version.starts_with(COMPILER) {
        println!("SKIPPED: another compiler has other words");
        return;
    }
    // No case that passes: it would make trybuild link everything. Those are in arsenal-core.
    let cases = trybuild::TestCases::new();
    let themes = [
        "attribute",
        "blueprint",
        "error",
        "message",
        "parameter",
        "parameters",
        "signature",
        "state",
        "stream",
        "types",
    ];
    for theme in themes {
        cases.compile_fail(format!("ui/{theme}/*.rs"));
    }
}

fn compiler_version() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output();
    let output = output.expect("the compiler that compiled this test is there");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
