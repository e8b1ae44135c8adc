//! The `arsenal` program with a few more operations: those that misbehave as tests need it.

mod count;
mod echo;
mod fault;
mod place;

fn main() -> std::process::ExitCode {
    arsenal_server::run()
}
