//! One strategy at work: it is asked again and again, and what it knows can be read meanwhile.

use std::{
    net::SocketAddr,
    panic::AssertUnwindSafe,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::FutureExt as _;
use tokio::time::{Instant, sleep, timeout};

use super::{
    Answer, Discovery, DiscoveryError, DiscoveryKind, Strategy, known::Known, pace::pause,
};
use crate::{clock::WallClock, network::Peer, told::Told};

/// How long one look may take.
pub const LOOK_MAX: Duration = Duration::from_secs(15);

/// What is known through one strategy, and when it is asked next.
pub(super) struct Watch {
    kind: DiscoveryKind,
    watches: String,
    state: Mutex<State>,
}

struct State {
    known: Known,
    next_try: Option<Instant>,
    /// What people have heard of its troubles; an answer in between is no reason to repeat them.
    told: Told,
}

impl State {
    fn new(known: Known, next_try: Option<Instant>) -> Mutex<Self> {
        Mutex::new(Self { known, next_try, told: Told::default() })
    }
}

impl Watch {
    /// For a strategy that is about to be asked.
    pub(super) fn new(strategy: &dyn Strategy, me: SocketAddr, now: Instant) -> Self {
        Self {
            kind: strategy.kind(),
            watches: strategy.watches(),
            state: State::new(Known::nothing(me), Some(now)),
        }
    }

    /// For what is known already: nobody is asked.
    pub(super) fn settled(kind: DiscoveryKind, watches: String, known: Known) -> Self {
        Self { kind, watches, state: State::new(known, None) }
    }

    /// The addresses that are known at a time, each with the time since when.
    pub(super) fn addresses(&self, now: Instant) -> Vec<(SocketAddr, Instant)> {
        self.state().known.addresses(now).collect()
    }

    /// How it stands.
    pub(super) fn describe(&self, now: Instant, clock: WallClock) -> Discovery {
        let state = self.state();
        let known = &state.known;
        Discovery {
            kind: self.kind,
            watches: self.watches.clone(),
            addresses: known.addresses(now).map(|(address, _)| address).collect(),
            left_out: known.left_out(),
            answered_at: known.answered_at().map(|at| clock.at(at)),
            failures: known.failures(),
            last_error: known.trouble().map(|trouble| DiscoveryError {
                at: clock.at(trouble.at),
                message: trouble.message.clone(),
            }),
            next_try_at: state.next_try.map(|at| clock.at(at)),
        }
    }

    /// Asks until the task is aborted.
    #[expect(clippy::infinite_loop, reason = "it ends when the node aborts it")]
    pub(super) async fn keep_looking(&self, strategy: &mut dyn Strategy, me: &Peer) {
        loop {
            let found = look(strategy, me).await;
            let pause = self.take(found, strategy.every());
            sleep(pause).await;
        }
    }

    /// Gives the pause until the next look.
    fn take(&self, found: Result<Answer, String>, every: Duration) -> Duration {
        let mut state = self.state();
        let now = Instant::now();
        match found {
            Ok(answer) => state.known.answered(answer, now),
            Err(message) => state.known.failed(message, now),
        }
        let pause = pause(every, state.known.failures());
        state.next_try = Some(now + pause);
        self.tell(&mut state, now);
        pause
    }

    /// Lets people hear of what was wrong with the look of this moment, if it is news to them.
    fn tell(&self, state: &mut State, now: Instant) {
        let State { known, told, .. } = state;
        let Some(trouble) = known.trouble().filter(|trouble| trouble.at == now) else { return };
        let (kind, message) = (self.kind, &trouble.message);
        if told.is_news(message, now) {
            tracing::warn!(?kind, "discovery: {message}");
        } else {
            tracing::debug!(?kind, "discovery still fails: {message}");
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A look that panics or hangs has failed, as any other; the next one may do better.
async fn look(strategy: &mut dyn Strategy, me: &Peer) -> Result<Answer, String> {
    let watches = strategy.watches();
    match timeout(LOOK_MAX, AssertUnwindSafe(strategy.look(me)).catch_unwind()).await {
        Ok(Ok(found)) => found.map_err(|error| error.to_string()),
        Ok(Err(_panic)) => Err(format!("looking at {watches} panicked")),
        Err(_elapsed) => Err(format!("{watches} gave no answer within {LOOK_MAX:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn failures_that_take_turns_are_no_news_after_the_first_time() {
        let me = ([127, 0, 0, 1], 1).into();
        let watch = Watch::settled(DiscoveryKind::Dns, String::new(), Known::nothing(me));
        let every = Duration::from_secs(5);
        for found in [Err("SERVFAIL"), Ok(Answer::default()), Err("no answer")] {
            watch.take(found.map_err(String::from), every);
        }
        let heard = |message: &str| !watch.state().told.is_news(message, Instant::now());
        assert_eq!(["SERVFAIL", "no answer", "refused"].map(heard), [true, true, false]);
    }
}
