//! Server-sent events, read as they come.

use std::io::{BufRead as _, BufReader, Lines};

use serde_json::Value;
use ureq::{Body, BodyReader, http::Response};

/// The events of one response. Dropping it closes the connection.
pub(crate) struct Events {
    headers: ureq::http::HeaderMap,
    lines: Lines<BufReader<BodyReader<'static>>>,
}

/// One event.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Event {
    /// What it is called; empty where it is data.
    pub(crate) name: String,
    /// Its id; empty where it has none.
    pub(crate) id: String,
    pub(crate) data: Value,
}

impl Events {
    /// Of a success, which comes without an end.
    pub(crate) fn new(response: Response<Body>) -> Self {
        let (head, body) = response.into_parts();
        Self { headers: head.headers, lines: BufReader::new(body.into_reader()).lines() }
    }

    /// A header; empty where it is absent.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The next event, which there must be.
    #[track_caller]
    pub(crate) fn one(&mut self) -> Event {
        self.next().expect("the stream goes on")
    }
}

impl Iterator for Events {
    type Item = Event;

    /// The next event; `None` at the end of the body. Comments are passed over.
    fn next(&mut self) -> Option<Event> {
        let (mut name, mut id, mut data) = (String::new(), String::new(), None);
        loop {
            let line = self.lines.next()?.expect("the body is not cut off");
            match line.split_once(": ") {
                Some(("event", text)) => text.clone_into(&mut name),
                Some(("id", text)) => text.clone_into(&mut id),
                Some(("data", text)) => data = Some(serde_json::from_str(text).unwrap()),
                _ => assert!(line.is_empty() || line.starts_with(':'), "{line}"),
            }
            if line.is_empty()
                && let Some(data) = data.take()
            {
                return Some(Event { name, id, data });
            }
        }
    }
}
