//! What the two ends of a session ask each other about a name.

use super::PeerId;

/// Starts the label of a note.
const NOTE: &str = "note ";

const PROBE: &str = "probe";
const ALIVE: &str = "alive";
const HELD: &str = "held";

/// A word about who holds a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Note {
    /// Somebody with your name came: are you there?
    Probe(u64),
    /// The answer, with the number of the question.
    Alive(u64),
    /// You are refused: this start of your node is alive.
    Held(PeerId),
}

impl Note {
    pub(super) fn encode(&self, sender: &PeerId) -> (String, Vec<u8>) {
        let body = match self {
            Self::Probe(number) => format!("{PROBE} {number}"),
            Self::Alive(number) => format!("{ALIVE} {number}"),
            Self::Held(holder) => format!("{HELD} {holder}"),
        };
        (format!("{NOTE}{sender}"), body.into_bytes())
    }

    pub(super) fn is_labelled(label: &str) -> bool {
        label.starts_with(NOTE)
    }

    pub(super) fn decode(label: &str, body: &[u8]) -> Option<(PeerId, Self)> {
        let sender = label.strip_prefix(NOTE)?.parse().ok()?;
        let (kind, value) = std::str::from_utf8(body).ok()?.split_once(' ')?;
        let note = match kind {
            PROBE => Self::Probe(value.parse().ok()?),
            ALIVE => Self::Alive(value.parse().ok()?),
            HELD => Self::Held(value.parse().ok()?),
            _ => return None,
        };
        Some((sender, note))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_read_back_as_they_are_written_and_mangled_ones_are_none() {
        let sender: PeerId = "b#7".parse().unwrap();
        for note in [Note::Probe(3), Note::Alive(u64::MAX), Note::Held("a#1".parse().unwrap())] {
            let (label, body) = note.encode(&sender);
            assert!(Note::is_labelled(&label));
            assert_eq!(Note::decode(&label, &body), Some((sender.clone(), note)));
        }
        for (label, body) in [
            ("note ", "probe 1"),
            ("hello b#7", "probe 1"),
            ("note b#7", "probe"),
            ("note b#7", "probe -1"),
            ("note b#7", "held nobody"),
            ("note b#7", "other 1"),
        ] {
            assert_eq!(Note::decode(label, body.as_bytes()), None, "{label} {body}");
        }
    }
}
