//! The `arsenal` program.

fn main() -> std::process::ExitCode {
    arsenal_server::run()
}
