//! More nodes than calls in flight, with a paused clock.

use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, sleep};

use super::*;
use crate::{
    envelope::encode_answer,
    membership::Ran,
    samples::{leaked, operation},
    scripted_cluster::{Sent, context, hung, members},
    spec::Method,
};

const DEADLINE: Duration = Duration::from_secs(1);
const OTHERS: usize = FAN_OUT_IN_FLIGHT_MAX + 6;

fn slow_answer() -> Sent {
    Box::pin(async {
        sleep(Duration::from_millis(10)).await;
        Ok(encode_answer(Reply::json(&1)))
    })
}

/// The outcomes of all other nodes, in order, of which those up to `hung_below` hang.
async fn outcomes(hung_below: usize) -> Vec<Outcome> {
    let names: Vec<String> = (0..OTHERS).map(|number| format!("n{number:03}")).collect();
    let others: Vec<&str> = names.iter().map(String::as_str).collect();
    let first_good = format!("n{hung_below:03}");
    let context = context(&others, DEADLINE, move |node, _, timeout| {
        if node.as_str() < first_good.as_str() { hung(timeout) } else { slow_answer() }
    });
    let arguments = Arc::new(OwnedArguments::Json(Bytes::from_static(b"{}")));
    let call = |member| NodeCall { member, arguments: Arc::clone(&arguments) };
    let calls = members(&context).into_iter().skip(1).map(call).collect();
    let spec = leaked(vec![operation("own.one", Method::Get, "/own")])[0];
    let start = Instant::now();
    let outcomes = fan_out(spec, &context, calls).await;
    assert!(start.elapsed() < DEADLINE + Duration::from_millis(5), "{:?}", start.elapsed());
    assert!(outcomes.iter().map(|(node, _)| node.as_str()).eq(others));
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}

#[tokio::test(start_paused = true)]
async fn a_hung_node_does_not_delay_those_behind_it() {
    let outcomes = outcomes(1).await;
    assert!(outcomes[0].is_err());
    assert!(outcomes[1..].iter().all(Result::is_ok));
}

#[tokio::test(start_paused = true)]
async fn nodes_whose_turn_comes_after_the_deadline_did_not_run() {
    let outcomes = outcomes(FAN_OUT_IN_FLIGHT_MAX).await;
    for (index, outcome) in outcomes.iter().enumerate() {
        let failure = outcome.as_ref().unwrap_err();
        let expected = if index < FAN_OUT_IN_FLIGHT_MAX { Ran::Unknown } else { Ran::No };
        assert_eq!((failure.code.as_str(), failure.ran), ("distributed_timeout", expected));
    }
}
