//! The names that the expansion needs are taken here by something else.

#![expect(dead_code, reason = "only the names matter")]

use arsenal_core::{
    error::{ErrorCases, OperationError},
    operation,
};

pub struct Option;
pub struct Result;
pub struct String;
pub struct Vec;
pub struct Box;

#[derive(Debug)]
pub(crate) struct Empty;

impl ErrorCases for Empty {
    fn into_error(self) -> OperationError {
        OperationError::conflict("the till is empty")
    }
}

/// Every kind of field, where `Option`, `Vec` and `Result` are something else.
#[derive(Debug, arsenal_core::Parameters)]
#[param(crate = ::arsenal_core)]
pub struct Coins {
    #[param(items(range(min = 1)), length(max = 9))]
    pub list: std::vec::Vec<u8>,
    #[param(default = "x", pattern = "^x")]
    pub r#type: std::string::String,
    #[param(flatten)]
    pub nothing: Nothing,
}

#[derive(Debug, arsenal_core::Parameters)]
pub struct Nothing {}

/// Fills.
#[operation(post, "/api/v1/tills/fill")]
pub async fn fill_till(
    #[param(flatten)] coins: Coins,
    more: std::option::Option<Coins>,
) -> std::result::Result<usize, Empty> {
    let count = |coins: &Coins| coins.list.len() + coins.r#type.len();
    let Nothing {} = coins.nothing;
    Ok(count(&coins) + more.as_ref().map_or(0, count))
}

/// Counts.
///
/// Slowly.
#[operation(
    post, "/api/v1/tills/count", access = admin, timeout = "250ms", status = 202, deprecated,
    target = all_nodes, require = majority, partition = any, alias = "/api/v1/count",
    crate = ::arsenal_core
)]
pub async fn count_till(
    n: u32,
    r#type: std::option::Option<std::string::String>,
    #[param(default = std::vec::Vec::new())] list: std::vec::Vec<u8>,
) -> std::result::Result<u32, Empty> {
    assert!(r#type.is_none() && list.is_empty(), "not given");
    if n == 0 { Err(Empty) } else { Ok(n) }
}

/// Rings.
#[operation(post, "/api/v1/tills/ring", stream, concurrency = 2)]
pub async fn ring(
    n: u32,
) -> std::result::Result<
    impl arsenal_core::answer::Stream<Item = std::result::Result<u32, Empty>> + use<>,
    OperationError,
> {
    if n == 0 {
        Err(Empty.into_error())
    } else {
        Ok(futures_util::stream::iter([Ok(n), Err(Empty)]))
    }
}
