//! Words, quoted texts and sets of a line of rules.

/// A part of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Word(String),
    /// The elements of `{ a, b }`.
    Set(Vec<String>),
}

/// Splits a line at spaces. A text in quotes is one word, without its quotes; a set is one token,
/// with the sets in it.
pub(super) fn tokens(line: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut word = String::new();
    // A word in quotes may be empty.
    let mut has_word = false;
    let mut set: Option<Vec<String>> = None;
    let mut depth = 0_usize;
    let mut is_quoted = false;
    for c in line.chars() {
        match c {
            '"' => {
                is_quoted = !is_quoted;
                has_word = true;
            }
            _ if is_quoted => word.push(c),
            '{' => {
                depth += 1;
                set.get_or_insert_default();
            }
            '}' => {
                depth = depth.saturating_sub(1);
                if depth == 0
                    && let Some(mut elements) = set.take()
                {
                    finish(&mut word, &mut elements);
                    has_word = false;
                    tokens.push(Token::Set(elements));
                }
            }
            ',' if set.is_some() => {
                if let Some(elements) = &mut set {
                    finish(&mut word, elements);
                }
            }
            c if c.is_whitespace() && set.is_none() => {
                if has_word {
                    tokens.push(Token::Word(std::mem::take(&mut word)));
                    has_word = false;
                }
            }
            c => {
                word.push(c);
                has_word = true;
            }
        }
    }
    if has_word && set.is_none() {
        tokens.push(Token::Word(word));
    }
    tokens
}

/// Ends an element of a set.
fn finish(word: &mut String, elements: &mut Vec<String>) {
    let element = word.trim();
    if !element.is_empty() {
        elements.push(element.to_owned());
    }
    word.clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str) -> Token {
        Token::Word(text.to_owned())
    }

    #[test]
    fn a_quoted_text_is_one_word_whatever_it_contains() {
        let found = tokens(r#"log prefix "a { , b" drop comment """#);
        let expected = ["log", "prefix", "a { , b", "drop", "comment", ""];
        assert_eq!(found, expected.map(word));
    }

    #[test]
    fn a_set_is_one_token() {
        let found = tokens("udp dport { 53, 100-200 } vmap { fd00::1 : drop, 11 : jump x } y");
        let set = |elements: &[&str]| Token::Set(elements.iter().map(|&e| e.into()).collect());
        assert_eq!(
            found,
            [
                word("udp"),
                word("dport"),
                set(&["53", "100-200"]),
                word("vmap"),
                set(&["fd00::1 : drop", "11 : jump x"]),
                word("y"),
            ]
        );
    }

    #[test]
    fn what_is_not_closed_ends_with_the_line() {
        for wrong in ["{ a, b", "}", "\"a b", "{{{", "} } {"] {
            assert!(tokens(wrong).len() <= 1, "{wrong}");
        }
    }
}
