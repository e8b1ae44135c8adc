//! An answer over HTTP, and what must be true of every refusal.

use serde_json::Value;
use ureq::{Body, http::Response};

/// Status, headers and the whole body.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: ureq::http::HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// Reads it to the end.
    pub(crate) fn read(mut response: Response<Body>) -> Result<Self, ureq::Error> {
        let body = response.body_mut().with_config().limit(64 << 20).read_to_vec()?;
        Ok(Self { status: response.status().as_u16(), headers: response.headers().clone(), body })
    }

    /// A header; empty where it is absent.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error} in {} {}", self.status, self.text()))
    }

    /// The JSON of a success with this status.
    #[track_caller]
    pub(crate) fn ok(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(self.header("content-type"), "application/json");
        assert!(!self.header("arsenal-request-id").is_empty());
        self.json()
    }

    /// What `/healthz` and `/readyz` say when all is well.
    #[track_caller]
    pub(crate) fn ok_page(&self) -> String {
        assert_eq!(self.status, 200, "{}", self.text());
        self.json()["status"].as_str().unwrap().to_owned()
    }

    /// The problem document, with all that clients rely on.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["code"], code, "{problem}");
        assert_eq!(problem["type"], format!("urn:arsenal:problem:{code}"));
        assert_eq!(problem["status"], status);
        for text in ["title", "detail", "request_id"] {
            assert!(
                problem[text].as_str().is_some_and(|text| !text.is_empty()),
                "{text}: {problem}"
            );
        }
        assert_eq!(problem["request_id"], self.header("arsenal-request-id"));
        problem
    }
}

/// The violations of a problem as `in name pointer`, sorted.
pub(crate) fn violations(problem: &Value) -> Vec<String> {
    let violations = problem["violations"].as_array().expect("it lists violations");
    let mut listed: Vec<String> = violations
        .iter()
        .map(|violation| {
            let text = |member: &str| violation[member].as_str().unwrap().to_owned();
            assert!(!text("message").is_empty(), "{violation}");
            format!("{} {} {}", text("in"), text("name"), text("pointer")).trim_end().to_owned()
        })
        .collect();
    listed.sort();
    listed
}
