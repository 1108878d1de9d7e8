//! The lexer of the filter language: splits the text into raw terms.

use super::mistake::{FilterMistake, FilterProblem};
use crate::payload::width::narrow;

/// A keyword before a colon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FilterKey {
    Hex,
    From,
    To,
    Peer,
    Direction,
    Length,
    Since,
    Until,
}

pub(super) const KEYS: [(&str, FilterKey); 8] = [
    ("hex", FilterKey::Hex),
    ("from", FilterKey::From),
    ("to", FilterKey::To),
    ("peer", FilterKey::Peer),
    ("dir", FilterKey::Direction),
    ("len", FilterKey::Length),
    ("since", FilterKey::Since),
    ("until", FilterKey::Until),
];
const LONGEST_KEY: usize = 5;

/// A term that is not interpreted yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Raw {
    /// The number of characters before its content: after sign, key and quotation mark.
    pub at: usize,
    pub negated: bool,
    pub content: TermContent,
}

/// The content of a term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TermContent {
    /// A quoted text.
    Text(String),
    /// A plain word.
    Word(String),
    Regex {
        pattern: String,
        any_case: bool,
    },
    /// A key and the value after its colon.
    Keyed(FilterKey, String),
}

/// Yields the terms in order, and ends after the first mistake.
pub(super) struct Lexer {
    chars: Vec<char>,
    at: usize,
}

/// Whether the word is one byte of two digits: `72`, `0x72` or `72,`.
fn is_byte(word: &str) -> bool {
    let word: String = word.chars().map(narrow).collect();
    let word = word.trim_end_matches(',');
    let digits = word.strip_prefix("0x").unwrap_or(word);
    digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The meaning of a `/` at the beginning of a term.
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

    /// The key that begins at `at`, and the index after its colon. Letters may be upper-case,
    /// and letters and colon may be full-width.
    fn key(&self, at: usize) -> Option<(FilterKey, usize)> {
        let rest = self.chars.get(at..)?;
        let narrowed = rest.iter().map(|c| narrow(*c).to_ascii_lowercase());
        let name: String = narrowed
            .take_while(|c| *c != ':')
            .take(LONGEST_KEY + 1)
            .collect();
        let (_, key) = KEYS.iter().find(|(known, _)| *known == name)?;
        let colon = at + name.len();
        (self.peek(colon).map(narrow) == Some(':')).then_some((*key, colon + 1))
    }

    /// The text from `begin` to the next quotation mark, and the index after that mark.
    fn quotation(&self, begin: usize) -> Result<(String, usize), FilterMistake> {
        let rest = self.chars.get(begin..).unwrap_or_default();
        // The user has just begun to write a quotation.
        if rest.iter().all(|c| c.is_whitespace()) {
            return Ok((String::new(), self.chars.len()));
        }
        let length = rest.iter().position(|c| *c == '"').ok_or(FilterMistake {
            at: begin.saturating_sub(1),
            problem: FilterProblem::UnclosedQuotation,
        })?;
        Ok((rest.iter().take(length).collect(), begin + length + 1))
    }

    /// The bytes after `hex:`, and the index after them. They may be separated by spaces: `72
    /// 6f`, `0x72, 0x6f`. Digits of several bytes in one word, as in `0d0a 12`, end the value.
    fn spaced_bytes(&self, begin: usize) -> (String, usize) {
        let (mut value, mut end) = self.word(begin);
        let mut goes_on = is_byte(&value);
        while goes_on {
            let mut next = end;
            while self.peek(next).is_some_and(char::is_whitespace) {
                next += 1;
            }
            let (word, after) = self.word(next);
            goes_on = is_byte(&word);
            if goes_on {
                value.push(' ');
                value.push_str(&word);
                end = after;
            }
        }
        (value, end)
    }

    /// The word from `begin` to white space or a quotation mark, and the index after it.
    fn word(&self, begin: usize) -> (String, usize) {
        let mut end = begin;
        while !self.ends_word(end) {
            end += 1;
        }
        let word = self.chars.get(begin..end).unwrap_or_default();
        (word.iter().collect(), end)
    }

    /// Whether the `/` at `begin` starts a regular expression. `/a/b` and `//` are words,
    /// because paths and comments are common search texts.
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

    /// Whether the `-` or `!` at `self.at` negates a term without a key.
    ///
    /// It does before a quotation, a regular expression and a word that begins with a letter;
    /// `-5`, `->`, `--all` and `!=` are words.
    fn negates(&self) -> bool {
        let sign = matches!(self.peek(self.at), Some('-' | '!'));
        sign && match self.peek(self.at + 1) {
            None => false,
            Some('"') => true,
            Some('/') => !matches!(self.slash(self.at + 1), Slash::Word),
            Some(c) => !c.is_whitespace() && !c.is_numeric() && !narrow(c).is_ascii_punctuation(),
        }
    }

    /// The term that begins at `begin`, after any sign; `None` for an empty quotation.
    fn content(&mut self, begin: usize) -> Result<Option<(usize, TermContent)>, FilterMistake> {
        if let Some((key, colon)) = self.key(begin) {
            let quoted = self.peek(colon) == Some('"');
            let content = colon + usize::from(quoted);
            let (value, end) = match (quoted, key) {
                (true, _) => self.quotation(content).inspect_err(|_| {
                    self.at = self.chars.len();
                })?,
                (false, FilterKey::Hex) => self.spaced_bytes(content),
                (false, _) => self.word(content),
            };
            self.at = end;
            return Ok(Some((content, TermContent::Keyed(key, value))));
        }
        match self.peek(begin) {
            Some('"') => {
                let (text, end) = self.quotation(begin + 1).inspect_err(|_| {
                    self.at = self.chars.len();
                })?;
                self.at = end;
                return Ok((!text.is_empty()).then_some((begin + 1, TermContent::Text(text))));
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
                    let content = TermContent::Regex { pattern, any_case };
                    return Ok(Some((begin + 1, content)));
                }
                Slash::Word => {}
            },
            _ => {}
        }
        let (text, end) = self.word(begin);
        self.at = end;
        Ok(Some((begin, TermContent::Word(text))))
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
            match self.content(self.at + usize::from(negated)) {
                Ok(None) => {}
                Ok(Some((at, content))) => {
                    return Some(Ok(Raw {
                        at,
                        negated,
                        content,
                    }));
                }
                Err(mistake) => return Some(Err(mistake)),
            }
        }
    }
}

#[cfg(test)]
mod tests;
