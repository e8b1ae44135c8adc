//! What a client says about the request itself, in headers.

use std::{num::IntErrorKind, time::Duration};

use http::{HeaderMap, HeaderName};
use tokio::time::Instant;

use super::headers;
use crate::{
    error::{InvalidInput, Violation, ViolationPlace},
    spec::OperationSpec,
};

/// What the client asks for beside the arguments.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Controls {
    /// How long it waits, where it says so.
    pub(super) wait: Option<Duration>,
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
        } else if *name != headers::REQUEST_ID
            && (*name == headers::IDEMPOTENCY_KEY || name.as_str().starts_with(headers::PREFIX))
        {
            return Err("is not supported yet");
        }
        Ok(())
    }
}

fn milliseconds(name: &HeaderName, headers: &HeaderMap) -> Result<Duration, &'static str> {
    let mut values = headers.get_all(name).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return Err("is given more than once");
    };
    let number = value.to_str().ok().map(str::parse::<u64>);
    match number {
        Some(Ok(number)) if number > 0 => Ok(Duration::from_millis(number)),
        // The operation's own limit comes before it anyhow.
        Some(Err(error)) if *error.kind() == IntErrorKind::PosOverflow => Ok(Duration::MAX),
        _ => Err("is not a whole number of milliseconds from 1 on"),
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
