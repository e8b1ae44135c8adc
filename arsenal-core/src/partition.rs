//! May this operation run on this side of a partition? Pure: spec and quorum in, verdict out.

use crate::{
    error::{Code, OperationError},
    membership::{Quorum, Verdict},
    spec::{OperationSpec, Partition},
};

/// Refuses an operation that needs the majority where this node is not sure to be with it.
/// Nothing ran. The error carries the quorum.
pub fn admit(spec: &OperationSpec, quorum: &Quorum) -> Result<(), OperationError> {
    if spec.partition == Partition::Any {
        return Ok(());
    }
    let (code, detail, suggestion) = match quorum.verdict {
        Verdict::Solo | Verdict::Whole | Verdict::Majority => return Ok(()),
        Verdict::Forming => (
            Code::ClusterForming,
            "too few voters were seen since start",
            "start the missing voters, or check the flags --join and --voters",
        ),
        Verdict::Minority => (
            Code::MinorityPartition,
            "this node is cut off from the majority of the voters",
            "ask a node on the other side, or bring the missing voters back",
        ),
        Verdict::Unstable => (
            Code::ClusterUnstable,
            "the majority of the voters is not stable yet",
            "try again in a few seconds",
        ),
        Verdict::SplitBrain => (
            Code::SplitBrain,
            "two authorities were seen",
            "give every node the same --voters and restart those that differ",
        ),
    };
    let detail = format!("`{}` was not run: {detail}", spec.name);
    Err(OperationError::new(code, detail).with_quorum(quorum.clone()).suggest(suggestion))
}

/// Whether what this node knows may be out of date.
pub fn is_stale(quorum: &Quorum) -> bool {
    matches!(quorum.verdict, Verdict::Minority | Verdict::SplitBrain)
}
