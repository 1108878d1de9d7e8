//! The field that was probably meant by a name that none has.

use super::Schema;

/// The most paths that are compared.
const PATHS: usize = 512;

impl Schema {
    /// The path most like this one among those of fields whose values a person gives: at most a
    /// third of its letters differ, are missing or too much.
    pub fn similar_path(&self, written: &str) -> Option<String> {
        let written = written.to_lowercase();
        let paths = self.written_paths(PATHS).into_iter();
        let near = paths.filter_map(|path| {
            let distance = strsim::damerau_levenshtein(&written, &path.to_lowercase());
            (distance * 3 <= path.chars().count()).then_some((distance, path))
        });
        near.min().map(|(_, path)| path)
    }
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
