//! The layers on top of each other: looks a key up and parses it, keeping every mistake.

use super::{ConfigError, layer::Layer};

/// Layers, the strongest first, and the mistakes found in them so far.
#[derive(Debug)]
pub(super) struct Settings {
    layers: Vec<Layer>,
    mistakes: Vec<String>,
}

impl Settings {
    pub(super) fn new(layers: Vec<Layer>) -> Self {
        Self { layers, mistakes: Vec::new() }
    }

    /// The value of a key, if a layer has it and it parses. Otherwise a mistake is noted.
    pub(super) fn one<T>(
        &mut self,
        key: &str,
        expected: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let (spelled, texts) = self.given(key)?;
        let [text] = texts.as_slice() else {
            self.mistakes.push(format!("{spelled} takes one value: {expected}"));
            return None;
        };
        let value = parse(text);
        if value.is_none() {
            self.mistakes.push(format!("{spelled}: {}", not(text, expected)));
        }
        value
    }

    /// The values of a key that takes several, each perhaps several separated by commas.
    pub(super) fn list<T>(
        &mut self,
        key: &str,
        expected: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Vec<T> {
        let explained = |text: &str| parse(text).ok_or_else(|| not(text, expected));
        self.list_explained(key, explained)
    }

    /// The same, where the parser says what is wrong with a value.
    pub(super) fn list_explained<T>(
        &mut self,
        key: &str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Vec<T> {
        let Some((spelled, items)) = self.items(key) else { return Vec::new() };
        if !items.is_empty() && items.iter().all(String::is_empty) {
            // A variable of a script that is not set is not the wish to have none.
            self.mistakes.push(format!("{spelled}: is empty; leave it away where there is none"));
        }
        let mut values = Vec::new();
        for item in items.iter().filter(|item| !item.is_empty()) {
            match parse(item) {
                Ok(value) => values.push(value),
                Err(why) => self.mistakes.push(format!("{spelled}: {why}")),
            }
        }
        values
    }

    /// What is between the commas of a key that takes several values, empty items too; and how the
    /// strongest layer that has the key spells it.
    pub(super) fn items(&self, key: &str) -> Option<(String, Vec<String>)> {
        let (spelled, texts) = self.given(key)?;
        let items = texts.iter().flat_map(|text| text.split(','));
        Some((spelled, items.map(|item| item.trim().to_owned()).collect()))
    }

    /// Notes a mistake that only several values together make.
    pub(super) fn refuse(&mut self, mistake: String) {
        self.mistakes.push(mistake);
    }

    /// How the strongest layer that has the key spells it.
    pub(super) fn spelled(&self, key: &str) -> String {
        self.given(key).map_or_else(|| format!("--{key}"), |(spelled, _)| spelled)
    }

    /// Fails if a mistake was noted.
    pub(super) fn finish(self) -> Result<(), ConfigError> {
        ConfigError::unless_empty(self.mistakes)
    }

    fn given(&self, key: &str) -> Option<(String, Vec<String>)> {
        self.layers.iter().find_map(|layer| {
            let texts = layer.values.get(key)?;
            Some((layer.origin.spell(key), texts.clone()))
        })
    }
}

fn not(text: &str, expected: &str) -> String {
    format!("`{text}` is not {expected}")
}
