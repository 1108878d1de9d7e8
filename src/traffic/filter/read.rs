//! The parser of one filter term.

use super::address::Address;
use super::field::FieldTest;
use super::lexer::{FilterKey, Raw, TermContent};
use super::mistake::{FilterMistake, FilterProblem};
use super::term::{FilterTest, Term, TermDirection};
use super::word::Word;
use crate::payload::{TextMistake, TextProblem, hex, regular, width};
use crate::traffic::{MessageSchema, Micros};
use regex::bytes::{Regex, RegexBuilder};
use std::ops::RangeInclusive;
use std::sync::Arc;

/// The most bytes that a compiled regular expression, and each of its caches, may take.
const REGEX_SIZE: usize = 1 << 20;

/// Parses the value of a raw term. `time` parses times.
///
/// # Errors
/// If the value is invalid for the kind of term.
pub(super) fn term(
    raw: Raw,
    time: &dyn Fn(&str) -> Option<Micros>,
    fields: Option<&Arc<MessageSchema>>,
) -> Result<Term, FilterMistake> {
    let Raw {
        at,
        negated,
        content,
    } = raw;
    let mistake = |problem| FilterMistake { at, problem };
    let test = match content {
        TermContent::Text(text) => Ok(FilterTest::Word(Word::new(&text))),
        TermContent::Word(text) if is_signed_number(&text) => {
            Err(mistake(FilterProblem::SignedNumber(text)))
        }
        TermContent::Word(text) => match fields.and_then(|fields| FieldTest::read(&text, fields)) {
            Some(Ok(test)) => Ok(FilterTest::Field(test.into())),
            Some(Err(value)) => Err(mistake(FilterProblem::Field(value))),
            None => Ok(FilterTest::Word(Word::new(&text))),
        },
        TermContent::Regex { pattern, any_case } => regex(&pattern, any_case)
            .map(FilterTest::Regex)
            .map_err(mistake),
        TermContent::Keyed(FilterKey::Hex, value) => bytes(&value)
            .map(|bytes| FilterTest::Bytes(Word::of_bytes(&bytes)))
            .map_err(|wrong| FilterMistake {
                at: at + wrong.at,
                problem: FilterProblem::Hex(wrong.problem),
            }),
        TermContent::Keyed(key @ (FilterKey::From | FilterKey::To | FilterKey::Peer), value) => {
            let direction = match key {
                FilterKey::From => Some(TermDirection::Received),
                FilterKey::To => Some(TermDirection::Sent),
                _ => None,
            };
            let address =
                Address::read(&value).map(|address| FilterTest::Address(direction, address));
            address.ok_or_else(|| mistake(FilterProblem::Address(value)))
        }
        TermContent::Keyed(FilterKey::Direction, value) => direction(&value)
            .map(FilterTest::Direction)
            .ok_or_else(|| mistake(FilterProblem::Direction(value))),
        TermContent::Keyed(FilterKey::Length, value) => lengths(&value)
            .map(FilterTest::Length)
            .ok_or_else(|| mistake(FilterProblem::Length(value))),
        TermContent::Keyed(key @ (FilterKey::Since | FilterKey::Until), value) => {
            let test = if key == FilterKey::Since {
                FilterTest::Since
            } else {
                FilterTest::Until
            };
            time(&value)
                .map(test)
                .ok_or_else(|| mistake(FilterProblem::Time(value)))
        }
    }?;
    Ok(Term { negated, test })
}

/// Whether a word is a sign and digits: it may be meant as a text or as what is left out.
fn is_signed_number(text: &str) -> bool {
    let number = text.strip_prefix(['-', '!', '－', '！']);
    number.is_some_and(|number| !number.is_empty() && number.chars().all(char::is_numeric))
}

/// Compiles a regular expression. A search takes time linear in the text, whatever the pattern.
fn regex(pattern: &str, any_case: bool) -> Result<Regex, FilterProblem> {
    let built = RegexBuilder::new(pattern)
        .case_insensitive(any_case)
        .size_limit(REGEX_SIZE)
        .dfa_size_limit(REGEX_SIZE)
        .build();
    built.map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => FilterProblem::RegexTooLarge,
        _ => FilterProblem::Regex(regular::mistake(pattern).problem),
    })
}

fn bytes(value: &str) -> Result<Vec<u8>, TextMistake> {
    let bytes = hex::parse(value)?;
    if bytes.is_empty() {
        return Err(TextMistake {
            at: 0,
            problem: TextProblem::NoDigits,
        });
    }
    Ok(bytes)
}

fn direction(value: &str) -> Option<TermDirection> {
    match width::to_ascii(value).to_ascii_lowercase().as_str() {
        "rx" | "in" | "收" | "接收" => Some(TermDirection::Received),
        "tx" | "out" | "发" | "发送" => Some(TermDirection::Sent),
        "event" | "events" | "事件" => Some(TermDirection::Event),
        _ => None,
    }
}

