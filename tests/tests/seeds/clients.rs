//! What clients ask, and what they read.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use arsenal_core::{
    membership::Ran,
    principal::{Principal, Role},
};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request as HttpRequest, Response},
};
use rand::{RngExt as _, SeedableRng as _, rngs::SmallRng};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::{
    fault::letter,
    history::{Answer, Question, Request},
    operations::NodeClock,
};

/// How long clients wait.
const PATIENCE_MS: std::ops::Range<u64> = 50..3_000;

/// How long a mutation works before it has its effect, where it does.
const PAUSE_MS: std::ops::Range<u64> = 1..2_000;

/// The longest answer.
const ANSWER_BYTES_MAX: usize = 1 << 20;

/// All requests of a run, by number.
pub(crate) type Requests = Arc<Mutex<BTreeMap<u64, Request>>>;

/// Thinks of questions.
pub(crate) struct Clients {
    random: SmallRng,
    nodes: usize,
    asked: u64,
}

/// A question, and whom and for how long to ask.
pub(crate) struct Asked {
    pub(crate) number: u64,
    pub(crate) slot: usize,
    question: Question,
    patience: Duration,
}

/// The node that is asked.
pub(crate) struct Entry {
    pub(crate) router: Router,
    pub(crate) clock: NodeClock,
    pub(crate) generation: u64,
}

impl Clients {
    pub(crate) fn new(seed: u64, nodes: usize) -> Self {
        Self { random: SmallRng::seed_from_u64(seed ^ u64::MAX), nodes, asked: 0 }
    }

    /// The next question.
    pub(crate) fn think(&mut self) -> Asked {
        self.asked += 1;
        let slot = self.random.random_range(0..self.nodes);
        let to = self.random.random_range(0..self.nodes);
        let pause_ms = self.random.random_range(PAUSE_MS);
        let question = match self.random.random_range(0..8) {
            0 | 1 => Question::Append { to: slot, pause: Duration::ZERO },
            2 => Question::Append { to, pause: Duration::ZERO },
            3 => Question::Append { to, pause: Duration::from_millis(pause_ms) },
            4 => Question::AppendAll,
            5 | 6 => Question::Read,
            _ => Question::ReadAll,
        };
        let patience = Duration::from_millis(self.random.random_range(PATIENCE_MS));
        Asked { number: self.asked, slot, question, patience }
    }
}

impl Asked {
    /// Asks, inside of the runtime of the node, and notes what comes back.
    pub(crate) async fn ask(self, entry: Entry, requests: Requests) {
        let noted = Request {
            slot: self.slot,
            generation: entry.generation,
            question: self.question,
            began: entry.clock.now(),
            patience: self.patience,
            answer: None,
        };
        let note = |request: Request| {
            let mut requests = requests.lock().unwrap_or_else(PoisonError::into_inner);
            requests.insert(self.number, request);
        };
        note(noted.clone());
        let response = entry.router.oneshot(self.http()).await.expect("a router never fails");
        let answer = read(response, &entry.clock).await;
        note(Request { answer: Some(answer), ..noted });
    }

    fn http(&self) -> HttpRequest<Body> {
        let (method, path, body) = match self.question {
            Question::Append { to, pause } => {
                let pause_ms = u64::try_from(pause.as_millis()).expect("some seconds");
                let body = json!({ "number": self.number, "pause_ms": pause_ms });
                ("POST", format!("/api/v1/seeds/entries/{}", letter(to)), Some(body))
            }
            Question::AppendAll => {
                let body = json!({ "number": self.number });
                ("POST", String::from("/api/v1/seeds/entries"), Some(body))
            }
            Question::Read => ("GET", String::from("/api/v1/seeds/count"), None),
            Question::ReadAll => ("GET", String::from("/api/v1/seeds/counts"), None),
        };
        let request = HttpRequest::builder()
            .method(method)
            .uri(path)
            .header("content-type", "application/json")
            .header("arsenal-deadline-ms", self.patience.as_millis().to_string())
            .header("arsenal-request-id", format!("seeds-{}", self.number))
            .extension(Principal::new("seeds", Role::Admin));
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        request.body(body).expect("a good request")
    }
}

async fn read(response: Response<Body>, clock: &NodeClock) -> Answer {
    let status = response.status().as_u16();
    let stale = response.headers().get("arsenal-stale").map(|value| value == "true");
    let bytes = to_bytes(response.into_body(), ANSWER_BYTES_MAX).await.expect("a whole body");
    let body: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let failures = body["failures"].as_array().into_iter().flatten();
    Answer {
        at: clock.now(),
        status,
        code: body["code"].as_str().unwrap_or_default().to_owned(),
        ran: failures.filter_map(failure).collect(),
        is_stale: stale,
    }
}

/// A node that failed, and whether the mutation ran there.
fn failure(failure: &Value) -> Option<(usize, Ran)> {
    let [letter] = *failure["node"].as_str()?.as_bytes() else { return None };
    let ran = serde_json::from_value(failure["ran"].clone()).ok()?;
    Some((usize::from(letter.checked_sub(b'a')?), ran))
}
