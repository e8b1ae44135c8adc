//! Actors that supervise each other: ractor allows it, and nothing may go round for ever.

use serde_json::json;

use super::surface::on_both;

#[test]
fn a_circle_of_supervisors_is_shown_and_ended() {
    on_both(|a| {
        let one = a.post("/test/circle/c", &json!({})).ok(201);
        let one = one.as_str().unwrap();
        let path = format!("/processes/{one}");
        let shown = a.get(&path).ok(200);
        let other = shown["supervisor"].as_str().unwrap();
        assert_eq!(shown["child_pids"], json!([other]));
        let above: Vec<_> = shown["ancestors"].as_array().unwrap().iter().collect();
        assert!(above.len() == 1 && above[0]["pid"] == other, "{shown}");

        for root in [one, other] {
            let path = format!("/cluster/supervision-trees?root={root}&node=c");
            let mut tree = a.get(&path).ok(200)["data"]["c"].take();
            assert_eq!((&tree["processes"], &tree["roots"][0]["pid"]), (&json!(2), &json!(root)));
            tree = tree["roots"][0]["children"].take();
            assert!(tree.as_array().unwrap().len() == 1 && tree[0].get("children").is_none());
        }
        assert_eq!(a.delete(&path).ok(200)["ended"], true);
        a.until_gone(&format!("/processes/{other}"));
    });
}
