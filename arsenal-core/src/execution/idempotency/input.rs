//! Whether two requests ask for the same: a digest of the arguments as they came.

use sha2::{Digest as _, Sha256};

use crate::{
    arguments::Arguments,
    spec::{Location, OperationSpec},
};

/// SHA-256, and no faster hash: one principal can act for many people, and nobody must be able to
/// make up a request that gets the answer to another one.
pub(super) type InputDigest = [u8; 32];

/// Bytes are compared, not values: other white space is other input.
pub(super) fn digest(spec: &OperationSpec, arguments: Arguments<'_>) -> InputDigest {
    let mut hash = Sha256::new();
    // Each part has its length in front, so that no two lists of parts read the same.
    let mut add = |part: &[u8]| {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    };
    match arguments {
        Arguments::Http { template: _, path, query, headers, body } => {
            add(b"http");
            add(path.as_bytes());
            add(query.as_bytes());
            add(body);
            let names = spec.parameters.iter().filter(|it| it.location == Location::Header);
            for name in names.map(|parameter| parameter.name) {
                add(name.as_bytes());
                add(&headers.get_all(name).iter().count().to_le_bytes());
                headers.get_all(name).iter().for_each(|value| add(value.as_bytes()));
            }
        }
        Arguments::Json(object) => {
            add(b"json");
            add(object);
        }
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};

    use super::*;
    use crate::{
        samples::{operation, parameter},
        spec::{Method, Parameter},
    };

    const HEADER: &[Parameter] = &[parameter("x-tone", Location::Header)];

    fn of(path: &str, query: &str, tone: &'static str, agent: &'static str) -> InputDigest {
        let spec = OperationSpec { parameters: HEADER, ..operation("a.b", Method::Post, "/{x}") };
        let mut headers = HeaderMap::new();
        headers.insert("x-tone", HeaderValue::from_static(tone));
        headers.insert("user-agent", HeaderValue::from_static(agent));
        let arguments =
            Arguments::Http { template: "/{x}", path, query, headers: &headers, body: b"{}" };
        digest(&spec, arguments)
    }

    #[test]
    fn what_the_operation_reads_counts_and_nothing_else() {
        let one = of("/ab", "c", "low", "curl");
        assert_eq!(one, of("/ab", "c", "low", "another"));
        for other in [
            of("/a", "bc", "low", "curl"),
            of("/ab", "c", "high", "curl"),
            of("/ab", "", "low", "curl"),
        ] {
            assert_ne!(one, other);
        }
    }
}
