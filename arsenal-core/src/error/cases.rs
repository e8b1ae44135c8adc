//! The errors of a user's own type: what they are to clients, and how the documentation knows them.

use std::{error::Error, fmt};

use super::{Code, OperationError};
use crate::spec::ErrorCase;

/// An error that an operation can have: [`OperationError`](struct@OperationError), or a type that derives it.
///
/// ```
/// use arsenal_core::prelude::*;
///
/// #[derive(Debug, thiserror::Error, OperationError)]
/// enum ShopError {
///     /// Nothing is left of the item.
///     #[error("{item} is sold out")]
///     #[problem(status = 409)]
///     SoldOut { item: String },
///     /// The store cannot be read.
///     #[error("the store is not available")]
///     #[problem(status = 503, code = "no_store", suggestion = "try again later")]
///     Store(#[source] std::io::Error),
///     #[error(transparent)]
///     #[problem(transparent)]
///     Other(#[from] OperationError),
/// }
///
/// let error = OperationError::from(ShopError::SoldOut { item: "tea".to_owned() });
/// assert_eq!((error.code().as_str(), error.status()), ("arsenal_core.sold_out", 409));
/// assert_eq!(error.detail(), "tea is sold out");
/// ```
///
/// By hand it is what the error becomes and, for the documentation, the codes that it can give:
///
/// ```
/// use arsenal_core::{
///     error::{Code, ErrorCases, OperationError},
///     spec::ErrorCase,
/// };
///
/// struct Empty;
///
/// const EMPTY: ErrorCase =
///     ErrorCase { code: "shop.empty", status: 409, description: "The till is empty." };
///
/// impl ErrorCases for Empty {
///     const CASES: &'static [ErrorCase] = &[EMPTY];
///
///     fn into_error(self) -> OperationError {
///         OperationError::new(Code::custom(EMPTY.code, EMPTY.status), "come back later")
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the error of an operation",
    label = "not an error of operations",
    note = "use `OperationError`, or derive it: `#[derive(OperationError)]` on an error type of your own"
)]
pub trait ErrorCases: Sized {
    /// The codes that are its own; those of the framework are documented anyway.
    const CASES: &'static [ErrorCase] = &[];

    /// What surfaces show of it.
    fn into_error(self) -> OperationError;
}

impl ErrorCases for OperationError {
    fn into_error(self) -> OperationError {
        self
    }
}

/// What an error type must be before it can derive [`OperationError`].
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an error",
    label = "not an error",
    note = "implement `std::error::Error`, by hand or with `thiserror`: \
            `Display` is the text that clients read; it must also be `Send + Sync + 'static`"
)]
pub trait OwnError: Error + Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Error + Send + Sync + 'static> OwnError for T {}

/// An error of a user's own type. Its text is for the client; its source, where it has one, for the
/// log.
#[doc(hidden)]
pub fn own_error<E: OwnError>(
    error: E,
    code: &'static str,
    status: u16,
    suggestion: Option<&'static str>,
) -> OperationError {
    let mut problem = OperationError::new(Code::custom(code, status), error.to_string());
    if let Some(suggestion) = suggestion {
        problem = problem.suggest(suggestion);
    }
    if error.source().is_some() { problem.because(Cause(error)) } else { problem }
}

/// What caused an error: its text is known already.
#[derive(Debug)]
struct Cause<E>(E);

impl<E: Error> fmt::Display for Cause<E> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.source().map_or(Ok(()), |source| write!(formatter, "{source}"))
    }
}

impl<E: Error> Error for Cause<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source().and_then(Error::source)
    }
}

/// The code of a user's error, `<crate>.<code>`, put together while the crate is compiled.
#[doc(hidden)]
#[derive(Debug)]
pub struct CodeBuffer<const N: usize>([u8; N]);

impl<const N: usize> CodeBuffer<N> {
    /// The package's name as Rust spells the crate, a dot, the code. `N` is their length.
    #[expect(clippy::indexing_slicing, reason = "runs in the compiler: a panic is an error there")]
    pub const fn new(package: &str, code: &str) -> Self {
        let (package, code) = (package.as_bytes(), code.as_bytes());
        let mut text = [b'.'; N];
        let mut next = 0;
        while next < package.len() {
            text[next] = if package[next] == b'-' { b'_' } else { package[next] };
            next += 1;
        }
        let start = package.len() + 1;
        let mut next = 0;
        while next < code.len() {
            text[start + next] = code[next];
            next += 1;
        }
        Self(text)
    }

    /// The code.
    pub const fn as_str(&self) -> &str {
        match str::from_utf8(&self.0) {
            Ok(code) => code,
            Err(_) => "",
        }
    }
}

/// How many cases there are in some lists together.
#[doc(hidden)]
#[expect(clippy::indexing_slicing, reason = "runs in the compiler: a panic is an error there")]
pub const fn count_cases(lists: &[&[ErrorCase]]) -> usize {
    let (mut count, mut list) = (0, 0);
    while list < lists.len() {
        count += lists[list].len();
        list += 1;
    }
    count
}

/// The cases of some lists, in order. `N` is their count.
#[doc(hidden)]
#[expect(clippy::indexing_slicing, reason = "runs in the compiler: a panic is an error there")]
pub const fn join_cases<const N: usize>(lists: &[&[ErrorCase]]) -> [ErrorCase; N] {
    let mut all = [ErrorCase { code: "", status: 0, description: "" }; N];
    let (mut next, mut list) = (0, 0);
    while list < lists.len() {
        let mut case = 0;
        while case < lists[list].len() {
            all[next] = lists[list][case];
            next += 1;
            case += 1;
        }
        list += 1;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorChain;

    #[derive(Debug)]
    struct Outer(OperationError);

    impl fmt::Display for Outer {
        fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("public")
        }
    }

    impl Error for Outer {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.0)
        }
    }

    #[test]
    fn the_source_is_for_the_log_only() {
        let private = OperationError::conflict("the disk").because("is full");
        let error = own_error(Outer(private), "shop.store", 503, Some("try later"));
        assert_eq!((error.detail(), error.status()), ("public", 503));
        let shown = ErrorChain(error.source().unwrap()).to_string();
        assert_eq!(shown, "conflict: the disk: is full");
        let problem = serde_json::to_string(&error.to_problem("")).unwrap();
        assert!(!problem.contains("disk") && problem.contains("try later"), "{problem}");
    }

    #[test]
    fn a_code_has_the_crate_in_front() {
        assert_eq!(CodeBuffer::<13>::new("my-shop", "store").as_str(), "my_shop.store");
    }
}
