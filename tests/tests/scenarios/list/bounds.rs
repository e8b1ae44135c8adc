//! How soon faults are noticed and forgotten, measured again and again at other moments of the beat.

use std::time::Duration;

use super::{Needs, Scenario, three};
use crate::{detection::Detected, scene::Scene, stage::Kind};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "bounds_of_kills",
        shows: "a killed process is down within 0.5 s, whenever it is killed",
        needs: Needs::Nothing,
        nodes: three,
        play: kills,
    },
    Scenario {
        name: "bounds_of_pauses",
        shows: "a frozen process is down within 2.5 s, and up within 1 s of the thaw",
        needs: Needs::Nothing,
        nodes: three,
        play: pauses,
    },
    Scenario {
        name: "bounds_of_cuts",
        shows: "a node that is cut off is down within 3 s, and up within 1 s of the heal",
        needs: Needs::Cuts,
        nodes: three,
        play: cuts,
    },
    Scenario {
        name: "bounds_of_a_cut_link",
        shows: "a link that is cut is noticed within 3 s, and is back within 1 s of the heal",
        needs: Needs::Cuts,
        nodes: three,
        play: links,
    },
];

/// Faults come at other moments of the beat in each round.
const APART: Duration = Duration::from_millis(73);

/// How long a fault lasts at most once it was noticed: dials have failed by then, and gossip has given up.
const LASTING_MAX: Duration = Duration::from_millis(6_370);

/// How often: time costs nothing where it is virtual.
const fn rounds(kind: Kind) -> u32 {
    match kind {
        Kind::Simulated => 16,
        Kind::Real => 3,
    }
}

/// Plays one fault again and again, each time for longer, with a whole cluster before each.
fn repeated(scene: &mut Scene<'_>, play: impl Fn(&mut Scene<'_>, Duration)) {
    scene.begin();
    let rounds = rounds(scene.kind());
    scene.unobserved(|scene| {
        for round in 0..rounds {
            scene.pass(APART * round);
            play(scene, LASTING_MAX * round / rounds);
            scene.until_whole(&["a", "b", "c"]);
        }
    });
    scene.observe("every bound held");
    scene.picture("a");
}

fn kills(scene: &mut Scene<'_>) {
    repeated(scene, |scene, _| {
        scene.kill("c");
        scene.until_detected(Detected::Kill, &[("a", "c", "down"), ("b", "c", "down")]);
        scene.start("c");
    });
}

fn pauses(scene: &mut Scene<'_>) {
    repeated(scene, |scene, lasting| {
        scene.freeze("c");
        scene.until_detected(Detected::Freeze, &[("a", "c", "down"), ("b", "c", "down")]);
        scene.pass(lasting);
        scene.thaw("c");
        let seen = [("a", "c", "up"), ("b", "c", "up"), ("c", "a", "up"), ("c", "b", "up")];
        scene.until_detected(Detected::Thaw, &seen);
    });
}

fn cuts(scene: &mut Scene<'_>) {
    repeated(scene, |scene, lasting| {
        scene.cut(&["c"], &["a", "b"]);
        let gone = [("a", "c", "down"), ("b", "c", "down"), ("c", "a", "down"), ("c", "b", "down")];
        scene.until_detected(Detected::Cut, &gone);
        scene.pass(lasting);
        scene.heal();
        let back = [("a", "c", "up"), ("b", "c", "up"), ("c", "a", "up"), ("c", "b", "up")];
        scene.until_detected(Detected::Heal, &back);
    });
}

fn links(scene: &mut Scene<'_>) {
    repeated(scene, |scene, lasting| {
        scene.cut(&["a"], &["b"]);
        let seen = [("a", "b", "partitioned"), ("b", "a", "partitioned")];
        scene.until_detected(Detected::Cut, &seen);
        scene.pass(lasting);
        scene.heal();
        scene.until_detected(Detected::Heal, &[("a", "b", "up"), ("b", "a", "up")]);
    });
}
