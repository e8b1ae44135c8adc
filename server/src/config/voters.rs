//! The names of the nodes that vote. A slip there changes what a majority is, so nothing is skipped.

use std::collections::BTreeSet;

use arsenal_core::name::NodeName;

use super::{settings::Settings, values::NODE_NAME};

/// The key of the voters.
pub(super) const VOTERS: &str = "voters";

/// The configured voters; empty where nobody gave any. An empty list, an empty name and one that is
/// there twice are mistakes: of two names that were meant, one is missing.
pub(super) fn voters(settings: &mut Settings) -> BTreeSet<NodeName> {
    let Some((spelled, names)) = settings.items(VOTERS) else { return BTreeSet::new() };
    let mut voters = BTreeSet::new();
    if names.is_empty() {
        settings.refuse(without_name(&spelled));
    }
    for name in names {
        match name.parse() {
            Ok(voter) if voters.contains(&voter) => {
                settings.refuse(format!("{spelled}: `{name}` is there twice"));
            }
            Ok(voter) => _ = voters.insert(voter),
            Err(_) if name.is_empty() => settings.refuse(without_name(&spelled)),
            Err(_) => settings.refuse(format!("{spelled}: `{name}` is not {NODE_NAME}")),
        }
    }
    voters
}

fn without_name(spelled: &str) -> String {
    format!(
        "{spelled}: a name is missing; give the names of all nodes that vote, as a,b,c, or leave the \
         setting out"
    )
}

#[cfg(test)]
mod tests {
    use crate::config::{
        ConfigError, ServeConfig, ServeFlags,
        samples::{file, flags, load},
    };

    /// The same list from each source, and how that is spelled.
    fn from_each(list: &str) -> [(Result<ServeConfig, ConfigError>, &'static str); 4] {
        let by_flag =
            ServeFlags { voters: list.split(',').map(str::to_owned).collect(), ..flags() };
        let with_file = |text: String| {
            let file = file(&text);
            let config = Some(file.path().display().to_string());
            load(ServeFlags { config, ..flags() }, &[])
        };
        let items: Vec<_> = list.split(',').map(|name| format!("'{name}'")).collect();
        [
            (load(by_flag, &[]), "--voters: "),
            (load(flags(), &[("ARSENAL_VOTERS", list)]), "ARSENAL_VOTERS: "),
            (with_file(format!("voters = '{list}'")), "`voters` in "),
            (with_file(format!("voters = [{}]", items.join(", "))), "`voters` in "),
        ]
    }

    #[test]
    fn a_name_that_is_missing_or_there_twice_is_refused_from_every_source() {
        for (list, expected) in [
            ("x,x", ": `x` is there twice"),
            ("", ": a name is missing"),
            ("a,,b", ": a name is missing"),
            ("a,B", ": `B` is not a node name"),
        ] {
            for (loaded, source) in from_each(list) {
                let error = loaded.unwrap_err().to_string();
                assert!(error.starts_with(source) && error.contains(expected), "{list}: {error}");
            }
        }
        for (loaded, _) in from_each("c, a,b") {
            assert_eq!(loaded.unwrap().voters.len(), 3);
        }
        let file = file("voters = []");
        let config = Some(file.path().display().to_string());
        let error = load(ServeFlags { config, ..flags() }, &[]).unwrap_err().to_string();
        assert!(error.contains("a name is missing"), "{error}");
    }
}
