//! What was written, cut into terms that are not yet understood.

use super::mistake::{FilterMistake, FilterProblem};
use crate::payload::width::narrow;

/// What stands before a colon and has a meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Hex,
    From,
    To,
    Peer,
    Direction,
    Length,
    Since,
    Until,
}

const KEYS: [(&str, Key); 8] = [
    ("hex", Key::Hex),
    ("from", Key::From),
    ("to", Key::To),
    ("peer", Key::Peer),
    ("dir", Key::Direction),
    ("len", Key::Length),
    ("since", Key::Since),
    ("until", Key::Until),
];
const LONGEST_KEY: usize = 5;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Raw {
    /// Characters before its content, behind any sign, key and quotation mark.
    pub at: usize,
    pub negated: bool,
    pub piece: Piece,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// A plain word or a quotation.
    Text(String),
    Regex {
        pattern: String,
        any_case: bool,
    },
    /// A key and what follows its colon.
    Keyed(Key, String),
}

/// Yields the terms in order, and ends behind the first mistake.
pub(super) struct Lexer {
    chars: Vec<char>,
    at: usize,
}

/// What a `/` begins.
enum Slash {
    Regex {
        pattern: String,
        any_case: bool,
        end: usize,
    },
    Word,
    Unclosed,
}

impl Lexer {
    pub(super) fn new(text: &str) -> Self {
        Self {
            chars: text.chars().collect(),
            at: 0,
        }
    }

    fn peek(&self, at: usize) -> Option<char> {
        self.chars.get(at).copied()
    }

    fn ends_word(&self, at: usize) -> bool {
        self.peek(at).is_none_or(|c| c.is_whitespace() || c == '"')
    }

    /// The key that begins at `at`, and the place behind its colon. Letters and colon
    /// may be full-width.
    fn key(&self, at: usize) -> Option<(Key, usize)> {
        let rest = self.chars.get(at..)?;
        let narrowed = rest.iter().copied().map(narrow);
        let name: String = narrowed
            .take_while(|c| *c != ':')
            .take(LONGEST_KEY + 1)
            .collect();
        let (_, key) = KEYS.iter().find(|(known, _)| *known == name)?;
        let colon = at + name.len();
        (self.peek(colon).map(narrow) == Some(':')).then_some((*key, colon + 1))
    }

    /// From `begin` to the next quotation mark, and the place behind that; to the end
    /// where there is none.
    fn quotation(&self, begin: usize) -> (String, usize) {
        let rest = self.chars.get(begin..).unwrap_or_default();
        let length = rest.iter().take_while(|c| **c != '"').count();
        let quoted = rest.iter().take(length).collect();
        (quoted, (begin + length + 1).min(self.chars.len()))
    }

    /// From `begin` to white space or a quotation.
    fn word(&self, begin: usize) -> (String, usize) {
        let mut end = begin;
        while !self.ends_word(end) {
            end += 1;
        }
        let word = self.chars.get(begin..end).unwrap_or_default();
        (word.iter().collect(), end)
    }

    /// What the `/` at `begin` is. `/a/b` and `//` are words: such paths and comments are
    /// looked for more often than mistaken for anything else.
    fn slash(&self, begin: usize) -> Slash {
        let (mut pattern, mut at) = (String::new(), begin + 1);
        loop {
            match (self.peek(at), self.peek(at + 1)) {
                (None, _) if self.ends_word(begin + 1) => return Slash::Word,
                (None, _) => return Slash::Unclosed,
                (Some('/'), _) => break,
                (Some('\\'), Some(next)) => {
                    if next != '/' {
                        pattern.push('\\');
                    }
                    pattern.push(next);
                    at += 2;
                }
                (Some(c), _) => {
                    pattern.push(c);
                    at += 1;
                }
            }
        }
        let any_case = self.peek(at + 1) == Some('i') && self.ends_word(at + 2);
        let end = at + 1 + usize::from(any_case);
        if pattern.is_empty() {
            Slash::Word
        } else if self.ends_word(end) {
            Slash::Regex {
                pattern,
                any_case,
                end,
            }
        } else if pattern.contains(char::is_whitespace) {
            Slash::Unclosed
        } else {
            Slash::Word
        }
    }

    /// Whether the `-` or `!` at `self.at` negates what follows it, which is no key.
    ///
    /// It does before a quotation, a regular expression and a word that begins with a
    /// letter; `-5`, `->`, `--all` and `!=` are words as they stand.
    fn negates(&self) -> bool {
        let sign = matches!(self.peek(self.at), Some('-' | '!'));
        sign && match self.peek(self.at + 1) {
            None => false,
            Some('"') => true,
            Some('/') => !matches!(self.slash(self.at + 1), Slash::Word),
            Some(c) => !c.is_whitespace() && !c.is_numeric() && !narrow(c).is_ascii_punctuation(),
        }
    }

