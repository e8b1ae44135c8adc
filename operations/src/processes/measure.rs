//! `POST /api/v1/processes/{pid}/measure`

use arsenal_cluster::process::{MeasureMode, ProcessAddress, ProcessMeasure, measure};
use arsenal_core::prelude::*;

/// Measures each handler of a process, or samples of them again.
///
/// Samples are one of 64 messages and the first in each tenth of a second: enough for busy time and
/// quantiles. Measuring all costs up to a quarter more time per message where handlers do nothing.
#[operation(
    post,
    "/api/v1/processes/{pid}/measure",
    tag = "process",
    target = owner(pid),
    idempotent
)]
pub async fn measure_process(
    context: NodeContext,
    /// Its id, its name, or `name@node` where the name repeats.
    pid: ProcessAddress,
    /// Which handlers are measured.
    mode: MeasureMode,
) -> Result<ProcessMeasure, OperationError> {
    measure(&context, &pid, mode)
}
