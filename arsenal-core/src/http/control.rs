//! What a client says about the request itself, in headers.

use std::time::Duration;

use http::{HeaderMap, HeaderName};
use tokio::time::Instant;

use super::headers;
use crate::{
    error::{InvalidInput, Violation, ViolationPlace},
    spec::OperationSpec,
};

/// When the client stops waiting: after the operation's own limit, or sooner if it says so.
///
/// # Errors
/// Every header of the framework that is malformed or not understood: one that is ignored would
/// promise what does not happen.
pub(super) fn deadline(
    spec: &OperationSpec,
    headers: &HeaderMap,
    arrival: Instant,
) -> Result<Instant, InvalidInput> {
    let mut wait = spec.timeout;
    let mut violations = Vec::new();
    for name in headers.keys() {
        let Some(known) = Control::of(name) else { continue };
        match known.wait(name, headers) {
            Ok(limit) => wait = wait.min(limit.unwrap_or(wait)),
            Err(message) => violations.push(violation(name, message)),
        }
    }
    if violations.is_empty() { Ok(arrival + wait) } else { Err(InvalidInput::new(violations)) }
}

/// A header of the framework.
enum Control {
    RequestId,
    Deadline,
    Unsupported,
}

impl Control {
    fn of(name: &HeaderName) -> Option<Self> {
        if *name == headers::REQUEST_ID {
            Some(Self::RequestId)
        } else if *name == headers::DEADLINE_MS {
            Some(Self::Deadline)
        } else if *name == headers::IDEMPOTENCY_KEY || name.as_str().starts_with(headers::PREFIX) {
            Some(Self::Unsupported)
        } else {
            None
        }
    }

    fn wait(
        &self,
        name: &HeaderName,
        headers: &HeaderMap,
    ) -> Result<Option<Duration>, &'static str> {
        match self {
            Self::RequestId => Ok(None),
            Self::Deadline => milliseconds(name, headers).map(Some),
            Self::Unsupported => Err("is not supported yet"),
        }
    }
}

fn milliseconds(name: &HeaderName, headers: &HeaderMap) -> Result<Duration, &'static str> {
    let mut values = headers.get_all(name).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return Err("is given more than once");
    };
    let number = value.to_str().ok().and_then(|text| text.parse::<u64>().ok());
    match number {
        Some(number) if number > 0 => Ok(Duration::from_millis(number)),
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
