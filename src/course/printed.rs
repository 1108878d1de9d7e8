//! The mistake in what a program printed instead of the expected line.

use super::compare::{decoded, shows_bytes};
use super::mistake::{Evidence, Mistake, MistakeName as Name};
use crate::payload::charset::Charset;

/// The mistake in the printed lines; `None` if they do not tell. `sent` is what the program had
/// received before.
pub fn mistake(
    expected: Option<&str>,
    output: &str,
    sent: &[u8],
    is_stream: bool,
) -> Option<Mistake> {
    let lines = || output.lines().filter(|line| !line.is_empty());
    if lines().any(shows_bytes) {
        return Some(Name::Representation.into());
    }
    let expected = expected?;
    let begin = lines().find(|line| expected.starts_with(line) && *line != expected);
    if let Some(begin) = begin {
        let of = expected.len();
        return Some(match is_stream {
            true => Name::OneReadOneMessage.into(),
            false => Mistake {
                name: Name::CutReceive,
                evidence: Evidence::Cut {
                    received: begin.len(),
                    of,
                },
            },
        });
    }
    let charset = lines().find_map(|line| misread(line, sent))?;
    Some(Mistake {
        name: Name::WrongEncoding,
        evidence: Evidence::Encoding(charset),
    })
}

/// The encoding in which these bytes are this line, if it is another one than UTF-8.
fn misread(line: &str, sent: &[u8]) -> Option<Charset> {
    let mut others = Charset::ALL
        .into_iter()
        .filter(|charset| *charset != Charset::Utf8);
    let is_other = std::str::from_utf8(sent) != Ok(line);
    let is_it = |charset: &Charset| decoded(sent, *charset).is_some_and(|text| text == line);
    others.find(|charset| is_other && is_it(charset))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printed_line_tells_what_was_done_to_the_bytes() {
        let name = |output: &str, is_stream| {
            let found = mistake(Some("温度 25"), output, "温度 25".as_bytes(), is_stream);
            found.map(|mistake| mistake.name)
        };
        assert_eq!(name("b'25'\n", false), Some(Name::Representation));
        assert_eq!(name("温度\n", false), Some(Name::CutReceive));
        assert_eq!(name("温度\n", true), Some(Name::OneReadOneMessage));
        let mojibake = decoded("温度 25".as_bytes(), Charset::Latin1).unwrap();
        // Windows-1252 has the same letters.
        let found = misread(&mojibake, "温度 25".as_bytes());
        assert!(matches!(
            found,
            Some(Charset::Latin1 | Charset::Windows1252)
        ));
        assert_eq!(name("something else\n", false), None);
        assert_eq!(name("", false), None);
    }
}
