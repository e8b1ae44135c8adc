//! All blueprints that are linked into this program: sorted, checked once at start, immutable.

use std::fmt;

use arsenal_core::spec::Source;

use crate::blueprint::{BlueprintRegistration, BlueprintSpec};

/// The blueprints, by name.
#[derive(Debug, Default)]
pub struct BlueprintCatalogue {
    blueprints: Vec<&'static BlueprintSpec>,
}

impl BlueprintCatalogue {
    /// Everything that `#[blueprint]` stands on in the crates of this program.
    pub fn from_linked() -> Result<Self, DuplicateBlueprint> {
        Self::new(inventory::iter::<BlueprintRegistration>.into_iter().map(|linked| linked.0))
    }

    /// The blueprint with this name.
    pub fn get(&self, name: &str) -> Option<&'static BlueprintSpec> {
        let index = self.blueprints.binary_search_by(|spec| spec.name.cmp(name)).ok()?;
        self.blueprints.get(index).copied()
    }

    /// All, by name.
    pub fn iter(&self) -> impl Iterator<Item = &'static BlueprintSpec> {
        self.blueprints.iter().copied()
    }

    fn new(all: impl Iterator<Item = &'static BlueprintSpec>) -> Result<Self, DuplicateBlueprint> {
        let mut blueprints: Vec<_> = all.collect();
        // The linker's order means nothing; the place makes messages repeatable.
        blueprints.sort_by_key(|spec| (spec.name, spec.source.file, spec.source.line));
        let twins = blueprints.iter().zip(blueprints.iter().skip(1));
        if let Some((first, second)) = twins.into_iter().find(|(a, b)| a.name == b.name) {
            let (name, first, second) = (first.name, first.source, second.source);
            return Err(DuplicateBlueprint { name, first, second });
        }
        Ok(Self { blueprints })
    }
}

/// Two blueprints have one name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DuplicateBlueprint {
    /// The name.
    pub name: &'static str,
    /// Where one was written.
    pub first: Source,
    /// Where the other was written.
    pub second: Source,
}

impl fmt::Display for DuplicateBlueprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, first, second } = self;
        write!(formatter, "two blueprints are called `{name}`: ")?;
        write!(formatter, "{}:{} ({}) and ", first.file, first.line, first.package)?;
        write!(formatter, "{}:{} ({})", second.file, second.line, second.package)
    }
}

impl std::error::Error for DuplicateBlueprint {}

#[cfg(test)]
mod tests {
    use arsenal_core::error::OperationError;

    use super::*;

    const fn spec(name: &'static str, line: u32) -> BlueprintSpec {
        BlueprintSpec {
            name,
            summary: "",
            description: "",
            parameters: &[],
            check: |_| Ok(()),
            build: |_| Err(OperationError::internal()),
            source: Source { package: "shop", file: "src/till.rs", line },
        }
    }

    static WORKER: BlueprintSpec = spec("worker", 3);
    static CLERK: BlueprintSpec = spec("clerk", 9);
    static OTHER_WORKER: BlueprintSpec = spec("worker", 1);

    #[test]
    fn it_is_sorted_by_name() {
        let catalogue = BlueprintCatalogue::new([&WORKER, &CLERK].into_iter()).unwrap();
        assert_eq!(catalogue.iter().map(|spec| spec.name).collect::<Vec<_>>(), ["clerk", "worker"]);
        assert_eq!(catalogue.get("worker").map(|spec| spec.source.line), Some(3));
        assert!(catalogue.get("baker").is_none());
    }

    #[test]
    fn one_name_twice_is_refused_with_both_places() {
        let all = [&WORKER, &CLERK, &OTHER_WORKER];
        let refused = BlueprintCatalogue::new(all.into_iter()).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "two blueprints are called `worker`: src/till.rs:1 (shop) and src/till.rs:3 (shop)"
        );
    }
}
