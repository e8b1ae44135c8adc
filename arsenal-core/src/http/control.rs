//! What a client says about the request itself, in headers.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use tokio::time::Instant;

use super::headers;
use crate::{
    error::{InvalidInput, Violation, ViolationPlace},
    spec::{OperationSpec, Version},
};

/// What the client asks for beside the arguments.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Controls {
    /// How long it waits, where it says so.
    pub(super) wait: Option<Duration>,
    /// The version of the API that it means, where it says so.
    pub(super) version: Option<Version>,
}

impl Controls {
    /// Reads the headers of the framework.
    ///
    /// # Errors
    /// Every one that is malformed or not understood: one that is ignored would promise what does
    /// not happen.
    pub(super) fn read(spec: &OperationSpec, headers: &HeaderMap) -> Result<Self, InvalidInput> {
        let mut controls = Self::default();
        let mut violations = Vec::new();
        for name in headers.keys() {
            if let Err(message) = controls.read_header(spec, name, headers) {
                violations.push(violation(name, message));
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
        _spec: &OperationSpec,
        name: &HeaderName,
        headers: &HeaderMap,
    ) -> Result<(), &'static str> {
        if *name == headers::DEADLINE_MS {
            self.wait = Some(milliseconds(name, headers)?);
        } else if *name == headers::API_VERSION {
            self.version = version(headers)?;
        } else if *name != headers::REQUEST_ID
            && (*name == headers::IDEMPOTENCY_KEY || name.as_str().starts_with(headers::PREFIX))
        {
            return Err("is not supported yet");
        }
        Ok(())
    }
}

fn milliseconds(name: &HeaderName, headers: &HeaderMap) -> Result<Duration, &'static str> {
    let value = only(name, headers)?;
    let number =
        value.and_then(|value| value.to_str().ok()).and_then(|text| text.parse::<u64>().ok());
    match number {
        Some(number) if number > 0 => Ok(Duration::from_millis(number)),
        _ => Err("is not a whole number of milliseconds from 1 on"),
    }
}

/// The version of the API that a request names.
pub(super) fn version(headers: &HeaderMap) -> Result<Option<Version>, &'static str> {
    let Some(value) = only(&headers::API_VERSION, headers)? else { return Ok(None) };
    let version = value.to_str().ok().and_then(|text| text.parse().ok());
    version.map(Some).ok_or("is not a version, as `1.4`")
}

fn only<'a>(
    name: &HeaderName,
    headers: &'a HeaderMap,
) -> Result<Option<&'a HeaderValue>, &'static str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (value, None) => Ok(value),
        (_, Some(_)) => Err("is given more than once"),
    }
}

fn violation(name: &HeaderName, message: &str) -> Violation {
    Violation {
        place: ViolationPlace::Header,
        name: name.as_str().to_owned(),
        pointer: String::new(),
        message: message.to_owned(),
    }
}
