//! The `arsenal` program with a few more operations and actors: those that misbehave as tests need it.

mod count;
mod echo;
mod fault;
mod place;
mod shop;
mod stubborn;

fn main() -> std::process::ExitCode {
    arsenal_server::run()
}
