//! What a client says about the request itself, in headers.

use std::{num::IntErrorKind, time::Duration};

use http::{HeaderMap, HeaderName, HeaderValue};
use tokio::time::Instant;

use crate::{
    error::{InvalidInput, Violation, ViolationPlace},
    headers,
    limits::{IDEMPOTENCY_KEY_LENGTH_MAX, MERGED_EVENT_ID_BYTES_MAX},
    membership::Mode,
    spec::{Answers, OperationSpec, Version},
    versions,
};

/// What the client asks for beside the arguments.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Controls {
    /// How long it waits, where it says so.
    pub(super) wait: Option<Duration>,
    /// Whether only to say what would run.
    pub(super) is_dry_run: bool,
    /// What makes a repetition of the request harmless.
    pub(super) idempotency_key: Option<String>,
    /// The event after which a stream is to go on.
    pub(super) last_event_id: Option<String>,
    /// The version of the API that it means, where it says so.
    pub(super) version: Option<Version>,
}

impl Controls {
    /// Reads the headers of the framework. `mode` is that of the node.
    ///
    /// # Errors
    /// Every one that is malformed or not understood: one that is ignored would promise what does
    /// not happen.
    pub(super) fn read(
        spec: &OperationSpec,
        mode: Mode,
        headers: &HeaderMap,
    ) -> Result<Self, InvalidInput> {
        let mut controls = Self::default();
        let mut violations = Vec::new();
        for name in headers.keys() {
            if let Err(message) = controls.read_header(spec, mode, name, headers) {
                violations.push(violation(name, message));
            }
        }
        if let Answers::Stream { is_resumable } = spec.answers {
            match last_event_id(is_resumable, headers) {
                Ok(id) => controls.last_event_id = id,
                Err(message) => violations.push(violation(&headers::LAST_EVENT_ID, message)),
            }
        }
        if violations.is_empty() { Ok(controls) } else { Err(InvalidInput::new(violations)) }
    }

    /// When the client stops waiting: after the operation's own limit, or sooner if it says so.
    pub(super) fn deadline(&self, spec: &OperationSpec, arrival: Instant) -> Instant {
        arrival + self.wait.map_or(spec.timeout, |wait| wait.min(spec.timeout))
    }

    fn read_header(
        &mut self,
        spec: &OperationSpec,
        mode: Mode,
        name: &HeaderName,
        headers: &HeaderMap,
    ) -> Result<(), &'static str> {
        if *name == headers::DEADLINE_MS {
            self.wait = Some(milliseconds(only(name, headers)?)?);
        } else if *name == headers::DRY_RUN {
            self.is_dry_run = boolean(only(name, headers)?)?;
        } else if *name == headers::API_VERSION {
            self.version = version(headers)?;
        } else if *name == headers::IDEMPOTENCY_KEY {
            if !spec.is_idempotent {
                return Err("this operation takes no Idempotency-Key");
            }
            self.idempotency_key = Some(key(only(name, headers)?)?);
        } else if *name == headers::MODE {
            check_mode(mode, only(name, headers)?)?;
        } else if *name != headers::REQUEST_ID && name.as_str().starts_with(headers::PREFIX) {
            return Err("is not supported yet");
        }
        Ok(())
    }
}

fn only<'a>(name: &HeaderName, headers: &'a HeaderMap) -> Result<&'a HeaderValue, &'static str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => Ok(value),
        _ => Err("is given more than once"),
    }
}

/// Who has several clusters chooses in front of the operations; here is the node that was chosen.
fn check_mode(mode: Mode, value: &HeaderValue) -> Result<(), &'static str> {
    if value.as_bytes() == mode.as_str().as_bytes() {
        return Ok(());
    }
    Err(match mode {
        Mode::Cluster => "is not `cluster`, and no other cluster is addressed here",
        Mode::Simulated => "is not `simulated`, and no other cluster is addressed here",
    })
}

fn boolean(value: &HeaderValue) -> Result<bool, &'static str> {
    match value.as_bytes() {
        b"true" => Ok(true),
        b"false" => Ok(false),
        _ => Err("is neither `true` nor `false`"),
    }
}

fn key(value: &HeaderValue) -> Result<String, &'static str> {
    let is_good = (1..=IDEMPOTENCY_KEY_LENGTH_MAX).contains(&value.len())
        && value.as_bytes().iter().all(u8::is_ascii_graphic);
    let key = value.to_str().ok().filter(|_| is_good);
    key.map(str::to_owned).ok_or("is not of 1 to 255 visible ASCII characters")
}

fn milliseconds(value: &HeaderValue) -> Result<Duration, &'static str> {
    let number = value.to_str().ok().map(str::parse::<u64>);
    match number {
        Some(Ok(number)) if number > 0 => Ok(Duration::from_millis(number)),
        // The operation's own limit comes before it anyhow.
        Some(Err(error)) if *error.kind() == IntErrorKind::PosOverflow => Ok(Duration::MAX),
        _ => Err("is not a whole number of milliseconds from 1 on"),
    }
}

/// An empty one says nothing: some clients send it at the start.
fn last_event_id(is_resumable: bool, headers: &HeaderMap) -> Result<Option<String>, &'static str> {
    let mut values = headers.get_all(headers::LAST_EVENT_ID).iter();
    let Some(value) = values.next().filter(|value| !value.is_empty()) else { return Ok(None) };
    if !is_resumable {
        return Err("is not understood here: the events of this stream have no ids");
    }
    if values.next().is_some() {
        return Err("is given more than once");
    }
    let text = std::str::from_utf8(value.as_bytes()).ok();
    let is_good =
        |id: &&str| id.len() <= MERGED_EVENT_ID_BYTES_MAX && !id.contains(char::is_control);
    match text.filter(is_good) {
        Some(id) => Ok(Some(id.to_owned())),
        None => Err("is not the id of an event"),
    }
}

/// The version of the API that a request names.
pub(super) fn version(headers: &HeaderMap) -> Result<Option<Version>, &'static str> {
    if !headers.contains_key(headers::API_VERSION) {
        return Ok(None);
    }
    let value = only(&headers::API_VERSION, headers)?;
    let version = value.to_str().ok().and_then(|text| text.parse().ok());
    version.map(Some).ok_or(versions::INVALID)
}

fn violation(name: &HeaderName, message: &str) -> Violation {
    Violation::of(ViolationPlace::Header, name.as_str(), message)
}
