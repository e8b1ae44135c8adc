//! A small HTTP client, for what `arsenal dev` itself asks of its nodes.

use std::{net::SocketAddr, time::Duration};

use anyhow::anyhow;
use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, time::timeout};

/// How long one exchange may take.
const EXCHANGE_MAX: Duration = Duration::from_secs(10);

/// The largest answer that is read.
const ANSWER_BYTES_MAX: usize = 1 << 20;

/// Sends one request over a connection of its own and reads the whole answer.
pub(super) async fn send(
    address: SocketAddr,
    mut request: Request<Full<Bytes>>,
) -> anyhow::Result<(StatusCode, Bytes)> {
    let host = address.to_string().parse()?;
    request.headers_mut().insert(header::HOST, host);
    timeout(EXCHANGE_MAX, exchange(address, request)).await?
}

async fn exchange(
    address: SocketAddr,
    request: Request<Full<Bytes>>,
) -> anyhow::Result<(StatusCode, Bytes)> {
    let stream = TcpStream::connect(address).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let answer = async move {
        let response = sender.send_request(request).await?;
        let status = response.status();
        let body = Limited::new(response.into_body(), ANSWER_BYTES_MAX).collect().await;
        // The sender is dropped here, which ends the connection.
        Ok((status, body.map_err(|error| anyhow!(error))?.to_bytes()))
    };
    let (answer, connection) = tokio::join!(answer, connection);
    connection?;
    answer
}
