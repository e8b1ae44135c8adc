//! Process groups of ractor, with their members on each node.

use serde_json::{Value, json};

use super::surface::{Surface, on_both};

/// Starts a process that joins a group.
fn member(a: &Surface<'_>, node: &str, group: &str) -> Value {
    a.post(&format!("/test/named/{node}"), &json!({ "group": group })).ok(201)
}

#[test]
fn groups_are_listed_with_the_members_of_each_node() {
    on_both(|a| {
        let on_c = [member(a, "c", "crowd"), member(a, "c", "crowd")];
        let on_b = member(a, "b", "crowd");
        member(a, "b", "alone");
        let rows = a.rows("/groups");
        assert_eq!(rows.len(), 3, "{rows:?}");
        let crowd = a.rows("/groups?name=cro*&scope=__default_scope__");
        let expected = |node: &str, members: &[Value]| {
            json!({
                "scope": "__default_scope__", "name": "crowd", "node": node, "internal": false,
                "members": members, "members_total": members.len(),
            })
        };
        assert_eq!(crowd, [expected("b", &[on_b]), expected("c", &on_c)]);
        assert_eq!(a.one_by_one("/groups?name=crowd"), crowd);
        assert_eq!(a.rows("/groups?node=c"), crowd[1..]);
        assert!(a.rows("/groups?scope=other").is_empty());

        // Simulated nodes need no groups to find each other.
        let internal = a.rows("/groups?scope=arsenal&include_internal=true");
        assert_eq!(internal.len(), if a.is_simulated() { 0 } else { 3 }, "{internal:?}");
        assert!(internal.iter().all(|row| row["internal"] == true), "{internal:?}");
        let stop = |id: &Value| {
            let id = id.as_str().unwrap();
            a.post(&format!("/test/named/{id}/stop"), &json!({})).ok(200);
        };
        on_c.iter().for_each(stop);
        assert_eq!(a.rows("/groups?name=crowd"), crowd[..1], "who has ended is in no group");
    });
}
