//! Words of a filter that look like a misspelt key or field: they are searched as text.

use super::lexer::KEYS;
use crate::payload::width::narrow;
use crate::schema::Schema;

/// A word before a colon or a sign, and the key or the field that was probably meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimilarKey {
    pub word: String,
    pub key: String,
}

/// The most paths of a description that are compared.
const PATHS: usize = 512;

impl SimilarKey {
    /// The first such word of a filter, where `fields` are known: one letter differs, is missing
    /// or too much, or two are exchanged.
    pub(super) fn in_filter(text: &str, fields: Option<&Schema>) -> Option<Self> {
        let fields = fields.map_or_else(Vec::new, |schema| schema.paths(PATHS));
        let key = text.split_whitespace().find_map(Self::of_key);
        key.or_else(|| {
            let text = without_spaces_at_signs(text);
            let mut terms = text.split_whitespace();
            terms.find_map(|term| Self::of_field(term, &fields))
        })
    }

    fn of_key(term: &str) -> Option<Self> {
        let narrowed: String = term.chars().map(narrow).collect();
        let (word, value) = narrowed.trim_start_matches('-').split_once(':')?;
        let word = word.to_ascii_lowercase();
        let is_key = KEYS.iter().any(|(key, _)| *key == word);
        let mut keys = KEYS.iter().map(|(key, _)| *key);
        let key = keys.find(|key| is_near(&word, key))?.to_owned();
        (!is_key && !value.is_empty() && !value.starts_with("//")).then_some(Self { word, key })
    }

    fn of_field(term: &str, fields: &[String]) -> Option<Self> {
        let (word, value) = term
            .trim_start_matches('-')
            .split_once([':', '>', '<', '='])?;
        let is_other = |field: &&String| is_near(word, field) || word.eq_ignore_ascii_case(field);
        if word.is_empty() {
            return None;
        }
        let is_field = fields.iter().any(|field| field == word);
        let key = fields.iter().find(is_other)?.clone();
        let word = word.to_owned();
        (!is_field && !value.is_empty()).then_some(Self { word, key })
    }
}

/// `tmp > 30` as `tmp>30`.
fn without_spaces_at_signs(text: &str) -> String {
    let mut text: String = text.chars().map(narrow).collect();
    for sign in ['>', '<', '='] {
        text = text.replace(&format!(" {sign}"), &sign.to_string());
        text = text.replace(&format!("{sign} "), &sign.to_string());
    }
    text
}

fn is_near(word: &str, key: &str) -> bool {
    strsim::damerau_levenshtein(word, key) == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_key_is_found_and_other_words_are_none() {
        let key = |text: &str| SimilarKey::in_filter(text, None).map(|similar| similar.key);
        assert_eq!(key("hello form:127.0.0.1").as_deref(), Some("from"));
        assert_eq!(key("-Ffrom：1").as_deref(), Some("from"));
        assert_eq!(key("pee:1").as_deref(), Some("peer"));
        for plain in [
            "from:1", "to:80", "http://x", "temp:5", "form", "form:", "\"a b\"",
        ] {
            assert_eq!(key(plain), None, "{plain}");
        }
    }

    #[test]
    fn a_misspelt_field_of_the_description_is_found() {
        let schema = r#"(
            meta: (id: "sensor"),
            seq: [(id: "temp", type: "u1"), (id: "l", type: "u1"), (id: "flags", type: "flags")],
            types: {"flags": (seq: [(id: "alarm", type: "u1")])},
        )"#;
        let schema = Schema::read(schema).unwrap();
        let field = |text| SimilarKey::in_filter(text, Some(&schema)).map(|similar| similar.key);
        for (written, meant) in [
            ("tmep:>30", Some("temp")),
            ("-tmp>30", Some("temp")),
            ("tmp > 30", Some("temp")),
            ("tmp ＞= 30", Some("temp")),
            ("Temp:30", Some("temp")),
            ("flags.alrm:1", Some("flags.alarm")),
            ("form:1", Some("from")),
            ("temp:30", None),
            ("= 30", None),
            (">30", None),
            ("other:30", None),
            ("tmp", None),
        ] {
            assert_eq!(field(written).as_deref(), meant, "{written}");
        }
    }
}
