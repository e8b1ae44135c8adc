//! The attributes of Arsenal: attribute and signature are collected, checked, then expanded.
//!
//! The user's function is always emitted first and stays a plain function; everything that is
//! wrong is reported in one compile, at the token.

mod blueprint;
mod docs;
mod error_type;
mod errors;
#[cfg(test)]
mod expansion_tests;
mod expected;
mod keys;
mod message;
mod operation;
mod param;
mod parameter;
mod parameter_tokens;
mod parameters;
mod path;
mod signature;
mod snake_case;
mod state;

use proc_macro::TokenStream;

/// Turns a free `async fn` into an operation of the cluster.
///
/// `#[operation(METHOD, "PATH", key = value, …)]`: `get`, `post`, `put`, `patch` or `delete`, and a
/// template as `/api/v1/items/{id}`. The first line of the doc comment is the summary, the rest the
/// description; those of the arguments describe the parameters. The function answers `Result<T, E>`, `E` an
/// `OperationError` or a type that derives it.
///
/// # Keys
///
/// | Key | Meaning | Without it |
/// |---|---|---|
/// | `name = "item.show"` | the permanent name | tag, and the function's name without the tag's word |
/// | `tag = "item"` | the group that it is listed in | the name of the module |
/// | `target = here \| any \| node(ARG) \| owner(ARG) \| all_nodes` | where it runs | `here` |
/// | `gather = FN` | what makes one answer of all, `fn(Vec<NodeAnswer<T>>) -> U` | an answer for each node; pages are merged |
/// | `require = any \| majority \| all` | how many nodes must answer | `any` |
/// | `partition = any \| majority` | on which side of a partition it runs | `majority` for what changes all nodes, else `any` |
/// | `access = read \| operate \| admin` | who may call it | `read` for GET, else `operate` |
/// | `timeout = "2s"` | the function is dropped at its next `.await` after it (`ms`, `s`, `m`) | `5s` |
/// | `body_limit = "64KiB"` | the longest body (`B`, `KiB`, `MiB`) | `1MiB` |
/// | `concurrency = 8` | how many run at once on a node | as many as come |
/// | `rate = "100/s"` | how many start in that time on a node (`s`, `m`, `h`) | as many as come |
/// | `idempotent` | takes `Idempotency-Key`; not for GET | takes none |
/// | `status = 201` | the status of its answer | `200` |
/// | `stream` | gives `impl Stream<Item = Result<T, E>>`, served as server-sent events | one answer |
/// | `alias = "/other/{id}"` | one more path; may be given again | none |
/// | `deprecated`, `deprecated = "2026-11-01"` | that clients should stop using it, and since when | it stays |
/// | `sunset = "2027-05-01"` | when it goes away | it stays |
/// | `since = "1.2"`, `until = "2.0"` | the first version of the API with it, and the first without | all |
/// | `replaced_by = "item.show"` | what takes its place | nothing |
/// | `crate = path` | where `arsenal_core` is renamed | `::arsenal_core` |
///
/// # Arguments
///
/// A `NodeContext` (first), `#[state] x: T` (a value that the node was given), and parameters: one that the
/// path captures comes from there; with GET and DELETE the others from the query, else from the fields of
/// the JSON body. `#[param(…)]` says more of one:
///
/// | Key | Meaning |
/// |---|---|
/// | `path`, `query`, `header`, `body` | where it comes from; `body` is the whole of it |
/// | `name = "type"` | what clients call it |
/// | `default = 100` | what it is if it is not given |
/// | `range(min = 1, max = 9)` | the bounds of a number |
/// | `length(min = 1, max = 9)` | of a text, in characters, or of a list |
/// | `pattern = "^[a-z]+$"` | a regular expression that a text matches |
/// | `items(range(…), length(…), pattern = "…")` | the rules of each item of a list |
/// | `example = "…"` | shown in the document |
/// | `deprecated` | that clients should stop sending it |
/// | `flatten` | the fields of a struct that derives `Parameters`, each a parameter |
/// | `content_type = "image/png"` | of a raw body, whose type is `bytes::Bytes` |
///
/// The guide `docs/adding-an-operation.md` of the repository has an example of each.
#[proc_macro_attribute]
pub fn operation(attribute: TokenStream, item: TokenStream) -> TokenStream {
    operation::expand(attribute.into(), &item.into()).into()
}

