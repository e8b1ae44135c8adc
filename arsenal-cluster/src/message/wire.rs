//! Messages between nodes, in the format of `RactorClusterMessage`: the name of the variant, and each
//! field as its length in eight bytes, big-endian, and its bytes. Nodes whose messages derive that
//! one understand ours, and we theirs.

use std::panic::{AssertUnwindSafe, catch_unwind};

use ractor::{
    BytesConvertable, RpcReplyPort,
    concurrency::{Duration, OneshotReceiver, oneshot, spawn, timeout},
    message::{BoxedDowncastErr, SerializedMessage},
};

/// Bytes of the length in front of each field.
const LENGTH_BYTES: usize = size_of::<u64>();

/// Fields on their way out.
#[doc(hidden)]
#[derive(Debug, Default)]
pub struct WireWriter(Vec<u8>);

impl WireWriter {
    /// Adds a field.
    #[must_use]
    pub fn field<T: BytesConvertable>(mut self, value: T) -> Self {
        let bytes = value.into_bytes();
        self.0.extend((bytes.len() as u64).to_be_bytes());
        self.0.extend(bytes);
        self
    }

    /// The message, of a variant without a port.
    pub fn cast(self, variant: &str) -> SerializedMessage {
        SerializedMessage::Cast { variant: variant.to_owned(), args: self.0, metadata: None }
    }

    /// The message, of a variant with a port.
    pub fn call<R: BytesConvertable + Send + 'static>(
        self,
        variant: &str,
        port: RpcReplyPort<R>,
    ) -> SerializedMessage {
        let reply = bridge(port, from_bytes::<R>);
        SerializedMessage::Call { variant: variant.to_owned(), args: self.0, reply, metadata: None }
    }
}

/// A message that came in: its variant, its fields and, for a call, its port. What stands in the
/// metadata is for the library, not for the message.
#[doc(hidden)]
pub fn split(message: SerializedMessage) -> Result<(String, WireReader), BoxedDowncastErr> {
    match message {
        SerializedMessage::Cast { variant, args, .. } => {
            Ok((variant, WireReader { fields: args, at: 0, port: None }))
        }
        SerializedMessage::Call { variant, args, reply, .. } => {
            Ok((variant, WireReader { fields: args, at: 0, port: Some(reply) }))
        }
        SerializedMessage::CallReply(..) => Err(BoxedDowncastErr),
    }
}

/// Fields on their way in.
#[doc(hidden)]
#[derive(Debug)]
pub struct WireReader {
    fields: Vec<u8>,
    at: usize,
    port: Option<RpcReplyPort<Vec<u8>>>,
}

impl WireReader {
    /// Whether the message is a call.
    pub fn is_call(&self) -> bool {
        self.port.is_some()
    }

    /// The next field.
    pub fn field<T: BytesConvertable>(&mut self) -> Result<T, BoxedDowncastErr> {
        let length = self.bytes(LENGTH_BYTES)?.first_chunk().ok_or(BoxedDowncastErr)?;
        let length = usize::try_from(u64::from_be_bytes(*length)).ok().ok_or(BoxedDowncastErr)?;
        let bytes = self.bytes(length)?.to_vec();
        from_bytes(bytes).ok_or(BoxedDowncastErr)
    }

    /// Makes sure that all fields were read.
    pub fn finish(&mut self) -> Result<(), BoxedDowncastErr> {
        if self.at == self.fields.len() { Ok(()) } else { Err(BoxedDowncastErr) }
    }

    /// The port of a call.
    pub fn port<R: BytesConvertable + Send + 'static>(
        &mut self,
    ) -> Result<RpcReplyPort<R>, BoxedDowncastErr> {
        let port = self.port.take().ok_or(BoxedDowncastErr)?;
        Ok(bridge(port, into_bytes::<R>))
    }

    fn bytes(&mut self, count: usize) -> Result<&[u8], BoxedDowncastErr> {
        let end = self.at.checked_add(count).ok_or(BoxedDowncastErr)?;
        let bytes = self.fields.get(self.at..end).ok_or(BoxedDowncastErr)?;
        self.at = end;
        Ok(bytes)
    }
}

/// A port whose replies go on to another one in another form. The task ends when the reply was given
/// or let go of, or when the time of the port is over.
fn bridge<T, R>(port: RpcReplyPort<T>, convert: fn(R) -> Option<T>) -> RpcReplyPort<R>
where
    T: Send + 'static,
    R: Send + 'static,
{
    let (near, reply) = oneshot::<R>();
    let limit = port.get_timeout();
    spawn(async move {
        if let Some(converted) = within(limit, reply).await.and_then(convert) {
            // Whoever asked may have given up.
            drop(port.send(converted));
        }
    });
    match limit {
        Some(limit) => (near, limit).into(),
        None => near.into(),
    }
}

async fn within<R>(limit: Option<Duration>, reply: OneshotReceiver<R>) -> Option<R> {
    match limit {
        Some(limit) => timeout(limit, reply).await.ok()?.ok(),
        None => reply.await.ok(),
    }
}

/// Conversions of ractor panic where bytes are not of the type.
fn from_bytes<T: BytesConvertable>(bytes: Vec<u8>) -> Option<T> {
    catch_unwind(AssertUnwindSafe(|| T::from_bytes(bytes))).ok()
}

fn into_bytes<T: BytesConvertable>(value: T) -> Option<Vec<u8>> {
    catch_unwind(AssertUnwindSafe(|| value.into_bytes())).ok()
}
