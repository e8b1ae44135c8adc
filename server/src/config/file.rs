//! The configuration file: TOML whose keys are the long flags.

use std::{collections::BTreeMap, path::Path};

use toml::{Table, Value};

use super::{
    ConfigError,
    layer::{KEYS, Layer, Origin},
};

/// How alike a key must be to be offered instead of an unknown one: 1 is equal, 0 has nothing in common.
const NEAR_MISS_SIMILARITY_MIN: f64 = 0.7;

impl Layer {
    /// Reads a file. Unknown keys are refused: a typo would otherwise leave a default in force.
    pub(super) fn from_file(path: &Path) -> Result<Self, ConfigError> {
        let shown = path.display();
        let text = std::fs::read_to_string(path)
            .map_err(|error| ConfigError::new(format!("cannot read {shown}: {error}")))?;
        let table: Table = text
            .parse()
            .map_err(|error| ConfigError::new(format!("{shown} is not TOML: {error}")))?;
        Self::from_table(path, table)
    }

    fn from_table(path: &Path, table: Table) -> Result<Self, ConfigError> {
        let origin = Origin::File(path.to_owned());
        let mut mistakes = Vec::new();
        let mut values = BTreeMap::new();
        for (written, value) in table {
            match (KEYS.into_iter().find(|key| *key == written), texts(value)) {
                (Some(key), Some(texts)) => {
                    values.insert(key, texts);
                }
                (Some(key), None) => mistakes.push(format!(
                    "{} must be a text, a switch or a list of texts",
                    origin.spell(key)
                )),
                (None, _) => {
                    mistakes.push(format!(
                        "unknown key {}{}",
                        origin.spell(&written),
                        hint(&written)
                    ));
                }
            }
        }
        ConfigError::unless_empty(mistakes)?;
        Ok(Self { origin, values })
    }
}

/// The value as it would stand behind a flag.
fn texts(value: Value) -> Option<Vec<String>> {
    match value {
        Value::String(text) => Some(vec![text]),
        Value::Boolean(switch) => Some(vec![switch.to_string()]),
        Value::Integer(number) => Some(vec![number.to_string()]),
        Value::Array(items) => {
            items.into_iter().map(|item| item.as_str().map(str::to_owned)).collect()
        }
        Value::Float(_) | Value::Datetime(_) | Value::Table(_) => None,
    }
}

fn hint(written: &str) -> String {
    KEYS.into_iter()
        .map(|key| (strsim::jaro_winkler(key, &written.replace('_', "-")), key))
        .filter(|(similarity, _)| *similarity >= NEAR_MISS_SIMILARITY_MIN)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map_or_else(
            || format!("; known are {}", KEYS.join(", ")),
            |(_, key)| format!("; did you mean `{key}`?"),
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(text: &str) -> Result<Layer, ConfigError> {
        Layer::from_table(Path::new("f.toml"), text.parse().unwrap())
    }

    #[test]
    fn keys_are_the_long_flags() {
        let layer = layer("name = 'b'\njoin = ['x:1', 'y:2']\ninsecure-bind = true").unwrap();
        assert_eq!(layer.values["name"], ["b"]);
        assert_eq!(layer.values["join"], ["x:1", "y:2"]);
        assert_eq!(layer.values["insecure-bind"], ["true"]);
    }

    #[test]
    fn an_unknown_key_is_refused_with_its_near_miss() {
        let error = layer("secret_file = 'x'\nzzz = 1\nname = 1.5").unwrap_err().to_string();
        assert!(error.contains("`secret_file` in f.toml; did you mean `secret-file`?"), "{error}");
        assert!(error.contains("`zzz` in f.toml; known are name, listen,"), "{error}");
        assert!(error.contains("`name` in f.toml must be a text"), "{error}");
    }
}
