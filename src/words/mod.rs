//! The two languages of the program, and the only access to its texts.
//!
//! Every sentence a person reads is in `assets/locales/{zh-CN,en}.ron`, and
//! [`t!`](crate::t) returns it in the requested language. No language is global: two
//! windows, or two tests, may use different ones at the same time.

mod numbers;
mod texts;

pub use numbers::{bit_rate, byte_count, grouped, none, rate};
pub use texts::{template, text};

use serde::{Deserialize, Serialize};

/// A language of the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Lang {
    #[default]
    Chinese,
    English,
}

impl Lang {
    pub const ALL: [Self; 2] = [Self::Chinese, Self::English];

    /// The name of its locale file, a BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }

    /// The language of a BCP 47 or POSIX tag: Chinese for any region, otherwise English.
    pub fn from_tag(tag: &str) -> Self {
        let language = tag.split(['-', '_', '.']).next().unwrap_or_default();
        if language.eq_ignore_ascii_case("zh") {
            Self::Chinese
        } else {
            Self::English
        }
    }

    pub fn other(self) -> Self {
        match self {
            Self::Chinese => Self::English,
            Self::English => Self::Chinese,
        }
    }
}

/// The items of a list in one line, as the language separates them.
pub fn listed<S: AsRef<str>>(lang: Lang, items: impl IntoIterator<Item = S>) -> String {
    let separator = match lang {
        Lang::Chinese => "、",
        Lang::English => ", ",
    };
    let mut list = String::new();
    for (at, item) in items.into_iter().enumerate() {
        if at > 0 {
            list.push_str(separator);
        }
        list.push_str(item.as_ref());
    }
    list
}

/// `t!(lang, "some.key", name = value, …)`: the text with that key, as a `String`. English
/// texts may contain `%{count} row⟨|s⟩` and `⟨was|were⟩`: see [`numbered`].
#[macro_export]
macro_rules! t {
    ($lang:expr, $key:expr $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::words::numbered(
            $crate::words::text($lang, AsRef::<str>::as_ref(&$key), &[$((stringify!($name), &$value)),*]),
        )
    };
}

/// Replaces each `⟨one|many⟩` by the form that fits the number before it.
pub fn numbered(text: String) -> String {
    let Some((begin, rest)) = text.split_once('⟨') else {
        return text;
    };
    let mut fitting = begin.to_owned();
    for choice in rest.split('⟨') {
        match choice
            .split_once('⟩')
            .map(|(forms, after)| (forms.split_once('|'), after))
        {
            Some((Some((one, many)), after)) => {
                fitting.push_str(if is_one(&fitting) { one } else { many });
                fitting.push_str(after);
            }
            // The bracket is part of a value.
            _ => {
                fitting.push('⟨');
                fitting.push_str(choice);
            }
        }
    }
    fitting
}

/// Whether the last number in a text is 1.
fn is_one(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, ',' | '.');
    let number = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let begin = number.trim_end_matches(is_part).len();
    number.get(begin..) == Some("1")
}

#[cfg(test)]
pub mod tests {
    use super::texts::{file, template};
    use super::*;
    use std::collections::BTreeSet;

    pub use super::texts::tests::keys;

    /// The parts of an entry of the doctor's catalogue.
    pub const ENTRY_PARTS: [&str; 4] = ["what", "cure", "capture", "reproduce"];

    /// Whether it is the key of a part of an entry. They follow from the catalogue:
    /// `explain::doctor::words` tests them.
    pub fn is_of_entry(key: &str) -> bool {
        let parts = key
            .strip_prefix("doctor.")
            .and_then(|key| key.rsplit_once('.'));
        parts.is_some_and(|(_, part)| ENTRY_PARTS.contains(&part))
    }

    #[test]
    fn both_languages_have_the_same_keys() {
        let (chinese, english) = (keys(Lang::Chinese), keys(Lang::English));
        assert!(chinese.len() > 50);
        assert_eq!(chinese, english);
    }

    #[test]
    fn both_languages_name_the_same_values() {
        let values = |lang: Lang, key: &str| -> BTreeSet<String> {
            let text = template(lang, key);
            text.split("%{")
                .skip(1)
                .filter_map(|s| s.split('}').next())
                .map(str::to_owned)
                .collect()
        };
        for key in keys(Lang::Chinese) {
            assert_eq!(
                values(Lang::Chinese, &key),
                values(Lang::English, &key),
                "{key}"
            );
        }
    }

