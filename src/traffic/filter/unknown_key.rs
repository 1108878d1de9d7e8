//! Words of a filter that look like a term whose key or field does not exist: they are searched as
//! text.

use super::lexer::{KEYS, Raw, TermContent};
use crate::payload::width::narrow;
use crate::schema::Schema;

/// A word before a colon or a sign that is no key or field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownKey {
    pub word: String,
    /// The key or the field that was probably meant.
    pub similar: Option<String>,
}

/// The most paths of a description that are compared.
const PATHS: usize = 512;

/// Names that other programs have for our keys.
const OTHER_NAMES: [(&str, &str); 20] = [
    ("addr", "peer"),
    ("address", "peer"),
    ("after", "since"),
    ("before", "until"),
    ("bytes", "hex"),
    ("dest", "to"),
    ("direction", "dir"),
    ("dport", "to"),
    ("dst", "to"),
    ("dstport", "to"),
    ("host", "peer"),
    ("ip", "peer"),
    ("length", "len"),
    ("port", "peer"),
    ("size", "len"),
    ("source", "from"),
    ("sport", "from"),
    ("src", "from"),
    ("srcport", "from"),
    ("time", "since"),
];

impl UnknownKey {
    /// All keys, as terms begin with them.
    pub fn keys() -> impl Iterator<Item = String> {
        KEYS.iter().map(|(key, _)| format!("{key}:"))
    }

    /// The first such word among these terms, where `fields` are known: first one that is like a
    /// key or field, then one before a colon that is like none.
    pub(super) fn among(terms: &[Raw], fields: Option<&Schema>) -> Option<Self> {
        let paths = fields.map_or_else(Vec::new, |schema| schema.paths(PATHS));
        let unknown = |at: usize| {
            let named = NamedValue::first(terms.get(at..)?)?;
            let is_field = fields.is_some_and(|fields| fields.path_names(&named.name).is_some());
            let is_text = named.value.is_empty() || named.value.starts_with("//");
            (!is_field && !is_text).then_some(named)
        };
        let unknown: Vec<NamedValue> = (0..terms.len()).filter_map(unknown).collect();
        let similar = unknown.iter().find_map(|named| {
            let similar = Some(named.similar(&paths)?);
            let word = named.name.clone();
            Some(Self { word, similar })
        });
        similar.or_else(|| {
            let named = unknown.into_iter().find(NamedValue::is_like_a_term)?;
            let (word, similar) = (named.name, None);
            Some(Self { word, similar })
        })
    }
}

/// A name and a value with a colon or a sign between them; full-width characters are narrowed.
struct NamedValue {
    name: String,
    sign: char,
    value: String,
}

impl NamedValue {
    /// The one that these terms begin with: in one word, `tmp>30`, with spaces at the sign,
    /// `tmp > 30`, or with the value in quotation marks, `form:"1"`.
    fn first(terms: &[Raw]) -> Option<Self> {
        let (first, rest) = terms.split_first()?;
        let mut text = word(first)?;
        let mut rest = rest.iter();
        if let TermContent::Word(written) = &first.content
            && text.ends_with(':')
        {
            let end = first.at + written.chars().count();
            let value = rest.next().filter(|value| value.at == end + 1)?;
            let TermContent::Text(value) = &value.content else {
                return None;
            };
            text.push_str(value);
        } else {
            const SIGNS: [char; 3] = ['>', '<', '='];
            if !text.contains([':', '>', '<', '=']) {
                text.push_str(&word(rest.next()?).filter(|next| next.starts_with(SIGNS))?);
            }
            if text.ends_with(SIGNS) {
                text.push_str(&word(rest.next()?)?);
            }
        }
        let (at, sign) = text
            .char_indices()
            .find(|(_, c)| matches!(c, ':' | '>' | '<' | '='))?;
        let (name, value) = text.split_at_checked(at)?;
        let value = value.strip_prefix(sign)?.to_owned();
        let name = name.to_owned();
        (!name.is_empty()).then_some(Self { name, sign, value })
    }

    /// The key or the field that is meant: one letter differs, is missing or too much, or two are
    /// exchanged; otherwise the key that other programs call so.
    fn similar(&self, paths: &[String]) -> Option<String> {
        let lower = self.name.to_ascii_lowercase();
        let is_key = self.sign == ':';
        let mut keys = KEYS.iter().map(|(key, _)| *key).filter(|_| is_key);
        if let Some(key) = keys.find(|key| is_near(&lower, key)) {
            return Some(key.to_owned());
        }
        let is_path = |path: &&String| {
            is_near(&self.name, path) || self.name.eq_ignore_ascii_case(path.as_str())
        };
        if let Some(path) = paths.iter().find(is_path) {
            return Some(path.clone());
        }
        let mut others = OTHER_NAMES.iter().filter(|_| self.is_like_a_term());
        let (_, key) = others.find(|(name, _)| *name == lower)?;
        Some((*key).to_owned())
    }

