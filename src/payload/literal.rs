//! Texts as literals of programming languages: nothing in them can end the literal, or reorder what
//! is shown.

use super::printable;
use std::fmt::Write as _;

/// A text between quotation marks; `escape` writes the characters that must not stand there.
pub fn quoted(text: &str, escape: fn(&mut String, char)) -> String {
    let mut literal = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                literal.push('\\');
                literal.push(c);
            }
            _ if printable::deceives(c) => escape(&mut literal, c),
            _ => literal.push(c),
        }
    }
    literal.push('"');
    literal
}

/// Writes a character as `\u` and four digits, or as `\U` and eight.
pub fn code_point_escape(literal: &mut String, c: char) {
    // Writing to a text cannot fail.
    let _ = match u32::from(c) {
        code @ 0..=0xFFFF => write!(literal, "\\u{code:04x}"),
        code => write!(literal, "\\U{code:08x}"),
    };
}
