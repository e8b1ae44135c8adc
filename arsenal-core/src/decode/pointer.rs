//! The JSON pointer (RFC 6901) of the place where serde_json stopped.
//!
//! serde_json says line and column; this walks the text up to there and remembers the way.

/// The pointer of the value that ends at, or lies around, a place that serde_json named. Lines are
/// counted from 1; line 0, where serde lost the place, gives the empty pointer.
pub(super) fn at(json: &[u8], line: usize, column: usize) -> String {
    let Some(earlier_lines) = line.checked_sub(1) else { return String::new() };
    let start: usize =
        json.split(|byte| *byte == b'\n').take(earlier_lines).map(|l| l.len() + 1).sum();
    let mut walk = Walk { json, at: 0, steps: Vec::new() };
    let end = start.saturating_add(column);
    while walk.at < end && walk.step() {}
    walk.steps.iter().map(Step::to_segment).collect()
}

/// A value's name as one step of a pointer.
pub(super) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

struct Walk<'a> {
    json: &'a [u8],
    at: usize,
    steps: Vec<Step>,
}

/// A container that is open.
enum Step {
    /// An object, and the name that was read last; whether a name comes next.
    Object { name: Option<String>, expects_name: bool },
    /// A list, and how many commas were read.
    List { index: usize },
}

impl Step {
    fn to_segment(&self) -> String {
        match self {
            Self::Object { name: None, .. } => String::new(),
            Self::Object { name: Some(name), .. } => format!("/{}", escape(name)),
            Self::List { index } => format!("/{index}"),
        }
    }
}

impl Walk<'_> {
    /// One token further; false at the end of the text.
    fn step(&mut self) -> bool {
        let Some(byte) = self.json.get(self.at) else { return false };
        self.at += 1;
        match byte {
            b'{' => self.steps.push(Step::Object { name: None, expects_name: true }),
            b'[' => self.steps.push(Step::List { index: 0 }),
            // A container that ends exactly at the place is itself the culprit, for example
            // because a field is missing: the way that is left leads to it.
            b'}' | b']' => drop(self.steps.pop()),
            b',' => self.next_member(),
            b'"' => self.text(),
            _ => {}
        }
        true
    }

    fn next_member(&mut self) {
        match self.steps.last_mut() {
            Some(Step::List { index }) => *index += 1,
            Some(Step::Object { expects_name, .. }) => *expects_name = true,
            None => {}
        }
    }

    /// A text whose opening quote was just read.
    fn text(&mut self) {
        let start = self.at - 1;
        loop {
            match self.json.get(self.at) {
                Some(b'\\') => self.at += 2,
                Some(b'"') | None => break,
                Some(_) => self.at += 1,
            }
        }
        self.at += 1;
        if let Some(Step::Object { name, expects_name }) = self.steps.last_mut()
            && *expects_name
        {
            let text = self.json.get(start..self.at).unwrap_or_default();
            *name = Some(serde_json::from_slice(text).unwrap_or_default());
            *expects_name = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pointer_of<T: serde::de::DeserializeOwned>(json: &str) -> String {
        let error = serde_json::from_str::<T>(json).err().unwrap();
        at(json.as_bytes(), error.line(), error.column())
    }

    #[derive(serde::Deserialize)]
    #[expect(dead_code, reason = "only decoded")]
    struct Node {
        size: u8,
        #[serde(default)]
        children: Vec<Self>,
        #[serde(default, rename = "a/b~c")]
        odd: Option<u8>,
    }

    #[test]
    fn it_leads_to_the_value() {
        assert_eq!(pointer_of::<Node>(r#"{"size": "x"}"#), "/size");
        assert_eq!(
            pointer_of::<Node>(r#"{"size":1,"children":[{"size":1},{"size":300}]}"#),
            "/children/1/size"
        );
        assert_eq!(
            pointer_of::<Node>("{\"size\":1,\n \"children\":[\n{\"size\":1},\n7]}"),
            "/children/1"
        );
        assert_eq!(pointer_of::<Node>(r#"{"size":1,"a/b~c":"\"]}"}"#), "/a~1b~0c");
    }

    #[test]
    fn a_missing_field_leads_to_its_object() {
        assert_eq!(pointer_of::<Node>(r#"{"size":1,"children":[{"size":1},{}]}"#), "/children/1");
        assert_eq!(pointer_of::<Node>("{}"), "");
    }

    #[test]
    fn it_survives_any_place() {
        for text in ["", "\"", "\"\\", "{\"a", "[,,,]", "}}]"] {
            for line in 0..3 {
                for column in 0..9 {
                    drop(at(text.as_bytes(), line, column));
                }
            }
        }
    }
}
