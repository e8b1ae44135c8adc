//! An operation in a crate of one's own: annotate a function, and the cluster serves it.
//!
//! ```text
//! cargo run -p custom-operation -- serve
//! curl -s '127.0.0.1:4000/api/v1/greetings/Ada?times=2'
//! ```

use std::process::ExitCode;

use arsenal_core::prelude::*;
use schemars::JsonSchema;
use serde::Serialize;

/// What the greeted one reads.
#[derive(Debug, Serialize, JsonSchema)]
struct Greeting {
    /// The text.
    text: String,
    /// The node that greets.
    node: NodeName,
}

/// Greets somebody.
#[operation(get, "/api/v1/greetings/{name}", tag = "greeting")]
async fn create_greeting(
    context: NodeContext,
    /// Who is greeted.
    name: String,
    /// How often.
    #[param(range(min = 1, max = 3), default = 1)]
    times: u8,
) -> Result<Greeting, OperationError> {
    let text = vec![format!("Hello, {name}!"); usize::from(times)].join(" ");
    Ok(Greeting { text, node: context.node().clone() })
}

fn main() -> ExitCode {
    arsenal_server::run()
}

#[cfg(test)]
mod tests {
    use arsenal_core::testing;
    use serde_json::{Value, json};

    use super::*;

    #[tokio::test]
    async fn it_greets_as_often_as_it_is_told() {
        let greeting = create_greeting(NodeContext::alone(), "Ada".to_owned(), 2).await.unwrap();
        assert_eq!(greeting.text, "Hello, Ada! Hello, Ada!");
    }

    #[tokio::test]
    async fn it_is_told_how_often_at_most() {
        let greet = |times: u8| {
            testing::call::<Value>("greeting.create", json!({ "name": "Ada", "times": times }))
        };
        assert_eq!(greet(3).await.unwrap()["node"], "alone");
        let error = greet(4).await.unwrap_err();
        assert_eq!((error.status(), &*error.violations()[0].name), (422, "times"));
    }
}
