//! The answer of a simulated node on its way out of the simulation.
//!
//! A stream is read where it was made: its timers are those of the simulated node. Its pieces go through
//! a channel with a bound, so a client that reads slowly holds up the stream and nothing else.

use std::{
    io,
    sync::{Arc, Weak},
};

use ::http::response::Parts;
use arsenal_cluster::simulation::live::Simulation;
use arsenal_core::{
    context::NodeParts,
    error::{Code, OperationError},
    headers::REQUEST_ID,
    http,
};
use axum::{
    body::{Body, HttpBody as _},
    extract::Request,
    response::Response,
};
use bytes::Bytes;
use futures_util::{
    future::BoxFuture,
    stream::{self, Stream},
};
use http_body_util::BodyExt as _;
use tokio::sync::{mpsc, oneshot};
use tower_service::Service as _;

/// Pieces of a stream that wait for its client.
const PIECES_WAITING_MAX: usize = 16;

/// Where a simulated node leaves its answer.
pub(super) struct Outlet {
    head: oneshot::Sender<Head>,
    pieces: mpsc::Sender<Piece>,
}

/// Where it comes out.
pub(super) struct Inlet {
    pub(super) head: oneshot::Receiver<Head>,
    pieces: mpsc::Receiver<Piece>,
}

/// What comes first.
pub(super) enum Head {
    /// The whole answer.
    Whole(Response),
    /// The answer without its body, which follows.
    Stream(Parts),
}

/// What follows.
enum Piece {
    Data(Bytes),
    End,
}

/// Both ends.
pub(super) fn relay() -> (Outlet, Inlet) {
    let (head, first) = oneshot::channel();
    let (pieces, rest) = mpsc::channel(PIECES_WAITING_MAX);
    (Outlet { head, pieces }, Inlet { head: first, pieces: rest })
}

impl Outlet {
    /// Serves a request inside of a simulated node, until the last piece is out or nobody wants more.
    pub(super) async fn serve(self, parts: Arc<NodeParts>, request: Request) {
        let Ok(response) = http::router(parts).call(request).await;
        if response.body().size_hint().exact().is_some() {
            // Who asked may have gone.
            drop(self.head.send(Head::Whole(response)));
            return;
        }
        let (head, mut body) = response.into_parts();
        if self.head.send(Head::Stream(head)).is_err() {
            return;
        }
        while let Some(frame) = body.frame().await {
            // Without an end, the client sees that the stream broke off.
            let Ok(frame) = frame else { return };
            if let Ok(data) = frame.into_data()
                && self.pieces.send(Piece::Data(data)).await.is_err()
            {
                return;
            }
        }
        drop(self.pieces.send(Piece::End).await);
    }
}

/// What a stream depends on while it is read.
pub(super) struct Bonds {
    /// What makes it, which ends when this is dropped.
    #[expect(dead_code, reason = "held until dropped")]
    pub(super) work: oneshot::Receiver<()>,
    pub(super) simulation: Weak<Simulation>,
    /// When the real node passes on no more streams, and what it says then.
    pub(super) closed: BoxFuture<'static, OperationError>,
}

impl Inlet {
    /// The response with this head.
    pub(super) fn response(self, head: Head, bonds: Bonds) -> Response {
        match head {
            Head::Whole(response) => response,
            Head::Stream(head) => {
                let id = head.headers.get(REQUEST_ID).and_then(|id| id.to_str().ok());
                let request_id = id.unwrap_or_default().to_owned();
                let reading = Reading { pieces: self.pieces, bonds, request_id };
                Response::from_parts(head, Body::from_stream(reading.pieces()))
            }
        }
    }
}

struct Reading {
    pieces: mpsc::Receiver<Piece>,
    bonds: Bonds,
    request_id: String,
}

impl Reading {
    fn pieces(self) -> impl Stream<Item = io::Result<Bytes>> {
        stream::unfold(Some(self), async |reading| {
            let mut reading = reading?;
            tokio::select! {
                biased;
                error = &mut reading.bonds.closed => Some((Ok(reading.last(&error)), None)),
                piece = reading.pieces.recv() => match piece {
                    Some(Piece::Data(data)) => Some((Ok(data), Some(reading))),
                    Some(Piece::End) => None,
                    None => Some((reading.broken_off(), None)),
                },
            }
        })
    }

    /// A node that fails takes its connections with it. A simulation that is ended has time to say so.
    fn broken_off(&self) -> io::Result<Bytes> {
        if self.bonds.simulation.upgrade().is_some_and(|simulation| simulation.is_alive()) {
            return Err(io::Error::new(io::ErrorKind::ConnectionAborted, "the node has failed"));
        }
        let error = OperationError::new(Code::Gone, "the simulated cluster has been ended")
            .suggest("`POST /api/v1/simulation` makes another one");
        Ok(self.last(&error))
    }

    fn last(&self, error: &OperationError) -> Bytes {
        http::problem_event(error, &self.request_id)
    }
}
