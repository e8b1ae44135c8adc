//! May this operation run on this side of a partition? Pure: spec and quorum in, verdict out.

use crate::{
    defect::Defect,
    error::{Code, OperationError},
    membership::{Quorum, Verdict},
    spec::{OperationSpec, Partition},
};

/// Refuses an operation that needs the majority where this node is not sure to be with it.
/// Nothing ran. The error carries the quorum.
pub fn admit(spec: &OperationSpec, quorum: &Quorum) -> Result<(), OperationError> {
    match (spec.partition, reason(quorum.verdict)) {
        (Partition::Any, _) | (Partition::Majority, None) => Ok(()),
        (Partition::Majority, Some(_)) if Defect::NoGate.is_present() => Ok(()),
        (Partition::Majority, Some((code, why, next))) => {
            let detail = format!("`{}` was not run: {why}", spec.name);
            Err(OperationError::new(code, detail).with_quorum(quorum.clone()).suggest(next))
        }
    }
}

/// Why nothing may be changed on this side, if so. The error carries the quorum.
pub fn refusal(quorum: &Quorum) -> Option<OperationError> {
    let (code, why, next) = reason(quorum.verdict)?;
    Some(OperationError::new(code, why).with_quorum(quorum.clone()).suggest(next))
}

/// Code, reason and next step of a side that may not decide.
fn reason(verdict: Verdict) -> Option<(Code, &'static str, &'static str)> {
    match verdict {
        Verdict::Solo | Verdict::Whole | Verdict::Majority => None,
        Verdict::Forming => Some((
            Code::ClusterForming,
            "too few voters were seen since start",
            "start the missing voters, or check the flags --join and --voters",
        )),
        Verdict::Minority => Some((
            Code::MinorityPartition,
            "this node is cut off from the majority of the voters",
            "ask a node on the other side, or bring the missing voters back",
        )),
        Verdict::Unstable => Some((
            Code::ClusterUnstable,
            "the majority of the voters is not stable yet",
            "try again in a few seconds",
        )),
        Verdict::SplitBrain => Some((
            Code::SplitBrain,
            "two authorities were seen",
            "say which voters are to decide: POST /api/v1/cluster/partitions/resolve tells what it would do",
        )),
    }
}

/// Whether what this node knows may be out of date.
pub fn is_stale(quorum: &Quorum) -> bool {
    let is_cut_off = matches!(quorum.verdict, Verdict::Minority | Verdict::SplitBrain);
    is_cut_off && !Defect::StaleUnmarked.is_present()
}
