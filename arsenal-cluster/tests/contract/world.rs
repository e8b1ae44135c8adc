//! What the suite needs of a place where nodes run: real processes, or later simulated nodes.

use std::time::Duration;

use arsenal_cluster::{
    endpoint::Incoming,
    network::{DialError, Network as _, PeerId, WantedPeer},
};
use arsenal_core::membership::CallError;
use bytes::Bytes;
use tokio::time::{Instant, sleep, timeout};

use super::node::{Event, TestNode};

/// Long enough for anything that has to come, and short enough for a test.
pub(crate) const SOON: Duration = Duration::from_secs(8);

/// Node `a`, here, and one peer `b`, which wants `a`.
pub(crate) trait World {
    fn a(&self) -> &TestNode;
    fn b(&self) -> &PeerId;
    /// How `a` knows `b`.
    fn wanted_b(&self) -> WantedPeer;
    /// Nothing of `b` goes on, and its connections stay.
    fn freeze_b(&mut self);
    fn thaw_b(&mut self);
    /// `b` ends without a word.
    fn kill_b(&mut self);
    /// `b` starts again, where it was, with the next generation.
    fn restart_b(&mut self);

    /// Wants `b` and waits for it.
    async fn meet(&self) {
        self.a().network_want(vec![self.wanted_b()]);
        self.a().log.wait(&Event::Up(self.b().clone()), 1, SOON).await;
    }

    async fn call(&self, body: &str, within: Duration) -> Result<Bytes, CallError> {
        self.a().endpoint.call(self.b(), Bytes::from(body.to_owned()), within).await
    }

    /// The answer of `b`, as text.
    async fn ask(&self, body: &str) -> String {
        let answer = self.call(body, SOON).await.unwrap();
        String::from_utf8(answer.into()).unwrap()
    }

    async fn open(&self, body: &str, within: Duration) -> Result<Incoming, CallError> {
        self.a().endpoint.open(self.b(), Bytes::from(body.to_owned()), within).await
    }

    /// Waits until no stream runs on `b`, and none has a place on either side.
    async fn no_streams(&self) {
        let begun = Instant::now();
        loop {
            let left = (self.ask("streams").await, self.ask("places").await);
            let opened = self.a().endpoint.peers()[0].streams_opened;
            if (left.0.as_str(), left.1.as_str(), opened) == ("0", "0", 0) {
                return;
            }
            assert!(begun.elapsed() < SOON, "streams stay: {left:?} and {opened} here");
            sleep(Duration::from_millis(5)).await;
        }
    }

    /// Waits until the last dial to `b` failed for this reason.
    async fn attempt(&self, reason: &DialError, within: Duration) {
        let begun = Instant::now();
        loop {
            let attempts = self.a().network.attempts();
            if attempts.iter().any(|attempt| attempt.reason == *reason) {
                return;
            }
            assert!(begun.elapsed() < within, "not {reason:?}: {attempts:?}");
            sleep(Duration::from_millis(10)).await;
        }
    }

    /// Waits until calls to `b` are answered.
    async fn answering(&self, within: Duration) {
        let answered = async {
            while self.call("echo", within).await.is_err() {
                sleep(Duration::from_millis(10)).await;
            }
        };
        let is_back = timeout(within, answered).await.is_ok();
        assert!(is_back, "b does not answer within {within:?}: {:?}", self.a().log.events());
    }

    /// Both nodes saw `up frame* down` only. The last word of each check.
    async fn part(&self) {
        assert_eq!(self.ask("violations").await, "");
        assert_eq!(self.a().network.violations(), Vec::<String>::new());
    }
}

impl TestNode {
    pub(crate) fn network_want(&self, peers: Vec<WantedPeer>) {
        self.network.want(peers);
    }
}
