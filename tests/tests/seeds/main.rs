//! Random faults against whole clusters on virtual time, one seed after the other.
//!
//! A seed means a schedule of faults, what clients ask, and all randomness of the nodes. The same seed
//! gives the same run, bit for bit. `docs/invariants.md` says what must be so in every run.
//!
//! ```sh
//! cargo test -p arsenal-tests --test seeds                        # 300 seeds
//! ARSENAL_SEEDS=1000..2000 cargo test -p arsenal-tests --test seeds every_seed_holds -- --nocapture
//! ARSENAL_SEED=7 cargo test -p arsenal-tests --test seeds every_seed_holds -- --nocapture
//! ```

#![cfg(target_os = "linux")]

#[cfg(test)]
mod bounds;
#[cfg(test)]
mod child;
#[cfg(test)]
mod clients;
#[cfg(test)]
mod fault;
#[cfg(test)]
mod history;
#[cfg(test)]
mod invariants;
#[cfg(test)]
mod operations;
#[cfg(test)]
mod pool;
#[cfg(test)]
mod randomness;
#[cfg(test)]
mod run;
#[cfg(test)]
mod schedule;
#[cfg(test)]
mod truth;

#[cfg(test)]
mod tests {
    use std::{env, ops::Range, process::Command};

    use arsenal_core::defect::Defect;

    use super::{
        child::{Options, Report, in_child},
        pool::{first_red, reports},
    };

    /// The seeds of a check before a merge.
    const SEEDS: Range<u64> = 0..300;

    /// How one seed is run again, with all that happens.
    fn replay(seed: u64) -> String {
        format!(
            "ARSENAL_SEED={seed} cargo test -p arsenal-tests --test seeds every_seed_holds -- --nocapture"
        )
    }

    /// `FIRST..LAST`; the last is not run.
    fn chosen_seeds() -> Range<u64> {
        let Ok(text) = env::var("ARSENAL_SEEDS") else { return SEEDS };
        let range = text
            .split_once("..")
            .and_then(|(first, last)| Some(first.parse().ok()?..last.parse().ok()?));
        range.expect("ARSENAL_SEEDS is FIRST..LAST, two numbers")
    }

    #[test]
    fn every_seed_holds() {
        if let Ok(seed) = env::var("ARSENAL_SEED") {
            let seed = seed.parse().expect("ARSENAL_SEED is a number");
            let report = in_child(seed, Options { prints_log: true, ..Options::default() });
            println!("{}", report.text);
            assert!(report.is_green, "seed {seed}: {}", report.summary);
            return;
        }
        let all = reports(chosen_seeds(), Options::default());
        let red: Vec<&Report> = all.iter().filter(|report| !report.is_green).collect();
        for report in &red {
            println!("{}\nseed {}: {}", report.text, report.seed, report.summary);
            println!("replay: {}\n", replay(report.seed));
        }
        println!("{} seeds, {} red", all.len(), red.len());
        let seeds: Vec<u64> = red.iter().map(|report| report.seed).collect();
        assert!(red.is_empty(), "red seeds: {seeds:?}");
    }

    #[test]
    fn a_seed_repeats_bit_for_bit() {
        for seed in [1, 3] {
            let options = Options { prints_log: true, ..Options::default() };
            let once = in_child(seed, options);
            assert!(once.is_green, "{}", once.summary);
            assert_same(&once, &in_child(seed, options));
            if Command::new("taskset").arg("--version").output().is_ok() {
                let is_on_one_processor = true;
                assert_same(&once, &in_child(seed, Options { is_on_one_processor, ..options }));
            }
            let other = in_child(seed + 4, options);
            assert_ne!(once.summary, other.summary, "another seed is another run");
        }
    }

    fn assert_same(one: &Report, other: &Report) {
        let lines = one.text.lines().zip(other.text.lines());
        let difference = lines.into_iter().find(|(one, other)| one != other);
        assert_eq!(difference, None, "the first line that is not the same");
        assert_eq!(one, other);
    }

    #[test]
    fn every_defect_turns_a_seed_red() {
        for defect in Defect::ALL {
            let options = Options { defect: Some(defect), ..Options::default() };
            let red = first_red(SEEDS, options);
            let red = red.unwrap_or_else(|| panic!("no seed notices {}", defect.as_str()));
            println!("{}: seed {}: {}", defect.as_str(), red.seed, red.summary);
            let without = in_child(red.seed, Options::default());
            assert!(without.is_green, "it is red without a defect: {}", without.summary);
        }
    }
}

#[cfg(test)]
#[test]
#[ignore = "the entry of the child processes"]
fn child() {
    child::child();
}