    #[test]
    fn every_key_in_the_code_has_words_and_every_word_is_used() {
        let mut code = String::new();
        let mut folders = vec![std::path::PathBuf::from(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/src"
        ))];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    code.push_str(&std::fs::read_to_string(path).unwrap());
                }
            }
        }
        let known = keys(Lang::Chinese);
        let quoted: BTreeSet<&str> = code.split('"').collect();
        // The keys of the help follow from the command line: `cli::help` tests them.
        let is_listed = |key: &&String| !key.starts_with("help.") && !is_of_entry(key);
        for key in known.iter().filter(is_listed) {
            assert!(quoted.contains(key.as_str()), "no code says {key}");
        }
        let rooms: BTreeSet<&str> = known
            .iter()
            .filter_map(|key| key.split('.').next())
            .collect();
        let is_key = |text: &&str| {
            let letters = text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || matches!(b, b'_' | b'.'));
            letters
                && ![".ron", ".lua", ".py"].iter().any(|end| text.contains(end))
                && !text.ends_with('.')
                && text
                    .split_once('.')
                    .is_some_and(|(room, _)| rooms.contains(room))
        };
        for key in quoted.into_iter().filter(|text| is_key(text)) {
            assert!(known.contains(key), "no words for {key}");
        }
    }

    #[test]
    fn one_is_not_many() {
        let text = |count: &str| numbered(format!("In 7 s {count} row⟨|s⟩ ⟨was|were⟩ lost"));
        assert_eq!(text("1"), "In 7 s 1 row was lost");
        for many in ["0", "2", "11", "1,001", "2.1"] {
            assert_eq!(text(many), format!("In 7 s {many} rows were lost"));
        }
        assert_eq!(numbered("a ⟨b⟩ c ⟨".to_owned()), "a ⟨b⟩ c ⟨");
        let kept = t!(Lang::English, "journal.kept", count = 1, size = "2 KiB");
        assert_eq!(kept, "The last run kept 1 log (2 KiB)");
        assert!(!file(Lang::Chinese).contains('⟨'), "Chinese has one form");
    }

    #[test]
    fn no_english_count_is_always_many() {
        const NOUNS: [&str; 16] = [
            "bytes",
            "rows",
            "records",
            "datagrams",
            "messages",
            "lines",
            "logs",
            "files",
            "packets",
            "rules",
            "blocks",
            "writes",
            "bits",
            "bursts",
            "events",
            "times",
        ];
        // Limits and sizes, which are never 1.
        const MANY: [&str; 8] = [
            "most", "limit", "least", "mtu", "payload", "rate", "length", "whole",
        ];
        for line in file(Lang::English).lines() {
            for value in line.split("%{").skip(1) {
                let (name, after) = value.split_once("} ").unwrap_or((value, ""));
                let word: String = after.chars().take_while(char::is_ascii_lowercase).collect();
                let is_fixed = NOUNS.contains(&word.as_str()) && !MANY.contains(&name);
                assert!(!is_fixed, "{line}");
            }
            for after in line.split("%{count}").skip(1) {
                let clause = after.split(['%', '.', ';', '"']).next().unwrap_or("");
                let parts = clause.split('⟨');
                let fixed = parts.map(|part| part.split_once('⟩').map_or(part, |(_, rest)| rest));
                let fixed: String = fixed.collect();
                let is_fixed = [" were ", " are "].iter().any(|verb| fixed.contains(verb));
                assert!(!is_fixed, "{line}");
            }
        }
    }

    #[test]
    fn chinese_words_have_chinese_punctuation() {
        // They show typed text: `dir:收`, `::`.
        const TYPED: [&str; 5] = [
            "search.field_hint",
            "search.none",
            "way.beyond_cure",
            "way.own_machine",
            "rule.address",
        ];
        let is_quote = |c: char| matches!(c, '“' | '”');
        let is_chinese = |c: char| {
            is_quote(c) || matches!(c, '（' | '）') || ('\u{4e00}'..='\u{9fff}').contains(&c)
        };
        let is_ascii = |c: char| matches!(c, ',' | ';' | ':' | '!' | '?' | '(' | ')');
        let is_mixed = |chars: &[char]| match *chars {
            [one, other] => {
                is_chinese(one) && is_ascii(other) || is_ascii(one) && is_chinese(other)
            }
            [one, ' ', other] => {
                is_chinese(one) && is_chinese(other) && (is_quote(one) || is_quote(other))
            }
            // Regular expression operators stand alone or before a `?`.
            [one, ' ', '(', first] => is_chinese(one) && first.is_ascii_alphanumeric(),
            _ => false,
        };
        for key in keys(Lang::Chinese) {
            if TYPED.contains(&key.as_str()) {
                continue;
            }
            let text = template(Lang::Chinese, &key);
            let chars: Vec<char> = text.chars().collect();
            for length in 2..=4 {
                assert!(!chars.windows(length).any(is_mixed), "{key}: {text}");
            }
            let behind_value = ["},", "};", "}:", "}!", "}?"];
            let is_mixed = behind_value.iter().any(|sign| text.contains(sign));
            assert!(!is_mixed, "{key}: {text}");
            assert!(!text.contains("netpeer："), "{key}: one colon everywhere");
        }
        for key in keys(Lang::English) {
            let text = template(Lang::English, &key);
            assert!(
                !text.contains(['，', '：', '；', '（', '）', '。']),
                "{key}: {text}"
            );
        }
    }

    #[test]
    fn chinese_tags_of_any_region_are_chinese() {
        for tag in ["zh-CN", "zh_TW.UTF-8", "zh", "ZH-Hant"] {
            assert_eq!(Lang::from_tag(tag), Lang::Chinese);
        }
        for tag in ["en-GB", "C", "", "de_DE"] {
            assert_eq!(Lang::from_tag(tag), Lang::English);
        }
    }
}