    /// Whether it is written as keys and fields are, and not as text often is: a time, an address of
    /// a resource, a header field, a path.
    fn is_like_a_term(&self) -> bool {
        let is_name = |part: &str| {
            let letters =
                |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
            part.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
                && part.bytes().all(letters)
        };
        let is_text = self.value.contains([':', '@']) || self.value.starts_with(['/', '\\']);
        self.sign == ':' && self.name.split('.').all(is_name) && !is_text
    }
}

/// The text of a word, with full-width characters narrowed.
fn word(term: &Raw) -> Option<String> {
    match &term.content {
        TermContent::Word(text) => Some(text.chars().map(narrow).collect()),
        _ => None,
    }
}

fn is_near(word: &str, key: &str) -> bool {
    strsim::damerau_levenshtein(word, key) == 1
}

#[cfg(test)]
mod tests {
    use super::super::lexer::Lexer;
    use super::*;

    fn unknown(text: &str, fields: Option<&Schema>) -> Option<UnknownKey> {
        let terms: Vec<Raw> = Lexer::new(text).map(Result::unwrap).collect();
        UnknownKey::among(&terms, fields)
    }

    fn similar(text: &str, fields: Option<&Schema>) -> Option<String> {
        unknown(text, fields)?.similar
    }

    #[test]
    fn a_misspelt_key_is_found_and_other_words_are_none() {
        for (written, meant) in [
            ("hello form:127.0.0.1", "from"),
            ("-Ffrom：1", "from"),
            ("pee:1", "peer"),
            ("form:\"a b\"", "from"),
            ("port:31605", "peer"),
            ("x:1 -size:20", "len"),
        ] {
            assert_eq!(similar(written, None).as_deref(), Some(meant), "{written}");
        }
        for plain in [
            "from:1",
            "to:80",
            "http://x",
            "temp:5",
            "form",
            "form:",
            "\"a b\"",
            "\"form:1\"",
            "form: \"1\"",
            "/form:1/",
            "Host:localhost",
            "size=1",
        ] {
            assert_eq!(similar(plain, None), None, "{plain}");
        }
    }

    #[test]
    fn a_name_like_no_key_is_found_and_text_is_not() {
        for (written, word) in [
            ("nosuch:1", "nosuch"),
            ("hello -nosuch:1", "nosuch"),
            ("dns.id:5", "dns.id"),
            ("a_b2：>5", "a_b2"),
        ] {
            let expected = UnknownKey {
                word: word.to_owned(),
                similar: None,
            };
            assert_eq!(unknown(written, None), Some(expected), "{written}");
        }
        for text in [
            "http://x",
            "12:30",
            "\"nosuch:1\"",
            "/nosuch:1/",
            "nosuch:",
            "std::io",
            "C:\\x",
            "Content-Type:text",
            "Host:localhost",
            "aa:bb:cc",
            "sip:a@b",
            "file:/tmp/x",
            "a=1",
            "{\"a\":1}",
            "fe80::1",
            "温度:1",
            "a.:1",
            "hex:00",
        ] {
            assert_eq!(unknown(text, None), None, "{text}");
        }
    }

    #[test]
    fn a_misspelt_field_of_the_description_is_found() {
        let schema = r#"(
            meta: (id: "sensor"),
            seq: [(id: "temp", type: "u1"), (id: "l", type: "u1"), (id: "flags", type: "flags"), (id: "port", type: "u1")],
            types: {"flags": (seq: [(id: "alarm", type: "u1")])},
        )"#;
        let schema = Schema::read(schema).unwrap();
        for (written, meant) in [
            ("tmep:>30", Some("temp")),
            ("-tmp>30", Some("temp")),
            ("tmp > 30", Some("temp")),
            ("tmp ＞= 30", Some("temp")),
            ("tmp> 30", Some("temp")),
            ("Temp:30", Some("temp")),
            ("flags.alrm:1", Some("flags.alarm")),
            ("form:1", Some("from")),
            ("temp:30", None),
            ("sensor.temp:30", None),
            ("port:30", None),
            ("= 30", None),
            (">30", None),
            ("tmp", None),
            ("tmp hello", None),
        ] {
            let found = unknown(written, Some(&schema));
            let similar = found.and_then(|found| found.similar);
            assert_eq!(similar.as_deref(), meant, "{written}");
        }
        let found = unknown("temp:30 other:30", Some(&schema));
        assert_eq!(found.map(|found| found.word).as_deref(), Some("other"));
        assert_eq!(unknown("sensor.temp:30", Some(&schema)), None);
    }
}
