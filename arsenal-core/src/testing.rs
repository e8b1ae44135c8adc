//! Unit tests of operations: one operation with JSON input, without a network.
//!
//! Everything but the network is real: the arguments are decoded and checked, the caller is
//! authorised, a panic is an error of the call, the timeout ends it (with tokio's paused clock at
//! once).
//!
//! ```
//! use arsenal_core::{prelude::*, testing};
//! use serde_json::json;
//!
//! /// Greets somebody.
//! #[operation(get, "/greetings/{name}", name = "greeting.create")]
//! async fn greet(
//!     name: String,
//!     /// How often.
//!     #[param(range(min = 1, max = 3), default = 1)]
//!     times: usize,
//! ) -> Result<String, OperationError> {
//!     Ok(vec![format!("Hello, {name}!"); times].join(" "))
//! }
//!
//! # async fn it_greets() -> Result<(), OperationError> {
//! let text: String = testing::call("greeting.create", json!({ "name": "Ada" })).await?;
//! assert_eq!(text, "Hello, Ada!");
//!
//! let refused = testing::call::<String>("greeting.create", json!({ "name": "Ada", "times": 9 }));
//! let error = refused.await.unwrap_err();
//! assert_eq!((error.status(), error.violations()[0].name.as_str()), (422, "times"));
//! # Ok(())
//! # }
//! # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap()
//! #     .block_on(it_greets()).unwrap();
//! ```

#[cfg(test)]
#[path = "testing_tests.rs"]
mod tests;

use std::sync::Arc;

use bytes::{BufMut as _, Bytes, BytesMut};
use futures_util::{
    StreamExt as _,
    future::{BoxFuture, FutureExt as _},
};
use serde::{Serialize, de::DeserializeOwned};
use tokio::time::Instant;

use crate::{
    answer::{Emitted, EventStream, Reply},
    arguments::Arguments,
    authorize::authorize,
    context::{Invocation, NodeContext, NodeParts, Services},
    dispatch::dispatch,
    error::OperationError,
    execution::execute,
    membership::{Alone, Mode},
    name::NodeName,
    principal::{Principal, Role},
    registry::Registry,
    request_id::RequestId,
    spec::OperationSpec,
};

/// The answer of an operation, or why it gave none.
pub type Outcome<T> = BoxFuture<'static, Result<T, OperationError>>;

/// Runs the operation with this permanent name on a node without services: see [`TestNode::call`].
///
/// # Panics
/// As [`TestNode::call`] does.
#[track_caller]
pub fn call<T: DeserializeOwned + 'static>(operation: &str, input: impl Serialize) -> Outcome<T> {
    node().call(operation, input)
}

/// A node called `alone`, with every operation that is linked into the test and without services.
///
/// # Panics
/// The operations cannot be served together: see [`Registry::from_linked`].
#[track_caller]
pub fn node() -> TestNode {
    TestNode::new(Registry::from_linked().unwrap_or_else(|error| misused(error.to_string())))
}

/// One node for one call. Made by [`node`].
#[derive(Debug)]
pub struct TestNode {
    registry: Registry,
    services: Services,
    caller: Principal,
}

impl TestNode {
    /// A node with these operations.
    pub fn new(registry: Registry) -> Self {
        let caller = Principal::new("test", Role::Admin);
        Self { registry, services: Services::default(), caller }
    }

