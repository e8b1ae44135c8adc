//! A blueprint.

/// Counts upwards.
#[blueprint]
fn step_counter(
    /// By how much.
    #[param(default = 1)] step: u64,
) -> Child {
    Child::actor(StepCounter { step }, ())
}
