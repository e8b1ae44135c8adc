//! How much each node is asked for, and the request that asks for it. Pure.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde_json::{Map, Value};

use crate::{
    answer::Cursor,
    arguments::{HttpArguments, OwnedArguments},
    decode::{is_name, pairs},
    membership::Member,
    name::NodeName,
    spec::OperationSpec,
};

/// Rows of a page where neither request nor operation say a number.
const LIMIT_DEFAULT: usize = 100;

/// The `limit` of the request, else its default.
pub(super) fn limit_of(spec: &OperationSpec, arguments: &OwnedArguments) -> usize {
    let given = arguments.borrowed().text("limit").and_then(|text| text.parse().ok());
    let default = || {
        let default = spec.parameter("limit")?.default?;
        usize::try_from(default().as_u64()?).ok()
    };
    given.or_else(default).unwrap_or(LIMIT_DEFAULT)
}

/// Splits `rows` over the nodes, as evenly as it goes; a node with nothing to ask is not named.
pub(super) fn split(rows: usize, nodes: &[Member]) -> BTreeMap<NodeName, usize> {
    let count = nodes.len().max(1);
    let (each, more) = (rows / count, rows % count);
    nodes
        .iter()
        .enumerate()
        .map(|(index, member)| (member.name.clone(), each + usize::from(index < more)))
        .filter(|(_, share)| *share > 0)
        .collect()
}

/// The request with `limit` and `cursor` replaced.
pub(super) fn with_share(
    arguments: &OwnedArguments,
    share: usize,
    cursor: Option<Cursor>,
) -> OwnedArguments {
    let cursor = cursor.and_then(|cursor| serde_json::to_value(cursor).ok());
    match arguments {
        OwnedArguments::Http { request, headers, body } => OwnedArguments::Http {
            request: HttpArguments {
                query: query_with(&request.query, share, cursor.as_ref()),
                ..request.clone()
            },
            headers: headers.clone(),
            body: body.clone(),
        },
        OwnedArguments::Json(object) => {
            OwnedArguments::Json(object_with(object, share, cursor.as_ref()))
        }
    }
}

fn query_with(query: &str, share: usize, cursor: Option<&Value>) -> String {
    let kept = pairs(query).filter(|(name, _)| !is_name(name, "limit") && !is_name(name, "cursor"));
    let mut pairs: Vec<String> = kept.map(|(name, value)| format!("{name}={value}")).collect();
    pairs.push(format!("limit={share}"));
    // A cursor is URL-safe base64: nothing in it needs encoding.
    pairs.extend(cursor.and_then(Value::as_str).map(|cursor| format!("cursor={cursor}")));
    pairs.join("&")
}

fn object_with(object: &[u8], share: usize, cursor: Option<&Value>) -> Bytes {
    let mut fields: Map<String, Value> = serde_json::from_slice(object).unwrap_or_default();
    fields.insert(String::from("limit"), share.into());
    fields.remove("cursor");
    fields.extend(cursor.map(|cursor| (String::from("cursor"), cursor.clone())));
    serde_json::to_vec(&fields).expect("a JSON object stays one").into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::membership::NodeStatus;

    fn nodes(names: &str) -> Vec<Member> {
        names
            .split(' ')
            .map(|name| Member {
                name: name.parse().unwrap(),
                generation: 1,
                status: NodeStatus::Up,
            })
            .collect()
    }

    #[test]
    fn shares_add_up_to_the_limit() {
        for rows in [0, 1, 2, 3, 100, 101] {
            let shares = split(rows, &nodes("a b c"));
            assert_eq!(shares.values().sum::<usize>(), rows);
            let (most, least) = (shares.values().max(), shares.values().min());
            assert!(most.unwrap_or(&0) - least.unwrap_or(&0) <= 1);
        }
    }

    #[test]
    fn only_limit_and_cursor_are_replaced() {
        let cursor = Cursor::new("x");
        let encoded = serde_json::to_value(&cursor).unwrap();
        let query = query_with("type=a%26b&lim%69t=9&cursor=old&type=c", 3, Some(&encoded));
        assert_eq!(query, "type=a%26b&type=c&limit=3&cursor=eA");
        let object = object_with(br#"{"limit":9,"type":"x","cursor":"old"}"#, 3, None);
        assert_eq!(&object[..], br#"{"limit":3,"type":"x"}"#);
    }
}
