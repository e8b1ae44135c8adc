//! Accepts connections up to a bound, and lets running requests end when the node does.

use std::{convert::Infallible, io, net::SocketAddr, pin::pin, time::Duration};

use axum::{body::Body, extract::ConnectInfo, response::Response};
use http::Request;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::{GracefulShutdown, Watcher},
};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::{sleep, timeout},
};
use tower_service::Service;

use super::stream::Stream;

/// Connections that are open at once; more wait in the system's queue.
const CONNECTIONS_MAX: usize = 512;

/// How long a client may take to send the head of a request, or to ask for the next thing.
const HEADER_READ_MAX: Duration = Duration::from_secs(10);

/// The largest head of a request.
const HEADER_BYTES_MAX: usize = 16 * 1024;

/// The buffer of one connection.
const BUFFER_BYTES_MAX: usize = 64 * 1024;

/// How long answers that are under way may take when the node ends.
const DRAIN_MAX: Duration = Duration::from_secs(3);

/// The pause after the system could not accept a connection, for instance for want of files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves until `shutdown`, then lets running requests end, for a bounded time.
pub(crate) async fn serve<S>(listener: TcpListener, service: S, shutdown: impl Future<Output = ()>)
where
    S: Service<Request<Body>, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    let mut shutdown = pin!(shutdown);
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = &mut shutdown => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept(), if connections.len() < CONNECTIONS_MAX => match accepted {
                Ok((stream, peer)) => {
                    connections.spawn(connection(stream, peer, service.clone(), graceful.watcher()));
                }
                Err(error) => pause_after(&error).await,
            }
        }
    }
    drop(listener);
    if timeout(DRAIN_MAX, graceful.shutdown()).await.is_err() {
        tracing::warn!("{} HTTP connections were cut off", connections.len());
    }
}

async fn connection<S>(stream: TcpStream, peer: SocketAddr, service: S, watcher: Watcher)
where
    S: Service<Request<Body>, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%peer, %error, "small answers will be late");
    }
    let answer = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        service.clone().call(request.map(Body::new))
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_READ_MAX)
        .max_header_size(HEADER_BYTES_MAX)
        .max_buf_size(BUFFER_BYTES_MAX)
        .serve_connection(TokioIo::new(Stream::new(stream)), answer);
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%peer, %error, "connection ended");
    }
}

/// A client that is gone already is no reason to wait.
async fn pause_after(error: &io::Error) {
    let is_of_client = matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::Interrupted
    );
    if !is_of_client {
        tracing::warn!(%error, "cannot accept an HTTP connection");
        sleep(ACCEPT_PAUSE).await;
    }
}

#[cfg(test)]
mod tests {
    use axum::{Router, routing::get};
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        sync::oneshot,
        time::Instant,
    };

    use super::*;

    /// Serves on a free port until the sender is dropped or used.
    async fn start(routes: Router) -> (SocketAddr, oneshot::Sender<()>, JoinSet<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (end, ended) = oneshot::channel();
        let mut server = JoinSet::new();
        server.spawn(serve(listener, routes, async { _ = ended.await }));
        (address, end, server)
    }

    async fn read_to_end(stream: &mut TcpStream) -> String {
        let mut text = String::new();
        timeout(Duration::from_secs(30), stream.read_to_string(&mut text)).await.unwrap().unwrap();
        text
    }

    #[test]
    fn streams_leave_room_for_other_requests() {
        const { assert!(arsenal_core::limits::STREAMS_MAX <= CONNECTIONS_MAX / 2) };
    }

    #[tokio::test]
    async fn a_route_learns_who_its_peer_is() {
        let peer = |ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.to_string() };
        let (address, _end, _server) = start(Router::new().route("/", get(peer))).await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        let own = stream.local_addr().unwrap().to_string();
        stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
        assert!(read_to_end(&mut stream).await.ends_with(&own));
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_never_ends_its_head_is_cut_off() {
        let (address, _end, _server) = start(Router::new()).await;
        let before = Instant::now();
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nhost: ").await.unwrap();
        drop(read_to_end(&mut stream).await);
        assert!(before.elapsed() >= HEADER_READ_MAX);
    }

    #[tokio::test]
    async fn a_running_request_ends_before_the_server_does() {
        let (started, mut starts) = tokio::sync::mpsc::channel::<()>(1);
        let slow = move || async move {
            started.send(()).await.unwrap();
            sleep(Duration::from_millis(50)).await;
            "done"
        };
        let (address, end, mut server) = start(Router::new().route("/", get(slow))).await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        starts.recv().await.unwrap();
        end.send(()).unwrap();
        assert!(read_to_end(&mut stream).await.ends_with("done"));
        server.join_next().await.unwrap().unwrap();
        assert!(TcpStream::connect(address).await.is_err());
    }
}
