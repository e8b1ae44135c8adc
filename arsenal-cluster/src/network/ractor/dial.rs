//! What one dial is over real sockets, and what is kept of it.

use std::{io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use futures_util::future::{Either, select};
use ractor::ActorId;
use tokio::{
    net::TcpStream,
    sync::{oneshot, watch},
    task::JoinSet,
    time::{Instant, timeout},
};

use super::{
    connection::{Connection, set_up},
    core::Core,
    tls::NodeCertificate,
};
use crate::network::{
    DialError,
    dialler::{Dials, keep_dialling, until},
    dialling::{CONNECT_MAX, HANDSHAKE_MAX},
};

/// The dialler of one address, and the dial that it waits for.
pub(super) struct Dialling {
    dial: Option<Dial>,
    /// Whether the other end left without a proof that it knows the secret, and nothing else came since.
    is_doubted: bool,
    /// Ends with this entry.
    _task: JoinSet<()>,
}

/// A dial that waits for its session to become a path.
struct Dial {
    session: Option<ActorId>,
    /// What the other end has shown.
    certificate: Option<NodeCertificate>,
    failed: oneshot::Sender<DialError>,
}

impl Dialling {
    /// Starts a dialler.
    pub(super) fn begin(core: &Arc<Core>, address: SocketAddr) -> Self {
        let mut task = JoinSet::new();
        task.spawn_on(keep_dialling(Arc::clone(core), address), core.runtime());
        Self { dial: None, is_doubted: false, _task: task }
    }

    /// A dial begins: its session is the next one that opens to this address.
    fn dialling(&mut self, certificate: Option<NodeCertificate>) -> oneshot::Receiver<DialError> {
        let (failed, outcome) = oneshot::channel();
        self.dial = Some(Dial { session: None, certificate, failed });
        outcome
    }

    /// The session of the dial opened. Gives what the other end has shown.
    pub(super) fn opened(&mut self, session: ActorId) -> Option<NodeCertificate> {
        let dial = self.dial.as_mut().filter(|dial| dial.session.is_none())?;
        dial.session = Some(session);
        dial.certificate.take()
    }

    /// A session to this address ended before it was a path.
    pub(super) fn closed(&mut self, session: ActorId, reason: DialError) {
        if let Some(dial) = self.dial.take_if(|dial| dial.session == Some(session)) {
            // The dialler may have given up in the meantime.
            dial.failed.send(self.beyond_doubt(reason)).ok();
        }
    }

    /// Of another secret is only spoken at the second time in a row: a link that is cut at the wrong
    /// moment looks the same once.
    fn beyond_doubt(&mut self, reason: DialError) -> DialError {
        let is_unproved = matches!(reason, DialError::OtherSecret(_));
        let was_doubted = std::mem::replace(&mut self.is_doubted, is_unproved);
        if is_unproved && !was_doubted { DialError::HandshakeClosed } else { reason }
    }

    /// The dial is over. `has_answered` if what it came to is known from its session.
    fn over(&mut self, has_answered: bool) {
        self.dial = None;
        self.is_doubted &= has_answered;
    }
}

impl Dials for Core {
    fn listens_at(&self) -> SocketAddr {
        self.me.address
    }

    fn changes(&self) -> watch::Receiver<()> {
        self.subscribe()
    }

    fn reaches(&self, address: SocketAddr) -> bool {
        let state = self.state();
        let is_lent = |peer| state.lent.leads_to(peer, Instant::now());
        state.wanted.is_reached(address, &state.paths.up())
            || state.wanted.expected(address).is_some_and(is_lent)
    }

    async fn dial(&self, address: SocketAddr) -> Result<(), DialError> {
        let connection = connect(self, address).await?;
        let certificate = connection.certificate().cloned();
        let begin = |dialling: &mut Dialling| dialling.dialling(certificate);
        let Some(failed) = self.state().wanted.kept_mut(address).map(begin) else {
            return Ok(());
        };
        self.hand_over(connection, address, false)
            .map_err(|error| DialError::Connect(error.kind()))?;
        let mut changes = self.changes();
        let is_up = pin!(until(&mut changes, || self.reaches(address)));
        match timeout(HANDSHAKE_MAX, select(is_up, failed)).await {
            Ok(Either::Left(_)) => Ok(()),
            Ok(Either::Right((reason, _))) => Err(reason.unwrap_or(DialError::HandshakeClosed)),
            Err(_elapsed) => Err(DialError::HandshakeTimedOut),
        }
    }

    /// Without randomness there is none, and nothing else is lost.
    fn jitter(&self) -> f64 {
        getrandom::u32().map_or(0.0, |random| f64::from(random) / f64::from(u32::MAX))
    }

    fn reached(&self, address: SocketAddr) {
        let mut state = self.state();
        state.wanted.reached(address);
        if let Some(dialling) = state.wanted.kept_mut(address) {
            dialling.over(false);
        }
    }

    fn failed(&self, address: SocketAddr, why: &DialError, pause: Duration) -> bool {
        let mut state = self.state();
        if let Some(dialling) = state.wanted.kept_mut(address) {
            let has_answered =
                matches!(why, DialError::HandshakeClosed | DialError::OtherSecret(_));
            dialling.over(has_answered);
        }
        state.wanted.failed(address, why, pause, Instant::now())
    }
}

async fn connect(core: &Core, address: SocketAddr) -> Result<Connection, DialError> {
    let Ok(connected) = timeout(CONNECT_MAX, TcpStream::connect(address)).await else {
        return Err(DialError::ConnectTimedOut);
    };
    let stream = connected.map_err(|error| DialError::Connect(error.kind()))?;
    if stream.local_addr().is_ok_and(|local| local == address) {
        // A free port in the range of outgoing ones: the kernel connected the socket to itself.
        return Err(DialError::Connect(io::ErrorKind::ConnectionRefused));
    }
    set_up(&stream).map_err(|error| DialError::Connect(error.kind()))?;
    let Some(tls) = &core.tls else { return Ok(Connection::Plain(stream)) };
    match timeout(HANDSHAKE_MAX, tls.connect(stream, address)).await {
        Ok(encrypted) => {
            let (stream, certificate) = encrypted?;
            Ok(Connection::Dialled(Box::new(stream), certificate))
        }
        Err(_elapsed) => Err(DialError::HandshakeTimedOut),
    }
}
