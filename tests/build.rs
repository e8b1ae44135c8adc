//! `seeds` replaces the system's randomness by its own. The standard library looks that function up at
//! run time, so it must be among the symbols that the program exports.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux") {
        println!("cargo::rustc-link-arg-tests=-rdynamic");
    }
}
