//! Values of fields on the command line: `type=request seq=7 name="two words"`.

use crate::config::ArgumentMistake;
use std::collections::BTreeMap;
use std::str::FromStr;

/// Values by the paths of their fields, with spaces between them. A value with spaces stands
/// between quotation marks, of either kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenFields(pub BTreeMap<String, String>);

impl FromStr for WrittenFields {
    type Err = ArgumentMistake;

    fn from_str(text: &str) -> Result<Self, ArgumentMistake> {
        let mut fields = BTreeMap::new();
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            let word = rest.split_whitespace().next().unwrap_or_default();
            let (name, _) = word
                .split_once('=')
                .filter(|(name, _)| !name.is_empty())
                .ok_or_else(|| ArgumentMistake::NoFieldValue(word.to_owned()))?;
            let written = rest.strip_prefix(name).unwrap_or_default();
            let written = written.strip_prefix('=').unwrap_or_default();
            let (value, after) =
                value(written).ok_or_else(|| ArgumentMistake::QuotedField(name.to_owned()))?;
            if fields.insert(name.to_owned(), value.to_owned()).is_some() {
                return Err(ArgumentMistake::FieldTwice(name.to_owned()));
            }
            rest = after.trim_start();
        }
        Ok(Self(fields))
    }
}

/// A value, and the text behind it; `None` if its quotation marks do not enclose it.
fn value(written: &str) -> Option<(&str, &str)> {
    let mark = written
        .chars()
        .next()
        .filter(|first| ['"', '\''].contains(first));
    let Some(mark) = mark else {
        let end = written.find(char::is_whitespace).unwrap_or(written.len());
        return written.split_at_checked(end);
    };
    let (value, after) = written.strip_prefix(mark)?.split_once(mark)?;
    let ends = after.is_empty() || after.starts_with(char::is_whitespace);
    ends.then_some((value, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_behind_names_and_may_be_quoted() {
        let WrittenFields(fields) =
            r#" type=request  temp="= 20 + sine(60, 5)" data='"a b"' empty= n==count"#
                .parse()
                .unwrap();
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let expected = [
            ("data", "\"a b\""),
            ("empty", ""),
            ("n", "=count"),
            ("temp", "= 20 + sine(60, 5)"),
            ("type", "request"),
        ];
        assert_eq!(fields, expected);
        assert_eq!("".parse(), Ok(WrittenFields(BTreeMap::new())));
    }

    #[test]
    fn a_mistake_names_its_word() {
        use ArgumentMistake::{FieldTwice, NoFieldValue, QuotedField};
        for (text, mistake) in [
            ("type", NoFieldValue("type".into())),
            ("a=1 =2", NoFieldValue("=2".into())),
            ("a= = 2", NoFieldValue("=".into())),
            ("a b=1", NoFieldValue("a".into())),
            ("a=\"x y", QuotedField("a".into())),
            ("a='x'y", QuotedField("a".into())),
            ("a=1 a=2", FieldTwice("a".into())),
        ] {
            assert_eq!(text.parse::<WrittenFields>(), Err(mistake), "{text}");
        }
    }
}
