//! An HTTP client of one node.

use std::{
    io::{Read, Write as _},
    net::TcpStream,
    time::Duration,
};

use serde_json::Value;
use ureq::{Agent, Body, SendBody, http};

use super::{Answer, Events};

/// Longer than any operation may take.
const TIMEOUT: Duration = Duration::from_secs(40);

/// Asks one node; a connection of its own for each request, as `curl` does.
#[derive(Clone)]
pub(crate) struct Client {
    agent: Agent,
    base: String,
    token: String,
}

impl Client {
    pub(crate) fn new(http: u16, token: &str) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(TIMEOUT))
            .max_idle_connections(0)
            .max_redirects(0)
            .proxy(None)
            .build();
        Self {
            agent: config.into(),
            base: format!("http://127.0.0.1:{http}"),
            token: token.to_owned(),
        }
    }

    /// Reads, without a token.
    pub(crate) fn get(&self, path: &str) -> Answer {
        self.request("GET", path).send()
    }

    /// Reads a stream, without a token.
    pub(crate) fn events(&self, path: &str) -> Events {
        self.request("GET", path).events()
    }

    /// Changes something, with the token.
    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.request("POST", path).with_token().json(body).send()
    }

    pub(crate) fn delete(&self, path: &str) -> Answer {
        self.request("DELETE", path).with_token().send()
    }

    /// Posts nothing, with the token; dropping the connection hangs up.
    pub(crate) fn connect_and_post(&self, path: &str, deadline_ms: u32) -> TcpStream {
        let host = self.base.trim_start_matches("http://");
        let mut connection = TcpStream::connect(host).unwrap();
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {}\r\n\
             arsenal-deadline-ms: {deadline_ms}\r\ncontent-length: 0\r\n\r\n",
            self.token
        );
        connection.write_all(head.as_bytes()).unwrap();
        connection
    }

    /// Any other request: without token and body unless they are added.
    pub(crate) fn request(&self, method: &str, path: &str) -> Request<'_> {
        let head = http::Request::builder().method(method).uri(format!("{}{path}", self.base));
        Request { client: self, head, body: Content::None }
    }
}

/// A request that is being built.
pub(crate) struct Request<'a> {
    client: &'a Client,
    head: http::request::Builder,
    body: Content,
}

enum Content {
    None,
    Bytes(Vec<u8>),
    /// Of unknown length, so that it is sent in chunks.
    Chunked(Box<dyn Read>),
}

impl Request<'_> {
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.head = self.head.header(name, value);
        self
    }

    pub(crate) fn with_token(self) -> Self {
        let bearer = format!("Bearer {}", self.client.token);
        self.header("authorization", &bearer)
    }

    /// How long the client waits.
    pub(crate) fn deadline_ms(self, milliseconds: u32) -> Self {
        self.header("arsenal-deadline-ms", &milliseconds.to_string())
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json").bytes(body.to_string())
    }

    pub(crate) fn bytes(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Content::Bytes(body.into());
        self
    }

    pub(crate) fn chunked(mut self, body: impl Read + 'static) -> Self {
        self.body = Content::Chunked(Box::new(body));
        self
    }

    /// The answer, which every request must get.
    #[track_caller]
    pub(crate) fn send(self) -> Answer {
        self.try_send().unwrap_or_else(|error| panic!("no answer: {error}"))
    }

    /// The answer, if the node lives.
    pub(crate) fn try_send(self) -> Result<Answer, ureq::Error> {
        Answer::read(self.run()?)
    }

    /// The events of a stream, which must begin.
    #[track_caller]
    pub(crate) fn events(self) -> Events {
        let response = self.run().unwrap_or_else(|error| panic!("no answer: {error}"));
        assert!(response.status() == 200, "{:?}", Answer::read(response));
        Events::new(response)
    }

    fn run(self) -> Result<http::Response<Body>, ureq::Error> {
        let agent = &self.client.agent;
        match self.body {
            Content::None => agent.run(self.head.body(())?),
            Content::Bytes(bytes) => agent.run(self.head.body(bytes)?),
            Content::Chunked(mut body) => {
                agent.run(self.head.body(SendBody::from_reader(&mut body))?)
            }
        }
    }
}
