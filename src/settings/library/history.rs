//! The history of sent messages.

use crate::payload::composition::Composition;
use serde::{Deserialize, Serialize};

/// The maximum number of entries.
const MAX: usize = 200;
/// The maximum total length of the texts, in bytes: it keeps the settings file small.
const BYTES: usize = 2 << 20;

/// Sent messages without duplicates, newest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct History {
    entries: Vec<Composition>,
}

impl History {
    /// The messages, newest first.
    pub fn entries(&self) -> &[Composition] {
        &self.entries
    }

    /// Adds a message that was sent now. An empty one is ignored.
    pub fn add(&mut self, composition: &Composition) {
        if composition.text.is_empty() {
            return;
        }
        self.entries.retain(|entry| entry != composition);
        self.entries.insert(0, composition.clone());
        self.limit();
    }

    fn limit(&mut self) {
        self.entries.truncate(MAX);
        let mut bytes = 0;
        self.entries.retain(|entry| {
            bytes += entry.text.len();
            bytes <= BYTES
        });
    }

    /// The history of these messages, newest first; the oldest are dropped beyond the limits.
    pub fn of(entries: Vec<Composition>) -> Self {
        let mut history = Self { entries };
        history.limit();
        history
    }

    pub fn clear(&mut self) {
        self.entries.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Composition {
        Composition {
            text: text.into(),
            ..Composition::default()
        }
    }

    #[test]
    fn the_newest_is_first_and_none_stands_twice() {
        let mut history = History::default();
        for wording in ["a", "b", "", "a"] {
            history.add(&text(wording));
        }
        assert_eq!(history.entries(), [text("a"), text("b")]);
    }

    #[test]
    fn it_stays_small() {
        let mut history = History::default();
        for number in 0..300 {
            history.add(&text(&number.to_string()));
        }
        assert_eq!(history.entries().len(), MAX);
        for number in 0..20 {
            history.add(&text(&format!("{number}{}", "x".repeat(250_000))));
        }
        let bytes: usize = history.entries().iter().map(|entry| entry.text.len()).sum();
        assert!(bytes <= BYTES && history.entries().len() > 5);
    }
}
