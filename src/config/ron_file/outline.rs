//! The outline of a RON text: brackets, names and commas, with their positions.

/// A step from a value to a part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathStep {
    /// The name of a variant or a struct, with or without a bracket after it.
    Name(String),
    Field(String),
    Item(usize),
}

/// An open bracket.
#[derive(Debug, Default)]
struct OpenBracket<'a> {
    name: Option<&'a str>,
    is_list: bool,
    /// The field whose value is being read.
    field: Option<&'a str>,
    /// Commas in it so far.
    items: usize,
    /// Whether anything follows the last comma.
    has_begun: bool,
}

/// Reads a text token by token, and keeps a stack of open brackets.
struct Reader<'a> {
    text: &'a str,
    at: usize,
    open: Vec<OpenBracket<'a>>,
    /// The last token and its offset, if it is a word or a string.
    word: Option<(usize, &'a str)>,
}

/// The path to the value at byte `place`, or to the value that is missing there.
pub fn steps_to(text: &str, place: usize) -> Vec<PathStep> {
    let mut reader = Reader::new(text);
    while let Some((at, token)) = reader.next_token() {
        if at >= place {
            break;
        }
        reader.take(at, token);
    }
    let mut steps = reader.steps();
    let is_named = reader.word.filter(|(_, word)| !word.starts_with('"'));
    let is_value = |open: &OpenBracket<'_>| open.is_list || open.field.is_some();
    if let Some((_, word)) = is_named.filter(|_| reader.open.last().is_none_or(is_value)) {
        steps.push(PathStep::Name(word.to_owned()));
    }
    steps
}

/// Finds fields and list items by their path, such as `2.when` in the third item of a list.
/// Returns the byte offset of each, and the text after a field's colon, or from the item on.
pub fn find(text: &str, is_it: impl Fn(&str) -> bool) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut reader = Reader::new(text);
    while let Some((at, token)) = reader.next_token() {
        let after = text.get(at + token.len()..).unwrap_or_default();
        let is_end = matches!(token, ")" | "]" | "}");
        let begins = reader
            .open
            .last()
            .is_some_and(|open| open.is_list && !open.has_begun && !is_end);
        if begins && is_it(&reader.path()) {
            found.push((at, text.get(at..).unwrap_or_default()));
        }
        let key = reader.word.map(|(at, _)| at);
        reader.take(at, token);
        if token == ":"
            && let Some(key) = key
            && is_it(&reader.path())
        {
            found.push((key, after));
        }
    }
    found
}

/// Whether a text has more than `most` opening parentheses, outside texts and comments.
pub fn has_more_parts(text: &str, most: usize) -> bool {
    // Most have fewer in all.
    let all = memchr::memchr_iter(b'(', text.as_bytes());
    if all.take(most.saturating_add(1)).count() <= most {
        return false;
    }
    let mut reader = Reader::new(text);
    let tokens = std::iter::from_fn(|| reader.next_token());
    let mut parts = tokens.filter(|(_, token)| *token == "(");
    parts.nth(most).is_some()
}

/// The tokens of a text with their offsets, without white space and comments.
pub(super) fn tokens(text: &str) -> Vec<(usize, &str)> {
    let mut reader = Reader::new(text);
    std::iter::from_fn(|| reader.next_token()).collect()
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            open: Vec::new(),
            word: None,
        }
    }

    /// The next token after white space and comments, and its offset.
    fn next_token(&mut self) -> Option<(usize, &'a str)> {
        loop {
            let rest = self.text.get(self.at..)?;
            let first = rest.chars().next()?;
            let length = length(rest, first);
            let at = self.at;
            self.at += length;
            let is_comment = rest.starts_with("//") || rest.starts_with("/*");
            if !first.is_whitespace() && !is_comment {
                return Some((at, rest.get(..length)?));
            }
        }
    }

    fn take(&mut self, at: usize, token: &'a str) {
        let word = self.word.take();
        let last = self.open.last_mut();
        match token {
            "(" | "[" | "{" => {
                if let Some(last) = last {
                    last.has_begun = true;
                }
                self.open.push(OpenBracket {
                    name: word.map(|(_, word)| word),
                    is_list: token == "[",
                    ..OpenBracket::default()
                });
            }
            ")" | "]" | "}" => {
                self.open.pop();
            }
            "," => {
                if let Some(last) = last {
                    last.items += 1;
                    last.field = None;
                    last.has_begun = false;
                }
            }
            ":" => {
                if let Some(last) = last {
                    last.field = word.map(|(_, word)| word.trim_matches('"'));
                }
            }
            _ => {
                if let Some(last) = last {
                    last.has_begun = true;
                }
                self.word = Some((at, token));
            }
        }
    }

    fn steps(&self) -> Vec<PathStep> {
        let mut steps = Vec::new();
        for open in &self.open {
            steps.extend(open.name.map(|name| PathStep::Name(name.to_owned())));
            if open.is_list {
                steps.push(PathStep::Item(open.items));
            } else if let Some(field) = open.field {
                steps.push(PathStep::Field(field.to_owned()));
            }
        }
        steps
    }

    /// The fields and items on the path to this position.
    fn path(&self) -> String {
        let parts = self.open.iter().filter_map(|open| match open.is_list {
            true => Some(open.items.to_string()),
            false => open.field.map(str::to_owned),
        });
        parts.collect::<Vec<_>>().join(".")
    }
}