/// Parses `20`, `10-20`, `>100`, `>=100`, `<100` or `<=100`; `None` also for an empty range.
fn lengths(value: &str) -> Option<RangeInclusive<usize>> {
    let value = width::to_ascii(value);
    let number = |text: &str| -> Option<usize> {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse().ok())?
    };
    let lengths = if let Some(least) = value.strip_prefix(">=") {
        number(least)?..=usize::MAX
    } else if let Some(below) = value.strip_prefix('>') {
        number(below)?.checked_add(1)?..=usize::MAX
    } else if let Some(most) = value.strip_prefix("<=") {
        0..=number(most)?
    } else if let Some(above) = value.strip_prefix('<') {
        0..=number(above)?.checked_sub(1)?
    } else if let Some((least, most)) = value.split_once('-') {
        number(least)?..=number(most)?
    } else {
        let exact = number(&value)?;
        exact..=exact
    };
    (!lengths.is_empty()).then_some(lengths)
}

#[cfg(test)]
mod tests {
    use super::super::lexer::Lexer;
    use super::super::{Facts, Filter};
    use super::*;
    use crate::payload::regular::RegexProblem;

    fn read(text: &str) -> Result<Term, FilterMistake> {
        let raw = Lexer::new(text).next().unwrap()?;
        term(raw, &|text| (text == "14:03").then_some(7), None)
    }

    fn mistake(text: &str) -> (usize, FilterProblem) {
        let FilterMistake { at, problem } = read(text).unwrap_err();
        (at, problem)
    }

    #[test]
    fn a_signed_number_could_be_meant_otherwise() {
        for text in ["-3", "!3", "-０"] {
            let problem = FilterProblem::SignedNumber(text.to_owned());
            assert_eq!(mistake(text), (0, problem));
        }
    }

    #[test]
    fn lengths_of_every_form() {
        for (text, expected) in [
            ("20", 20..=20),
            ("10-20", 10..=20),
            (">100", 101..=usize::MAX),
            (">=100", 100..=usize::MAX),
            ("<100", 0..=99),
            ("<=100", 0..=100),
            ("＞＝１０", 10..=usize::MAX),
            ("0", 0..=0),
        ] {
            assert_eq!(lengths(text), Some(expected), "{text}");
        }
        for text in [
            "",
            "x",
            ">",
            "20-10",
            "<0",
            "-5",
            "1-",
            "+5",
            "1.5",
            ">18446744073709551615",
        ] {
            assert_eq!(lengths(text), None, "{text}");
        }
    }

    #[test]
    fn directions_in_either_language() {
        for (text, expected) in [
            ("rx", TermDirection::Received),
            ("收", TermDirection::Received),
            ("ｏｕｔ", TermDirection::Sent),
            ("发", TermDirection::Sent),
            ("事件", TermDirection::Event),
        ] {
            assert_eq!(direction(text), Some(expected), "{text}");
        }
        assert_eq!(direction("up"), None);
    }

    #[test]
    fn a_known_key_with_a_bad_value_is_pointed_at() {
        let text = str::to_owned;
        assert_eq!(mistake("dir:up"), (4, FilterProblem::Direction(text("up"))));
        assert_eq!(
            mistake("-len:many"),
            (5, FilterProblem::Length(text("many")))
        );
        assert_eq!(mistake("from:"), (5, FilterProblem::Address(text(""))));
        assert_eq!(
            mistake("since:soon"),
            (6, FilterProblem::Time(text("soon")))
        );
        assert_eq!(
            mistake("hex:0d0"),
            (4, FilterProblem::Hex(TextProblem::HalfByte))
        );
        assert_eq!(
            mistake("hex:\"0d zz\""),
            (8, FilterProblem::Hex(TextProblem::NotHex('z')))
        );
        assert_eq!(
            mistake("hex:"),
            (4, FilterProblem::Hex(TextProblem::NoDigits))
        );
        assert!(read("until：14:03").is_ok());
    }

    #[test]
    fn a_regular_expression_that_cannot_be_read_says_why() {
        let (at, problem) = mistake("/a(b/");
        assert_eq!(at, 1);
        assert_eq!(problem, FilterProblem::Regex(RegexProblem::GroupUnclosed));
        assert_eq!(
            mistake("/(.{1000}){1000}/"),
            (1, FilterProblem::RegexTooLarge)
        );
    }

    #[test]
    fn a_regular_expression_that_others_choke_on_ends_soon() {
        let mut payload = vec![b'a'; 64 << 10];
        payload.push(b'b');
        let begin = std::time::Instant::now();
        for text in ["/(a+)+$/", "/(a*b?)*c/"] {
            let facts = Facts {
                is_message: false,
                direction: TermDirection::Received,
                bytes: &payload,
                local: None,
                peer: None,
                time: 0,
            };
            assert!(!read(text).unwrap().holds(&facts), "{text}");
        }
        let filter = Filter::new("/(a*c)?/", Arc::new(|_| String::new()), &|_| None, None);
        filter.unwrap().unwrap().marked_bytes(&payload);
        // A backtracking engine would practically never end.
        assert!(begin.elapsed().as_secs() < 120, "{:?}", begin.elapsed());
    }
}
