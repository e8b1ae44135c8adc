//! What both stages have shown, side by side.

use std::fmt;

use crate::play::Outcome;

/// The outcomes of the same scenarios, in the same order.
pub(crate) struct Report {
    pub(crate) simulated: Vec<Outcome>,
    pub(crate) real: Vec<Outcome>,
}

impl Report {
    /// Why the stages are not the same; nothing where they are.
    pub(crate) fn differences(&self) -> Vec<String> {
        self.pairs().filter_map(|(simulated, real)| difference(simulated, real)).collect()
    }

    fn pairs(&self) -> impl Iterator<Item = (&Outcome, &Outcome)> {
        self.simulated.iter().zip(&self.real)
    }
}

fn difference(simulated: &Outcome, real: &Outcome) -> Option<String> {
    match (simulated, real) {
        (Outcome::Failed(name, why), _) => Some(format!("{name}, simulated: {why}")),
        (_, Outcome::Failed(name, why)) => Some(format!("{name}, real: {why}")),
        (Outcome::Passed(name, one), Outcome::Passed(_, other)) => {
            let length = one.observed.len().max(other.observed.len());
            let nothing = String::from("nothing more");
            let at =
                |observed: &[String], index: usize| observed.get(index).unwrap_or(&nothing).clone();
            let mut pairs =
                (0..length).map(|index| (at(&one.observed, index), at(&other.observed, index)));
            let differing = pairs.find(|(one, other)| one != other);
            differing.map(|(one, other)| format!("{name}: simulated: {one}\n  but real: {other}"))
        }
        (Outcome::Skipped(..), _) | (_, Outcome::Skipped(..)) => None,
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "| scenario | simulated | real | same observations |")?;
        writeln!(formatter, "|---|---|---|---|")?;
        let (mut compared, mut same, mut skipped) = (0_u32, 0_u32, 0_u32);
        for (simulated, real) in self.pairs() {
            let difference = difference(simulated, real);
            let is_skipped = matches!(real, Outcome::Skipped(..));
            let is_same = match (&difference, real, simulated) {
                (None, Outcome::Passed(..), Outcome::Passed(_, shown)) => {
                    same += 1;
                    format!("{}", shown.observed.len())
                }
                (None, _, _) => String::from("–"),
                (Some(_), _, _) => String::from("**no**"),
            };
            compared += u32::from(!is_skipped);
            skipped += u32::from(is_skipped);
            let (name, one, other) = (name(simulated), word(simulated), word(real));
            writeln!(formatter, "| {name} | {one} | {other} | {is_same} |")?;
        }
        let percent = (same * 100).checked_div(compared).unwrap_or_default();
        write!(
            formatter,
            "\nparity: {same} of {compared} scenarios, {percent} %; skipped: {skipped}"
        )?;
        for outcome in &self.real {
            if let Outcome::Skipped(name, why) = outcome {
                write!(formatter, "\nskipped: {name}: {why}")?;
            }
        }
        Ok(())
    }
}

const fn name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Passed(name, _) | Outcome::Failed(name, _) | Outcome::Skipped(name, _) => name,
    }
}

const fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Passed(..) => "passed",
        Outcome::Failed(..) => "**failed**",
        Outcome::Skipped(..) => "skipped",
    }
}
