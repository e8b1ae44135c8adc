//! The answer of a simulated node on its way out of the simulation.
//!
//! A stream is read where it was made: its timers are those of the simulated node. Its pieces go through
//! a channel with a bound, so a client that reads slowly holds up the stream and nothing else.

use std::{io, sync::Arc};

use ::http::response::Parts;
use arsenal_core::{context::NodeParts, http};
use axum::{
    body::{Body, HttpBody as _},
    extract::Request,
    response::Response,
};
use bytes::Bytes;
use futures_util::stream::{self, Stream};
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

impl Inlet {
    /// The response with this head. While it is read, what makes it is kept alive: `work` is dropped
    /// with it.
    pub(super) fn response(self, head: Head, work: oneshot::Receiver<()>) -> Response {
        match head {
            Head::Whole(response) => response,
            Head::Stream(head) => {
                Response::from_parts(head, Body::from_stream(pieces(self.pieces, work)))
            }
        }
    }
}

fn pieces(
    pieces: mpsc::Receiver<Piece>,
    work: oneshot::Receiver<()>,
) -> impl Stream<Item = io::Result<Bytes>> {
    stream::unfold(Some((pieces, work)), async |reading| {
        let (mut pieces, work) = reading?;
        match pieces.recv().await {
            Some(Piece::Data(data)) => Some((Ok(data), Some((pieces, work)))),
            Some(Piece::End) => None,
            None => {
                let broken =
                    io::Error::new(io::ErrorKind::ConnectionAborted, "the node has failed");
                Some((Err(broken), None))
            }
        }
    })
}
