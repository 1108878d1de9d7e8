//! The file of impairments: reads and checks it.

use crate::automation::impair::Impairment;
use crate::config::named_network::NetworkName;
use crate::config::{FileMistake, RonProblem, ValueMistake, ron_file};
use crate::explain;
use crate::payload::printable;
use crate::{t, words::Lang};
use serde::de::Error as _;
use serde::{Deserialize as _, Deserializer};
use std::io::{Error, ErrorKind};
use std::path::Path;

/// Deserialises impairments and checks their values.
///
/// # Errors
/// The error in the file or in a value.
pub fn checked<'de, D: Deserializer<'de>>(source: D) -> Result<Option<Impairment>, D::Error> {
    let conditions = Option::<Impairment>::deserialize(source)?;
    if let Some(conditions) = &conditions {
        let checked = conditions.check().map_err(ValueMistake::from);
        checked.map_err(D::Error::custom)?;
    }
    Ok(conditions)
}

/// Reads a file of impairments, or a named network. A file of the same name is `./3g`.
///
/// # Errors
/// The path, the position if there is one, and the error.
pub(super) fn read(path: &Path, lang: Lang) -> Result<Impairment, String> {
    let named = path.to_str().and_then(NetworkName::of_word);
    let text = match named {
        Some(name) => name.text().to_owned(),
        None => ron_file::text(path).map_err(|error| unreadable(lang, path, &error))?,
    };
    parse(&text).map_err(|mistake| {
        let message = explain::file_mistake(lang, &mistake);
        format!("{}:{message}", printable::path(path))
    })
}

/// Explains why a file cannot be read. One that is not there may be a mistyped name.
fn unreadable(lang: Lang, path: &Path, error: &Error) -> String {
    let is_word = path.extension().is_none() && path.components().count() == 1;
    if error.kind() != ErrorKind::NotFound || !is_word {
        return explain::unreadable(lang, path, error);
    }
    let names = NetworkName::ALL.map(NetworkName::word);
    t!(
        lang,
        "cli.no_network",
        name = printable::path(path),
        names = names.join(", ")
    )
}

/// Parses impairments.
///
/// # Errors
/// The error in the text or in a value, with its position.
fn parse(text: &str) -> Result<Impairment, FileMistake> {
    let conditions: Impairment = ron_file::parse(text)?;
    let Err(mistake) = conditions.check() else {
        return Ok(conditions);
    };
    let (least, most) = mistake.field.allowed();
    let is_wrong = |number: f64| !(least..=most).contains(&number);
    let place = ron_file::place_of_number(text, mistake.field.key(), is_wrong);
    let problem = RonProblem::Value(mistake.into());
    Err(ron_file::mistake(text, place.unwrap_or(0), problem))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_network_is_told_the_names() {
        for lang in [Lang::English, Lang::Chinese] {
            let error = read(Path::new("5g"), lang).unwrap_err();
            assert!(
                error.contains("5g") && error.contains("slow-3g, weak"),
                "{error}"
            );
            let error = read(Path::new("./5g.ron"), lang).unwrap_err();
            assert!(!error.contains("slow-3g"), "{error}");
        }
    }

    #[test]
    fn the_network_of_the_book_can_be_had() {
        for page in [
            include_str!("../../../docs/en/impairment.md"),
            include_str!("../../../docs/zh/impairment.md"),
        ] {
            let (_, from) = page.split_once("```ron\n(").unwrap();
            let (text, _) = from.split_once("```").unwrap();
            let conditions = parse(&format!("({text}")).unwrap();
            assert!(!conditions.is_nothing() && conditions.seed == 7);
        }
    }

    #[test]
    fn named_networks_impair_datagrams_and_streams_and_the_book_has_their_sources() {
        let books = [
            include_str!("../../../docs/en/impairment.md"),
            include_str!("../../../docs/zh/impairment.md"),
        ];
        for name in NetworkName::ALL.map(NetworkName::word) {
            let network = read(Path::new(name), Lang::English).unwrap();
            let outgoing = &network.outgoing;
            assert!(!outgoing.datagrams.is_nothing(), "{name}");
            assert!(!outgoing.stream.is_nothing(), "{name}");
            assert!(network.check().is_ok(), "{name}");
            for book in books {
                assert!(book.contains(&format!("| `{name}` |")), "{name}");
            }
        }
        let file = read(Path::new("./3g"), Lang::English);
        assert!(file.is_err());
    }

    #[test]
    fn a_file_may_be_wrong() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("impair.ron");
        let cases = [
            ("(outgoing: (datagrams: (duplicate: 120)))", "100"),
            ("(\nseed: -1)", ".ron:2:"),
            ("(outgoing: (datagrams: (duplicate: NaN)))", "100"),
            (
                "(outgoing: (datagrams: (\n duplicate: 120)))",
                ".ron:2:2: `duplicate`",
            ),
            (
                "(incoming: (datagrams: (loss: Random(percent: 5))),\noutgoing: (datagrams: (loss: \
                 Random(percent: 500))))",
                ".ron:2:37: `loss.percent`",
            ),
            (
                "(outgoing: (datagrams: (loss:\n EveryNth(0))))",
                ".ron:1:25: `loss.EveryNth`",
            ),
        ];
        for (text, message) in cases {
            std::fs::write(&path, text).unwrap();
            let error = read(&path, Lang::English).unwrap_err();
            assert!(error.contains(message), "{error}");
        }
    }
}
