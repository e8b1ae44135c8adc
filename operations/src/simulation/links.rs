//! `POST /api/v1/simulation/links`

use std::time::Duration;

use arsenal_cluster::simulation::live::LinkSettings;
use arsenal_core::{error::Violation, prelude::*};

use super::{SimulatedLinks, current};

/// The longest delay of a link, in milliseconds: beyond, nodes give each other up anyway.
const DELAY_MS_MAX: u32 = 10_000;

/// How a link behaves; what is absent is as usual.
#[derive(Clone, Copy, Debug, Parameters)]
pub struct LinkParameters {
    /// How long everything takes at least, in milliseconds; usually 2.
    #[param(range(min = 2, max = DELAY_MS_MAX))]
    pub delay_ms: Option<u32>,
    /// How much longer it may take, in milliseconds; usually 6.
    #[param(range(min = 0, max = DELAY_MS_MAX))]
    pub jitter_ms: Option<u32>,
    /// The share of datagrams that get lost; on connections the same share comes 200 ms late.
    #[param(range(min = 0.0, max = 1.0))]
    pub loss: Option<f64>,
    /// The share of datagrams that come twice.
    #[param(range(min = 0.0, max = 1.0))]
    pub duplication: Option<f64>,
    /// The share of datagrams that later ones overtake.
    #[param(range(min = 0.0, max = 1.0))]
    pub reordering: Option<f64>,
}

impl LinkParameters {
    fn settings(self) -> LinkSettings {
        let time = |milliseconds: Option<u32>| {
            milliseconds.map(|milliseconds| Duration::from_millis(milliseconds.into()))
        };
        LinkSettings {
            delay: time(self.delay_ms),
            jitter: time(self.jitter_ms),
            loss: self.loss,
            duplication: self.duplication,
            reordering: self.reordering,
        }
    }
}

/// Says how links between simulated nodes behave: delay, loss, duplication, reordering.
///
/// Whatever is not given is as usual, so a request that gives nothing makes all links as they were.
/// Links that are cut stay cut.
#[operation(post, "/api/v1/simulation/links", tag = "simulation")]
pub async fn set_links(
    context: NodeContext,
    /// The two nodes whose link it is, in both directions; without them, every link.
    #[param(length(min = 2, max = 2), example = vec!["a", "b"])]
    between: Option<Vec<NodeName>>,
    /// How it behaves.
    #[param(flatten)]
    link: LinkParameters,
) -> Result<SimulatedLinks, OperationError> {
    let pair = match between.as_deref() {
        Some([one, other]) if one == other => {
            let message = format!("the node `{one}` stands at /between/0 already");
            return Err(OperationError::invalid_input([of_pair(1, message)]));
        }
        Some([one, other]) => Some((one, other)),
        _ => None,
    };
    let simulation = current(&context)?;
    refuse_unknown(between.as_deref().unwrap_or_default(), simulation.names())?;
    Ok(SimulatedLinks { links: simulation.set_links(pair, link.settings()).await? })
}

fn refuse_unknown(pair: &[NodeName], known: &[NodeName]) -> Result<(), OperationError> {
    let unknown = pair.iter().enumerate().filter(|(_, node)| !known.contains(node));
    let violations: Vec<Violation> = unknown
        .map(|(at, node)| of_pair(at, format!("the simulated cluster has no node `{node}`")))
        .collect();
    if violations.is_empty() {
        return Ok(());
    }
    let names = NodeName::listed(known);
    Err(OperationError::invalid_input(violations).suggest(format!("it has {names}")))
}

fn of_pair(at: usize, message: String) -> Violation {
    Violation { pointer: format!("/between/{at}"), ..Violation::of_body("between", message) }
}
