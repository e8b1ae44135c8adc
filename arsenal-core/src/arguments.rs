//! The arguments of an invocation, as they came: undecoded, so that they can travel to another node.

use bytes::Bytes;
use http::HeaderMap;
use serde::{Deserialize, Serialize};

use crate::spec::{Location, OperationSpec};

/// Undecoded arguments, borrowed from whatever carries them.
#[derive(Clone, Copy, Debug)]
pub enum Arguments<'a> {
    /// From an HTTP request.
    Http {
        /// The template that the path matched: the path of the operation or one of its aliases.
        template: &'a str,
        /// The raw path, still percent-encoded.
        path: &'a str,
        /// The raw query, without `?`.
        query: &'a str,
        /// All headers.
        headers: &'a HeaderMap,
        /// The body; empty for none.
        body: &'a [u8],
    },
    /// One JSON object with all parameters by name, whatever their location.
    Json(&'a [u8]),
}

/// Arguments that own their bytes: what an envelope carries.
#[derive(Clone, Debug)]
pub enum OwnedArguments {
    /// From an HTTP request; of the headers only those that are parameters.
    Http {
        /// As in [`Arguments::Http`].
        request: HttpArguments,
        /// The headers that are parameters.
        headers: HeaderMap,
        /// The body.
        body: Bytes,
    },
    /// One JSON object.
    Json(Bytes),
}

/// The texts of an HTTP request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpArguments {
    /// The template that the path matched.
    pub template: String,
    /// The raw path.
    pub path: String,
    /// The raw query.
    pub query: String,
}

impl OwnedArguments {
    /// Copies what the operation may read, and nothing else: no cookie leaves this node.
    pub fn copied(spec: &OperationSpec, arguments: Arguments<'_>) -> Self {
        match arguments {
            Arguments::Http { template, path, query, headers, body } => Self::Http {
                request: HttpArguments {
                    template: template.to_owned(),
                    path: path.to_owned(),
                    query: query.to_owned(),
                },
                headers: parameter_headers(spec, headers),
                body: Bytes::copy_from_slice(body),
            },
            Arguments::Json(object) => Self::Json(Bytes::copy_from_slice(object)),
        }
    }

    /// The same, borrowed.
    pub fn borrowed(&self) -> Arguments<'_> {
        match self {
            Self::Http { request, headers, body } => Arguments::Http {
                template: &request.template,
                path: &request.path,
                query: &request.query,
                headers,
                body,
            },
            Self::Json(object) => Arguments::Json(object),
        }
    }
}

fn parameter_headers(spec: &OperationSpec, all: &HeaderMap) -> HeaderMap {
    let names = spec.parameters.iter().filter(|p| p.location == Location::Header).map(|p| p.name);
    let mut kept = HeaderMap::new();
    for name in names {
        for value in all.get_all(name) {
            if let Ok(name) = http::HeaderName::try_from(name) {
                kept.append(name, value.clone());
            }
        }
    }
    kept
}
