//! What an operator is told before the voters are changed.

use arsenal_core::membership::{Quorum, Verdict};
use tokio::time::Instant;

use super::*;
use crate::membership::{
    Electorate, MemberState, NodeFacts,
    samples::{facts, name, names, reached, stranger},
};

/// A node that knows others.
struct Scene {
    own: NodeFacts,
    others: BTreeMap<NodeName, MemberState>,
    quorum: Quorum,
    evidence: Vec<Evidence>,
    duplicates: BTreeMap<NodeName, BTreeSet<u64>>,
}

/// Node `a`, whose voters are these, sees `live` and knows that `gone` are down.
fn scene(verdict: Verdict, voters: &str, live: &str, gone: &str) -> Scene {
    let now = Instant::now();
    let electorate = Electorate::new(1, names(voters));
    let up = names(live).into_iter().map(|node| {
        let facts = facts(node.as_str(), electorate.clone());
        (node, reached(facts, now))
    });
    let down = names(gone).into_iter().map(|node| (node, stranger(now)));
    let quorum = Quorum {
        verdict,
        live: BTreeSet::new(),
        expected: names(voters),
        missing: BTreeSet::new(),
        since: String::new(),
    };
    Scene {
        own: facts("a", electorate.clone()),
        others: up.chain(down).collect(),
        quorum,
        evidence: Vec::new(),
        duplicates: BTreeMap::new(),
    }
}

impl Scene {
    fn known(&self) -> Known<'_> {
        let (own, others, quorum) = (&self.own, &self.others, &self.quorum);
        let (evidence, now) = (&*self.evidence, Instant::now());
        Known { own, others, quorum, evidence, held: None, now }
    }

    fn plan(&self, voters: &str) -> Resolution {
        let voters = names(voters);
        let (known, duplicates) = (self.known(), &self.duplicates);
        plan(Plan { known, duplicates, voters: &voters, version: 2 })
    }
}

fn side(plan: &Resolution) -> Option<String> {
    let members = &plan.deciding_side.as_ref()?.members;
    Some(members.iter().map(NodeName::as_str).collect::<Vec<_>>().join(" "))
}

fn warns(plan: &Resolution, text: &str) -> bool {
    plan.warnings.iter().any(|warning| warning.contains(text))
}

#[test]
fn two_solo_nodes_that_met_become_one_cluster() {
    let mut scene = scene(Verdict::SplitBrain, "a", "b", "");
    let theirs = names("b");
    scene.evidence = vec![Evidence::VoterLists { ours: names("a"), node: name("b"), theirs }];
    let plan = scene.plan("a b");
    assert_eq!((plan.is_done, plan.verdict_before), (false, Verdict::SplitBrain));
    assert_eq!((plan.before.version, plan.after.version), (1, 2));
    assert_eq!((plan.asked.clone(), plan.unreached.clone()), (names("a b"), names("")));
    assert_eq!((side(&plan).unwrap().as_str(), plan.decides_here), ("a b", true));
    assert!(warns(&plan, "an even number"), "{plan:?}");
    assert!(!warns(&plan, "not seen"), "{plan:?}");
    // The same list again is a change, too: it is what the other side goes by that ends.
    assert_eq!(scene.plan("a").after.version, 2);
}

#[test]
fn voters_that_are_lost_for_good_are_replaced_with_a_warning() {
    let scene = scene(Verdict::Minority, "a b c", "d", "b c");
    let plan = scene.plan("a d");
    assert_eq!((plan.asked.clone(), plan.unreached.clone()), (names("a d"), names("b c")));
    assert!(plan.decides_here);
    assert!(warns(&plan, "b, c vote by the old list"), "{plan:?}");
    assert!(warns(&plan, "more than one voter changes"), "{plan:?}");
    let still_lost = scene.plan("a b c d");
    assert_eq!((side(&still_lost), still_lost.decides_here), (None, false));
    assert!(warns(&still_lost, "of the new voters b, c are not seen"), "{still_lost:?}");
    assert!(warns(&still_lost, "no side"), "{still_lost:?}");
}

#[test]
fn the_other_side_may_be_the_one_that_decides() {
    let mut scene = scene(Verdict::SplitBrain, "a", "b", "");
    let b = scene.others.get_mut(&name("b")).unwrap();
    (b.path, b.status) = (None, NodeStatus::Partitioned);
    let plan = scene.plan("b");
    assert_eq!((side(&plan).unwrap().as_str(), plan.decides_here), ("b", false));
    assert!(warns(&plan, "b alone decides"), "{plan:?}");
}

#[test]
fn a_name_that_two_processes_have_must_be_free_first() {
    let mut scene = scene(Verdict::SplitBrain, "a b", "b", "");
    scene.duplicates = [(name("b"), [3, 4].into())].into();
    assert!(warns(&scene.plan("a b"), "2 processes have the name b"));
}

#[test]
fn voters_that_decide_already_stay_as_they_are() {
    let plan = scene(Verdict::Whole, "a b", "b", "").plan("a b");
    assert_eq!(plan.after.version, 1);
    assert!(plan.effects[0].starts_with("nothing"), "{plan:?}");
}

#[test]
fn only_nodes_that_are_known_and_may_decide_are_taken() {
    let mut scene = scene(Verdict::SplitBrain, "a", "b d", "");
    scene.others.get_mut(&name("d")).unwrap().facts.as_mut().unwrap().0.node.is_observer = true;
    let theirs = names("b c");
    scene.evidence = vec![Evidence::VoterLists { ours: names("a"), node: name("b"), theirs }];
    assert_eq!(refused(scene.known(), &names("a b c")), [], "c votes by the other list");
    let refused = refused(scene.known(), &names("d x"));
    assert_eq!(refused, [VotersRefused::Observer(name("d")), VotersRefused::Unknown(name("x"))]);
}
