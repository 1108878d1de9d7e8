//! The texts of the locale files, by key: `group.name`, or deeper.

use super::Lang;
use serde::Deserialize;
use std::collections::HashMap;
use std::fmt::{Display, Write as _};
use std::sync::LazyLock;

/// The content of a locale file under one name.
#[derive(Deserialize)]
#[serde(untagged)]
enum Node {
    Text(String),
    Group(HashMap<String, Node>),
}

type Texts = HashMap<String, String>;

static CHINESE: LazyLock<Texts> = LazyLock::new(|| read(file(Lang::Chinese)));
static ENGLISH: LazyLock<Texts> = LazyLock::new(|| read(file(Lang::English)));

/// The locale file of a language: RON, in groups.
pub(super) fn file(lang: Lang) -> &'static str {
    match lang {
        Lang::Chinese => include_str!("../../assets/locales/zh-CN.ron"),
        Lang::English => include_str!("../../assets/locales/en.ron"),
    }
}

/// The texts of a file; none where it is not well formed, which a test forbids.
fn read(file: &str) -> Texts {
    let mut texts = Texts::new();
    if let Ok(node) = ron::from_str(file) {
        flatten(node, "", &mut texts);
    }
    texts
}

fn flatten(node: Node, path: &str, texts: &mut Texts) {
    match node {
        Node::Text(text) => {
            texts.insert(path.to_owned(), text);
        }
        Node::Group(nodes) => {
            let lead = match path {
                "" => String::new(),
                path => format!("{path}."),
            };
            for (name, node) in nodes {
                flatten(node, &format!("{lead}{name}"), texts);
            }
        }
    }
}

/// The text with a key, as its file has it; the key itself where there is none.
pub fn template(lang: Lang, key: &str) -> &str {
    let texts = match lang {
        Lang::Chinese => &*CHINESE,
        Lang::English => &*ENGLISH,
    };
    texts.get(key).map_or(key, String::as_str)
}

/// The text with a key, each `%{name}` replaced by the value of that name. A name without a
/// value stays as it is, and so does the content of a value.
pub fn text(lang: Lang, key: &str, values: &[(&str, &dyn Display)]) -> String {
    let mut rest = template(lang, key);
    let mut text = String::with_capacity(rest.len());
    while let Some((before, after)) = rest.split_once("%{") {
        text.push_str(before);
        let value = after.split_once('}').and_then(|(name, after)| {
            let (_, value) = values.iter().find(|(known, _)| *known == name)?;
            Some((value, after))
        });
        match value {
            // Writing into a string cannot fail.
            Some((value, after)) => {
                let _ = write!(text, "{value}");
                rest = after;
            }
            None => {
                text.push_str("%{");
                rest = after;
            }
        }
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// The keys of a language.
    pub fn keys(lang: Lang) -> BTreeSet<String> {
        read(file(lang)).into_keys().collect()
    }

    #[test]
    fn locale_files_are_well_formed_and_name_each_text_once() {
        for lang in Lang::ALL {
            if let Err(error) = ron::from_str::<Node>(file(lang)) {
                panic!("{lang:?}: {error}");
            }
            let lines = file(lang).lines();
            let texts = lines.filter(|line| line.ends_with("\",")).count();
            assert_eq!(keys(lang).len(), texts, "{lang:?}: a text a line");
        }
    }

    #[test]
    fn values_replace_their_names_and_nothing_else() {
        let values: [(&str, &dyn Display); 2] = [("count", &1), ("size", &"%{count}")];
        let kept = text(Lang::English, "journal.kept", &values);
        assert!(kept.contains("(%{count})"), "{kept}");
        assert!(
            text(Lang::English, "journal.kept", &[]).contains("%{size}"),
            "a value that nobody gave is seen"
        );
        assert_eq!(text(Lang::Chinese, "no.such.key", &[]), "no.such.key");
    }
}
