//! The values of a RON text, each with its place, so that one can be changed and the rest stays as
//! it was written.

use super::outline::tokens;
use std::ops::Range;

/// The deepest nesting that is read.
const DEPTH: usize = 128;

/// A value, and its bytes in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RonNode {
    pub span: Range<usize>,
    /// The offset behind its opening bracket; none for a value without parts.
    pub open: Option<usize>,
    pub parts: Vec<RonPart>,
}

/// An item of a list, or a value of a struct or a map with its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RonPart {
    /// The key, without quotation marks, and its bytes.
    pub key: Option<(String, Range<usize>)>,
    pub node: RonNode,
    /// The offset of the comma behind it.
    pub comma: Option<usize>,
}

impl RonPart {
    /// The offset of its key, or of its value.
    pub fn begin(&self) -> usize {
        let key = self.key.as_ref().map(|(_, span)| span.start);
        key.unwrap_or(self.node.span.start)
    }

    /// The offset behind its value, and behind its comma if it has one.
    pub fn end(&self) -> usize {
        self.comma.map_or(self.node.span.end, |comma| comma + 1)
    }
}

impl RonNode {
    /// The value of a whole text; `None` if its brackets do not fit, something follows it, or
    /// values are nested more deeply than this reads.
    pub fn read(text: &str) -> Option<Self> {
        let mut parser = Parser {
            tokens: tokens(text),
            at: 0,
        };
        let node = parser.value(0)?;
        (parser.at == parser.tokens.len()).then_some(node)
    }

    /// The place among its parts of the one with this key.
    pub fn place(&self, key: &str) -> Option<usize> {
        let is_it = |part: &RonPart| part.key.as_ref().is_some_and(|(known, _)| known == key);
        self.parts.iter().position(is_it)
    }

    /// The value with this key.
    pub fn get(&self, key: &str) -> Option<&Self> {
        let part = self.parts.get(self.place(key)?)?;
        Some(&part.node)
    }

    /// The value as it is written.
    pub fn text<'a>(&self, text: &'a str) -> &'a str {
        text.get(self.span.clone()).unwrap_or_default()
    }
}

struct Parser<'a> {
    tokens: Vec<(usize, &'a str)>,
    at: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<(usize, &'a str)> {
        self.tokens.get(self.at).copied()
    }

    fn value(&mut self, depth: usize) -> Option<RonNode> {
        let begin = self.peek()?.0;
        let mut node = RonNode {
            span: begin..begin,
            open: None,
            parts: Vec::new(),
        };
        while let Some((at, token)) = self.peek() {
            match token {
                "," | ":" | ")" | "]" | "}" => break,
                "(" | "[" | "{" => {
                    self.at += 1;
                    node.open = Some(at + 1);
                    node.parts = self.parts(token, depth)?;
                    let (close, _) = self.tokens.get(self.at.checked_sub(1)?)?;
                    node.span.end = close + 1;
                }
                _ => {
                    self.at += 1;
                    node.span.end = at + token.len();
                }
            }
        }
        (!node.span.is_empty()).then_some(node)
    }

    /// The parts of a bracket, and its end.
    fn parts(&mut self, open: &str, depth: usize) -> Option<Vec<RonPart>> {
        if depth >= DEPTH {
            return None;
        }
        let close = match open {
            "(" => ")",
            "[" => "]",
            _ => "}",
        };
        let mut parts = Vec::new();
        loop {
            let (_, token) = self.peek()?;
            if token == close {
                self.at += 1;
                return Some(parts);
            }
            let key = if open == "[" { None } else { self.key() };
            let node = self.value(depth + 1)?;
            let comma = self.peek().filter(|(_, token)| *token == ",");
            self.at += usize::from(comma.is_some());
            let comma = comma.map(|(at, _)| at);
            parts.push(RonPart { key, node, comma });
            if comma.is_none() && self.peek()?.1 != close {
                return None;
            }
        }
    }

    /// The key before a colon, if there is one.
    fn key(&mut self) -> Option<(String, Range<usize>)> {
        let rest = self.tokens.get(self.at..)?;
        let is_end = |token: &str| matches!(token, ":" | "," | "(" | "[" | "{" | ")" | "]" | "}");
        let length = rest.iter().position(|(_, token)| is_end(token))?;
        let is_key = rest.get(length).is_some_and(|(_, token)| *token == ":");
        let words = rest.get(..length).filter(|_| is_key)?;
        let (begin, _) = words.first()?;
        let (last, token) = words.last()?;
        let span = *begin..last + token.len();
        let text: String = words.iter().map(|(_, token)| *token).collect();
        self.at += length + 1;
        Some((text.trim_matches('"').to_owned(), span))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_key_and_place_among_comments() {
        let text =
            "// (\n(a: [1, (b: \"x, )\", c: -2.5), /* ] */ Foo(3)],\n \"d\": {-1: r#\"\"]\"#},)";
        let root = RonNode::read(text).unwrap();
        let list = root.get("a").unwrap();
        let texts: Vec<&str> = list.parts.iter().map(|part| part.node.text(text)).collect();
        assert_eq!(texts, ["1", "(b: \"x, )\", c: -2.5)", "Foo(3)"]);
        let second = &list.parts[1].node;
        assert_eq!(second.get("c").unwrap().text(text), "-2.5");
        assert_eq!(second.get("b").unwrap().text(text), "\"x, )\"");
        let map = root.get("d").unwrap();
        assert_eq!(map.get("-1").unwrap().text(text), "r#\"\"]\"#");
        assert!(root.parts[1].comma.is_some() && list.parts[2].comma.is_none());
    }

    #[test]
    fn brackets_that_do_not_fit_are_no_value() {
        for text in ["", "(", "(]", "(a: 1))", "[1 2] 3,", "(a: 1 b: 2)", "1, 2"] {
            assert_eq!(RonNode::read(text), None, "{text}");
        }
        assert_eq!(RonNode::read(&"[".repeat(100_000)), None);
    }
}
