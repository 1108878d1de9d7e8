//! The field or value that was probably meant by a name that none has.

use super::Schema;

/// The most paths that are compared.
const PATHS: usize = 512;

impl Schema {
    /// The path most like this one among those of fields whose values a person gives: at most a
    /// third of its letters differ, are missing or too much.
    pub fn similar_path(&self, written: &str) -> Option<String> {
        similar(written, self.written_paths(PATHS))
    }
}

/// The name most like this one: at most a third of its letters differ, are missing or too much.
pub(super) fn similar(written: &str, names: impl IntoIterator<Item = String>) -> Option<String> {
    let written = written.to_lowercase();
    let near = names.into_iter().filter_map(|name| {
        let distance = strsim::damerau_levenshtein(&written, &name.to_lowercase());
        (distance * 3 <= name.chars().count()).then_some((distance, name))
    });
    near.min().map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_path_is_like_one_and_another_word_is_like_none() {
        let schema = r#"(
            meta: (id: "sensor"),
            seq: [
                (id: "len", type: "u1", counts: "temp.."),
                (id: "temp", type: "u1"),
                (id: "flags", type: "flags"),
            ],
            types: {"flags": (seq: [(id: "alarm", type: "u1")])},
        )"#;
        let schema = Schema::read(schema).unwrap();
        for (written, similar) in [
            ("tmep", Some("temp")),
            ("Temp", Some("temp")),
            ("tem", Some("temp")),
            ("flags.alrm", Some("flags.alarm")),
            ("pressure", None),
            ("t", None),
            // It follows from the others.
            ("lem", None),
        ] {
            assert_eq!(
                schema.similar_path(written).as_deref(),
                similar,
                "{written}"
            );
        }
    }
}