/// Bytes of the token, the white space or the comment at the beginning of `rest`.
fn length(rest: &str, first: char) -> usize {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let end = |found: Option<usize>| found.unwrap_or(rest.len());
    if rest.starts_with("//") {
        return end(rest.find('\n'));
    }
    if rest.starts_with("/*") {
        return end(rest.find("*/").map(|at| at + 2));
    }
    if first == '"' {
        let mut escaped = false;
        let close = rest.char_indices().skip(1).find(|(_, c)| {
            let closes = *c == '"' && !escaped;
            escaped = *c == '\\' && !escaped;
            closes
        });
        return end(close.map(|(at, _)| at + 1));
    }
    let raw = rest.strip_prefix('r').unwrap_or_default();
    let quoted = raw.trim_start_matches('#');
    if quoted.starts_with('"') {
        let hashes = raw.len() - quoted.len();
        let close = format!("\"{}", "#".repeat(hashes));
        let begin = hashes + 2;
        let after = rest.get(begin..).unwrap_or_default();
        return end(after.find(&close).map(|at| begin + at + close.len()));
    }
    match is_part(first) {
        true => end(rest.find(|c| !is_part(c))),
        false => first.len_utf8(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &str = "// when: [\n[\n  (name: \"a, (\", when: Is(text: r#\"\"]\"#)),\n  \
                         (then: [(delay: 1), (delay: 2)]), /* ) */\n]";

    #[test]
    fn parts_are_counted_outside_texts_and_comments() {
        assert!(has_more_parts(RULES, 4));
        assert!(!has_more_parts(RULES, 5), "one more is in a text");
        assert!(!has_more_parts(RULES, 100));
    }

    #[test]
    fn fields_and_items_are_found() {
        let line = |path: &str| {
            let found = find(RULES, |found| found == path);
            let at = found.first().unwrap_or_else(|| panic!("{path}")).0;
            (
                RULES[..at].matches('\n').count(),
                RULES[at..].chars().take(5).collect::<String>(),
            )
        };
        assert_eq!(line("0.when"), (2, "when:".into()));
        assert_eq!(line("0.when.text"), (2, "text:".into()));
        assert_eq!(line("1"), (3, "(then".into()));
        assert_eq!(line("1.then.1"), (3, "(dela".into()));
        assert_eq!(line("1.then.1.delay"), (3, "delay".into()));
        assert_eq!(find(RULES, |path| path.ends_with(".delay")).len(), 2);
        assert!(find(RULES, |path| path == "2").is_empty());
    }

    #[test]
    fn the_path_to_a_place_has_the_names_of_variants() {
        let path = |text: &str| steps_to(text, text.find('!').unwrap());
        let name = |name: &str| PathStep::Name(name.to_owned());
        let field = |name: &str| PathStep::Field(name.to_owned());
        assert_eq!(
            path("[(when: Is(!))]"),
            [PathStep::Item(0), field("when"), name("Is")]
        );
        assert_eq!(path("[(), (when: !)]"), [PathStep::Item(1), field("when")]);
        assert_eq!(
            path("[(when: Not!)]"),
            [PathStep::Item(0), field("when"), name("Not")]
        );
        assert_eq!(path("[(on: true, !)]"), [PathStep::Item(0)]);
        assert_eq!(path("{\"a\": Udp(!)}"), [field("a"), name("Udp")]);
        assert_eq!(path("(\"a\" !"), []);
    }
}
