//! Words of a filter that look like a misspelt key: they are searched as text.

use super::lexer::KEYS;
use crate::payload::width::narrow;

/// A word before a colon, and the key that was probably meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimilarKey {
    pub word: String,
    pub key: &'static str,
}

impl SimilarKey {
    /// The first such word of a filter: one letter differs, is missing or too much, or two are
    /// exchanged.
    pub fn in_filter(text: &str) -> Option<Self> {
        text.split_whitespace().find_map(Self::of)
    }

    fn of(term: &str) -> Option<Self> {
        let narrowed: String = term.chars().map(narrow).collect();
        let (word, value) = narrowed.trim_start_matches('-').split_once(':')?;
        let word = word.to_ascii_lowercase();
        let is_near = |key: &&'static str| strsim::damerau_levenshtein(&word, key) == 1;
        let is_key = KEYS.iter().any(|(key, _)| *key == word);
        let key = KEYS.iter().map(|(key, _)| *key).find(is_near)?;
        (!is_key && !value.is_empty() && !value.starts_with("//")).then_some(Self { word, key })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_key_is_found_and_other_words_are_none() {
        let key = |text: &str| SimilarKey::in_filter(text).map(|similar| similar.key);
        assert_eq!(key("hello form:127.0.0.1"), Some("from"));
        assert_eq!(key("-Ffrom：1"), Some("from"));
        assert_eq!(key("pee:1"), Some("peer"));
        for plain in [
            "from:1", "to:80", "http://x", "temp:5", "form", "form:", "\"a b\"",
        ] {
            assert_eq!(key(plain), None, "{plain}");
        }
    }
}
