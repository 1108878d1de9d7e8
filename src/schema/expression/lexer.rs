//! The words of an expression.

use super::{ExpressionMistake, ExpressionProblem};

/// A word of an expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Token {
    Integer(i128),
    Float(f64),
    Text(String),
    Name(String),
    /// An operator or a bracket.
    Sign(&'static str),
}

/// The signs; of two that begin alike, the longer one first.
const SIGNS: [&str; 28] = [
    "::", "<<", ">>", "<=", ">=", "==", "!=", "(", ")", "[", "]", "?", ":", ",", ".", "+", "-",
    "*", "/", "%", "&", "|", "^", "~", "<", ">", "{", "}",
];

/// Signs of other languages, and what is written for them.
const OTHER: [(&str, &str); 4] = [("&&", "and"), ("||", "or"), ("=", "=="), ("!", "not")];

/// Splits an expression into words, each with its offset.
pub fn tokens(text: &str) -> Result<Vec<(usize, Token)>, ExpressionMistake> {
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let wrong = |problem| ExpressionMistake { at, problem };
        let first = rest.chars().next().unwrap_or_default();
        let (token, length) = if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        } else if first.is_ascii_digit() {
            number(rest).ok_or(wrong(ExpressionProblem::Number))?
        } else if first == '_' || first.is_ascii_alphabetic() {
            let is_in = |c: char| c == '_' || c.is_ascii_alphanumeric();
            let length = rest.find(|c| !is_in(c)).unwrap_or(rest.len());
            let name = rest.get(..length).unwrap_or_default();
            (Token::Name(name.to_owned()), length)
        } else if matches!(first, '"' | '\'') {
            quoted(rest, first).ok_or(wrong(ExpressionProblem::OpenText))?
        } else {
            let sign = SIGNS.into_iter().find(|sign| rest.starts_with(sign));
            let other = OTHER.into_iter().find(|(sign, _)| rest.starts_with(sign));
            if let Some((_, instead)) =
                other.filter(|_| !rest.starts_with("==") && !rest.starts_with("!="))
            {
                return Err(wrong(ExpressionProblem::Instead(instead.to_owned())));
            }
            let sign = sign.ok_or(wrong(ExpressionProblem::Unexpected))?;
            (Token::Sign(sign), sign.len())
        };
        found.push((at, token));
        at += length;
    }
    Ok(found)
}

/// A number at the beginning, and its length: `12`, `1_000`, `0x1F`, `0b101`, `0o17`, `1.5e3`.
fn number(rest: &str) -> Option<(Token, usize)> {
    for (prefix, radix) in [
        ("0x", 16),
        ("0X", 16),
        ("0b", 2),
        ("0B", 2),
        ("0o", 8),
        ("0O", 8),
    ] {
        if let Some(digits) = rest.strip_prefix(prefix) {
            let length = digits.find(|c: char| !c.is_digit(radix) && c != '_');
            let digits = digits.get(..length.unwrap_or(digits.len()))?;
            let value = i128::from_str_radix(&digits.replace('_', ""), radix).ok()?;
            return Some((Token::Integer(value), prefix.len() + digits.len()));
        }
    }
    let digits = |text: &str| {
        text.find(|c: char| !c.is_ascii_digit() && c != '_')
            .unwrap_or(text.len())
    };
    let whole = digits(rest);
    let after = rest.get(whole..)?;
    let mut length = whole;
    // `1.to_s` is a call.
    if after.starts_with('.') && after.get(1..)?.starts_with(|c: char| c.is_ascii_digit()) {
        length += 1 + digits(after.get(1..)?);
    }
    if let Some(exponent) = rest.get(length..)?.strip_prefix(['e', 'E']) {
        let unsigned = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        if unsigned.starts_with(|c: char| c.is_ascii_digit()) {
            length += 1 + (exponent.len() - unsigned.len()) + digits(unsigned);
        }
    }
    let text = rest.get(..length)?.replace('_', "");
    let token = match length == whole {
        true => Token::Integer(text.parse().ok()?),
        false => Token::Float(text.parse().ok().filter(|value: &f64| value.is_finite())?),
    };
    Some((token, length))
}

/// A text in quotation marks at the beginning, and its length. Escapes stand in double ones.
fn quoted(rest: &str, quote: char) -> Option<(Token, usize)> {
    let mut text = String::new();
    let mut letters = rest.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            _ if letter == quote => return Some((Token::Text(text), at + 1)),
            '\\' if quote == '"' => {
                let (_, escaped) = letters.next()?;
                text.push(match escaped {
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    '0' => '\0',
                    other => other,
                });
            }
            other => text.push(other),
        }
    }
    None
}
