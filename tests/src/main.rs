//! The `arsenal` program with a few more operations and actors: those that misbehave as tests need it.

mod bound;
mod churn;
mod count;
mod echo;
mod fault;
mod named;
mod note;
mod passing;
mod place;
mod relay;
mod shop;
mod stubborn;
mod ticks;

fn main() -> std::process::ExitCode {
    arsenal_server::run()
}