    /// Gives it a value: a `#[state]` of operations, or a service that they take from the context.
    #[must_use]
    pub fn with<T: Send + Sync + 'static>(mut self, value: T) -> Self {
        self.services = self.services.with(value);
        self
    }

    /// Calls in this role; without it as an administrator.
    #[must_use]
    pub fn role(self, role: Role) -> Self {
        self.caller(Principal::new("test", role))
    }

    /// Calls as somebody, or as [`Principal::nobody`].
    #[must_use]
    pub fn caller(mut self, caller: Principal) -> Self {
        self.caller = caller;
        self
    }

    /// Runs an operation and gives what its function answers. All parameters, wherever requests
    /// have them, are fields of `input`.
    ///
    /// ```
    /// use std::sync::{Arc, atomic::{AtomicU32, Ordering}};
    ///
    /// use arsenal_core::{prelude::*, principal::Role, testing};
    /// use serde_json::json;
    ///
    /// #[derive(Clone)]
    /// struct Store(Arc<AtomicU32>);
    ///
    /// #[derive(Debug, thiserror::Error, OperationError)]
    /// enum ShopError {
    ///     /// Less is left than was asked for.
    ///     #[error("only {left} are left")]
    ///     #[problem(status = 409)]
    ///     SoldOut { left: u32 },
    /// }
    ///
    /// /// Buys some.
    /// #[operation(post, "/shop/buy", name = "shop.buy")]
    /// async fn buy(#[state] store: Store, count: u32) -> Result<u32, ShopError> {
    ///     let left = store.0.load(Ordering::Relaxed);
    ///     left.checked_sub(count).ok_or(ShopError::SoldOut { left })
    /// }
    ///
    /// # async fn it_sells() -> Result<(), OperationError> {
    /// let node = || testing::node().with(Store(Arc::new(AtomicU32::new(3))));
    /// let left: u32 = node().call("shop.buy", json!({ "count": 2 })).await?;
    /// assert_eq!(left, 1);
    ///
    /// let error = node().call::<u32>("shop.buy", json!({ "count": 4 })).await.unwrap_err();
    /// assert_eq!((error.status(), error.detail()), (409, "only 3 are left"));
    ///
    /// let reader = node().role(Role::Read);
    /// let error = reader.call::<u32>("shop.buy", json!({ "count": 1 })).await.unwrap_err();
    /// assert_eq!(error.code().as_str(), "forbidden");
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap()
    /// #     .block_on(it_sells()).unwrap();
    /// ```
    ///
    /// A stream is read to its end: `T` is the list of what its events carry.
    ///
    /// # Panics
    /// The test is wrong: there is no such operation, it needs a state that the node was not given,
    /// the input is no JSON. Once awaited: it answers something else than a `T`.
    #[track_caller]
    pub fn call<T: DeserializeOwned + 'static>(
        self,
        operation: &str,
        input: impl Serialize,
    ) -> Outcome<T> {
        let (spec, context, input) = self.prepare(operation, &input);
        let running = authorize(spec, context.principal())
            .map(|()| execute(spec, context, Arguments::Json(&input)));
        async move { typed(spec, running?.await?).await }.boxed()
    }

    /// Sends the request through the whole plan, as a client would: what is answered for
    /// `target = all_nodes` is a [`FanOut`](crate::answer::FanOut), of this one node.
    ///
    /// # Panics
    /// As [`TestNode::call`] does.
    #[track_caller]
    pub fn request<T: DeserializeOwned + 'static>(
        self,
        operation: &str,
        input: impl Serialize,
    ) -> Outcome<T> {
        let (spec, context, input) = self.prepare(operation, &input);
        let running = dispatch(spec, context, Arguments::Json(&input));
        async move { typed(spec, running.await?.reply).await }.boxed()
    }

    #[track_caller]
    fn prepare(
        self,
        operation: &str,
        input: &impl Serialize,
    ) -> (&'static OperationSpec, NodeContext, Vec<u8>) {
        let Some(spec) = self.registry.get(operation) else {
            let near = self.registry.nearest(operation);
            misused(format!("no operation `{operation}` is linked; near are {near:?}"));
        };
        let mut states = spec.states.iter();
        if let Some(state) = states.find(|state| !(state.is_present)(&self.services)) {
            let missing = (state.type_name)();
            misused(format!("`{operation}` needs a `{missing}`: give it with `.with(…)`"));
        }
        let input = serde_json::to_vec(input)
            .unwrap_or_else(|error| misused(format!("the input is no JSON: {error}")));
        let name: NodeName = "alone".parse().expect("a valid name");
        let cluster = Arc::new(Alone::new(name.clone()));
        let registry = Arc::new(self.registry);
        let node = NodeParts::new(name, cluster, registry, self.services, Mode::Cluster);
        let deadline = Instant::now() + spec.timeout;
        let invocation = Invocation::new(self.caller, RequestId::new(), deadline);
        (spec, NodeContext::new(Arc::new(node), invocation), input)
    }
}

async fn typed<T: DeserializeOwned>(
    spec: &OperationSpec,
    reply: Reply,
) -> Result<T, OperationError> {
    let json = match reply {
        Reply::Stream(events) => all(events).await?,
        value @ (Reply::Json(_) | Reply::Replayed(_) | Reply::DryRun(_)) => value.into_json()?,
    };
    Ok(serde_json::from_slice(&json).unwrap_or_else(|error| {
        let (name, shown) = (spec.name, String::from_utf8_lossy(&json));
        misused(format!("`{name}` answered something else: {error}: {shown}"))
    }))
}

/// The data of all events of a stream, as one list.
async fn all(mut events: EventStream) -> Result<Bytes, OperationError> {
    let mut list = BytesMut::from("[");
    while let Some(emitted) = events.next().await {
        match emitted? {
            Emitted::Event(event) => {
                if list.len() > 1 {
                    list.put_u8(b',');
                }
                list.put_slice(&event.data);
            }
            Emitted::Failed(failure) => return Err(OperationError::of_failures(0, vec![failure])),
        }
    }
    list.put_u8(b']');
    Ok(list.freeze())
}

/// Ends a test that asks for what cannot be.
#[track_caller]
#[expect(clippy::panic, reason = "how a test says that it is wrong itself")]
#[expect(clippy::needless_pass_by_value, reason = "callers make the text in place")]
fn misused(message: String) -> ! {
    panic!("{message}")
}