    /// The term that begins at `begin`, behind any sign; `None` for an empty quotation.
    fn piece(&mut self, begin: usize) -> Result<Option<(usize, Piece)>, FilterMistake> {
        if let Some((key, colon)) = self.key(begin) {
            let quoted = self.peek(colon) == Some('"');
            let content = colon + usize::from(quoted);
            let (value, end) = if quoted {
                self.quotation(content)
            } else {
                self.word(content)
            };
            self.at = end;
            return Ok(Some((content, Piece::Keyed(key, value))));
        }
        match self.peek(begin) {
            Some('"') => {
                let (text, end) = self.quotation(begin + 1);
                self.at = end;
                return Ok((!text.is_empty()).then_some((begin + 1, Piece::Text(text))));
            }
            Some('/') => match self.slash(begin) {
                Slash::Unclosed => {
                    self.at = self.chars.len();
                    return Err(FilterMistake {
                        at: begin,
                        problem: FilterProblem::UnclosedRegex,
                    });
                }
                Slash::Regex {
                    pattern,
                    any_case,
                    end,
                } => {
                    self.at = end;
                    let piece = Piece::Regex { pattern, any_case };
                    return Ok(Some((begin + 1, piece)));
                }
                Slash::Word => {}
            },
            _ => {}
        }
        let (text, end) = self.word(begin);
        self.at = end;
        Ok(Some((begin, Piece::Text(text))))
    }
}

impl Iterator for Lexer {
    type Item = Result<Raw, FilterMistake>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            while self.peek(self.at)?.is_whitespace() {
                self.at += 1;
            }
            let sign = matches!(self.peek(self.at).map(narrow), Some('-' | '!'));
            let negated = sign && self.key(self.at + 1).is_some() || self.negates();
            match self.piece(self.at + usize::from(negated)) {
                Ok(None) => {}
                Ok(Some((at, piece))) => {
                    return Some(Ok(Raw { at, negated, piece }));
                }
                Err(mistake) => return Some(Err(mistake)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn raw(text: &str) -> Vec<Raw> {
        Lexer::new(text).map(Result::unwrap).collect()
    }

    /// Terms as `-` for a negated one, then what it is.
    fn told(text: &str) -> Vec<String> {
        let told = |raw: Raw| {
            let sign = if raw.negated { "not " } else { "" };
            match raw.piece {
                Piece::Text(text) => format!("{sign}{text}"),
                Piece::Regex { pattern, any_case } => format!("{sign}regex {pattern} {any_case}"),
                Piece::Keyed(key, value) => format!("{sign}{key:?} {value}"),
            }
        };
        raw(text).into_iter().map(told).collect()
    }

    #[test]
    fn words_and_quotations() {
        assert_eq!(told("a \"b c\"d　e"), ["a", "b c", "d", "e"]);
        assert_eq!(told("\"to the end"), ["to the end"]);
        assert_eq!(told("x\"from:1\""), ["x", "from:1"]);
        for nothing in ["", "   ", "\"\"", "\"", "-\"\""] {
            assert!(raw(nothing).is_empty(), "{nothing:?}");
        }
    }

    #[test]
    fn a_sign_negates_words_that_begin_with_a_letter() {
        assert_eq!(
            told("-a !b -温度 -\"c d\"-"),
            ["not a", "not b", "not 温度", "not c d", "-"]
        );
        assert_eq!(
            told("-dir:rx ！ｄｉｒ：tx"),
            ["not Direction rx", "not Direction tx"]
        );
        for literal in [
            "-5",
            "->",
            "--all",
            "!=",
            "-",
            "!",
            "-０",
            "！警告",
            "-/a/b",
        ] {
            assert_eq!(told(literal), [literal]);
        }
        assert_eq!(told("\"-a\""), ["-a"]);
    }

    #[test]
    fn regular_expressions_are_taken_whole() {
        assert_eq!(told("/a b\\/c\\d/ d"), ["regex a b/c\\d false", "d"]);
        assert_eq!(told("/a/i -/b/"), ["regex a true", "not regex b false"]);
        for word in ["/", "//", "//host", "/api/v1/status", "/a/ii"] {
            assert_eq!(told(word), [word]);
        }
        assert_eq!(told("1 / 2"), ["1", "/", "2"]);
        for unclosed in ["/index.html", "/a b", "/a b/c", "/a\\/"] {
            let mistake = FilterMistake {
                at: 2,
                problem: FilterProblem::UnclosedRegex,
            };
            let text = format!("x {unclosed}");
            assert_eq!(Lexer::new(&text).last(), Some(Err(mistake)), "{text}");
        }
    }

    #[test]
    fn known_keys_take_what_follows_and_unknown_ones_are_text() {
        assert_eq!(
            told("hex:\"0d 0a\" from：１ len:>9 peer::80"),
            ["Hex 0d 0a", "From １", "Length >9", "Peer :80"]
        );
        assert_eq!(told("to:"), ["To "]);
        assert_eq!(
            told("foo:bar From:a tofrom:1 a:"),
            ["foo:bar", "From:a", "tofrom:1", "a:"]
        );
        assert_eq!(raw("温 -hex:\"0d\"")[1].at, 8);
    }

    proptest! {
        #[test]
        fn any_text_comes_to_an_end(text in "[-!/\\\\\":a ihex：！温]{0,40}") {
            let terms = Lexer::new(&text).take(100).count();
            prop_assert!(terms <= 40);
        }
    }
}
