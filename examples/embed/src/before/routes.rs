//! What the program serves over HTTP.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    routing::{get, post},
};
use embed::tally::TallyMessage;
use ractor::{ActorRef, call_t};

use crate::packer::{self, PackerMessage};

/// How long a packer may take, in milliseconds.
const PACKED_MS_MAX: u64 = 2_000;

#[derive(Clone)]
struct Shop {
    tally: ActorRef<TallyMessage>,
    /// Whose turn it is.
    turn: Arc<AtomicUsize>,
}

/// The routes of the program.
pub(crate) fn routes(tally: ActorRef<TallyMessage>) -> Router {
    Router::new()
        .route("/orders/{article}", post(order))
        .route("/orders", get(count))
        .route("/packers", get(async || packer::all().len().to_string()))
        .fallback(async || (StatusCode::NOT_FOUND, "the warehouse has no such page"))
        .with_state(Shop { tally, turn: Arc::default() })
}

/// Hands an order to the next packer.
async fn order(
    State(shop): State<Shop>,
    Path(article): Path<String>,
) -> Result<String, StatusCode> {
    shop.tally.cast(TallyMessage::Ordered).map_err(|_ended| StatusCode::SERVICE_UNAVAILABLE)?;
    let packers = packer::all();
    let turn = shop.turn.fetch_add(1, Ordering::Relaxed);
    let next = turn.checked_rem(packers.len()).and_then(|turn| packers.into_iter().nth(turn));
    let packer: ActorRef<PackerMessage> = next.ok_or(StatusCode::SERVICE_UNAVAILABLE)?.into();
    let packed = call_t!(packer, PackerMessage::Pack, PACKED_MS_MAX, article);
    packed.map_err(|_lost| StatusCode::GATEWAY_TIMEOUT)
}

/// How many orders came in here.
async fn count(State(shop): State<Shop>) -> Result<String, StatusCode> {
    let count = call_t!(shop.tally, TallyMessage::Count, PACKED_MS_MAX);
    count.map(|count| count.to_string()).map_err(|_ended| StatusCode::SERVICE_UNAVAILABLE)
}