/// Makes the fields of a struct parameters, with the rules that arguments have.
///
/// Each field takes `#[param(…)]` and a doc comment, as an argument of `#[operation]` does. The
/// struct can be an argument, stand inside of one, or be flattened: `#[param(flatten)]`. The derive
/// implements `serde::Deserialize` and `schemars::JsonSchema`, so that rules, decoding and schema
/// come from one place. A struct that is answered as well derives `serde::Serialize` beside it; its
/// `#[serde(…)]` must then name the fields as `#[param(name = …)]` does.
///
/// `#[param(crate = path)]` on the struct says where core is renamed.
#[proc_macro_derive(Parameters, attributes(param, serde))]
pub fn parameters(item: TokenStream) -> TokenStream {
    parameters::expand(item.into()).into()
}

/// Turns a free `fn` that describes a child into a blueprint, from which any node can start one.
///
/// `#[blueprint]` or `#[blueprint(name = "…", crate = path)]`: the name is that of the function if none
/// is given. The arguments follow the rules of [`macro@operation`], as fields of one JSON object; places
/// (`path`, `query`, `header`, `body`) and `#[state]` mean nothing here.
#[proc_macro_attribute]
pub fn blueprint(attribute: TokenStream, item: TokenStream) -> TokenStream {
    blueprint::expand(attribute.into(), &item.into()).into()
}

/// Makes an error type of one's own an error of operations: each variant of an enum, or a struct,
/// says with `#[problem(…)]` what its clients get.
///
/// * `status = 409`: the HTTP status, 400 to 599; needed.
/// * `code = "sold_out"`: else the name in snake case. On the wire it is `<crate>.<code>`, with the
///   package's name as Rust spells it.
/// * `suggestion = "…"`: a next step for the client.
/// * `transparent`: instead of these, the problem of the only field: an `OperationError`, or another
///   error type that derives this.
/// * `crate = path`, on the type: where core is renamed.
///
/// What `Display` shows is the text that clients read; `source()` goes to the log only. The doc
/// comment is the description of the code in the `OpenAPI` document.
#[proc_macro_derive(OperationError, attributes(problem))]
pub fn operation_error(item: TokenStream) -> TokenStream {
    error_type::expand(item.into()).into()
}

/// Makes a type a message of ractor that Arsenal knows: its variants have names, its sends are
/// counted. It takes the place of `RactorMessage` and `RactorClusterMessage`.
///
/// `#[message(…)]` on the type offers more of it; keys can be combined:
///
/// * `json`: operations may call and send it. Fields are `serde::Deserialize` and
///   `schemars::JsonSchema`, replies `serde::Serialize` and `JsonSchema`; doc comments are the
///   descriptions. Not for types with generic parameters.
/// * `cluster`: it may be sent to other nodes, in the format of `RactorClusterMessage`. Fields and
///   replies are `ractor::BytesConvertable`.
/// * `show`: traces may show what it holds, by its `Debug`.
/// * `crate = path`: where `arsenal_cluster` is renamed.
///
/// On a variant, `#[message(skip)]` keeps it out of JSON.
///
/// In JSON a variant is named in snake case: `{"add": 5}` where it holds one value, `{"move": [1, 2]}`
/// where it holds several, `{"move": {"x": 1, "y": 2}}` where they have names, and `"get"` where it
/// holds nothing but the `RpcReplyPort` of a call, which stands nowhere. A struct is what it holds,
/// without a name around it. `#[serde(…)]` and `#[schemars(…)]` on fields with names are heeded.
#[proc_macro_derive(ArsenalMessage, attributes(message, rpc, serde, schemars))]
pub fn arsenal_message(item: TokenStream) -> TokenStream {
    message::expand(item.into()).into()
}

/// Offers the state of actors whose state is of this type: a `serde::Serialize` with
/// `schemars::JsonSchema`, without generic parameters.
///
/// `#[state(crate = path)]` says where `arsenal_cluster` is renamed.
#[proc_macro_derive(ArsenalState, attributes(state))]
pub fn arsenal_state(item: TokenStream) -> TokenStream {
    state::expand(item.into()).into()
}
