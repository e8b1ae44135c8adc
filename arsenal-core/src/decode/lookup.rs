//! Single parameters as text, before anything is typed: what planning needs to look at.

use std::collections::BTreeMap;

use serde_json::{Value, value::RawValue};

use super::{
    encoding::{Encoding, decoded},
    query::values,
    request::capture,
};
use crate::arguments::Arguments;

impl Arguments<'_> {
    /// The decoded text of a parameter, unchecked. Looked for in the path, then in the query; in
    /// JSON arguments among the fields. Headers and bodies of HTTP requests are not looked at.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        match *self {
            Self::Http { template, path, query, .. } => {
                let raw = capture(template, path, name).map(|raw| (raw, Encoding::Path));
                let (raw, encoding) =
                    raw.or_else(|| values(query, name).next().map(|raw| (raw, Encoding::Query)))?;
                decoded(raw, encoding).map(Into::into)
            }
            Self::Json(object) => {
                let fields: BTreeMap<&str, &RawValue> = serde_json::from_slice(object).ok()?;
                match serde_json::from_str(fields.get(name)?.get()).ok()? {
                    Value::String(text) => Some(text),
                    Value::Number(number) => Some(number.to_string()),
                    Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::*;

    #[test]
    fn a_parameter_is_found_wherever_it_may_stand() {
        let arguments = Arguments::Http {
            template: "/nodes/{node}",
            path: "/nodes/a%2Db",
            query: "limit=5&cursor=x+y",
            headers: &HeaderMap::new(),
            body: &[],
        };
        assert_eq!(arguments.text("node").as_deref(), Some("a-b"));
        assert_eq!(arguments.text("cursor").as_deref(), Some("x y"));
        assert_eq!(arguments.text("other"), None);
        let json = Arguments::Json(br#"{"node":"a","limit":5,"tags":[]}"#);
        assert_eq!(json.text("node").as_deref(), Some("a"));
        assert_eq!(json.text("limit").as_deref(), Some("5"));
        assert_eq!(json.text("tags"), None);
        assert_eq!(Arguments::Json(b"nonsense").text("node"), None);
    }
}
