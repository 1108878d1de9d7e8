//! The names of the kinds of sessions in scenario files.

use crate::kind::SessionKind;
use serde::de::Visitor;
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::sync::LazyLock;

/// The name in snake case: `tcp_client` of `TcpClient`.
fn in_lower_case(name: &str) -> String {
    let mut words = String::new();
    for (at, letter) in name.char_indices() {
        if letter.is_ascii_uppercase() && at > 0 {
            words.push('_');
        }
        words.push(letter.to_ascii_lowercase());
    }
    words
}

/// The names in scenarios of the kinds that this system supports.
pub static CALLED: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let kinds = SessionKind::names().flat_map(SessionKind::variants);
    let mut names: Vec<&str> = kinds.map(|kind| kind.traits().scenario).collect();
    // Both relays have the same name.
    names.dedup();
    names
});

/// The name of a kind in scenarios: `TcpClient` or `tcp_client`.
pub struct KindName(pub SessionKind);

impl<'de> Deserialize<'de> for KindName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Words;

        impl Visitor<'_> for Words {
            type Value = KindName;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a kind of session")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<KindName, E> {
                let is_it = |kind: &SessionKind| {
                    let name = kind.traits().scenario;
                    name == text || in_lower_case(name) == text
                };
                let kind = SessionKind::ALL.into_iter().find(is_it);
                kind.map(KindName)
                    .ok_or_else(|| E::unknown_variant(text, &CALLED))
            }
        }

        deserializer.deserialize_identifier(Words)
    }
}
