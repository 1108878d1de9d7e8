//! How programs are written, a file for each language.

mod arduino;
mod c;
mod checksum;
mod csharp;
mod framing;
mod go;
mod java;
mod node;
mod python;
mod rust;
mod shell;
mod values;

use super::language::PeerLanguage;
use super::limits;
use super::literal;
use super::program::PeerProgram;
use super::sample::PeerSample;
use super::template::{Values, render};
use super::unsupported::Unsupported;
use crate::payload::charset::Charset;
use crate::words::Lang;

/// How a language is written.
pub(super) struct Syntax {
    /// The templates, in the order of the program.
    pub parts: &'static [&'static str],
    /// A text as a literal.
    pub text: fn(&str) -> String,
    /// Bytes as an expression.
    pub bytes: fn(&[u8]) -> String,
    /// A sample message as one entry of the list, without indentation.
    pub sample: fn(&PeerSample, Charset) -> String,
    /// What stands before the entries of the list of messages, and between them.
    pub list: (&'static str, &'static str),
    /// What begins a comment.
    pub comment: &'static str,
    /// The name of an encoding in the language's library; `None` if it has none.
    pub charset: fn(Charset) -> Option<&'static str>,
    /// What only this language needs.
    pub own: fn(&PeerProgram, &mut Values),
}

impl Syntax {
    /// Bytes as the elements of an array in braces.
    pub(super) fn array(&self, bytes: &[u8]) -> String {
        format!("{{{}}}", literal::numbers(bytes))
    }
}

/// The syntax of a language.
fn of(language: PeerLanguage) -> &'static Syntax {
    match language {
        PeerLanguage::Python => &python::SYNTAX,
        PeerLanguage::C => &c::POSIX,
        PeerLanguage::Winsock => &c::WINSOCK,
        PeerLanguage::CSharp => &csharp::SYNTAX,
        PeerLanguage::Java => &java::SYNTAX,
        PeerLanguage::Go => &go::SYNTAX,
        PeerLanguage::Rust => &rust::SYNTAX,
        PeerLanguage::Node => &node::SYNTAX,
        PeerLanguage::Arduino => &arduino::SYNTAX,
        PeerLanguage::Nc => &shell::NC,
        PeerLanguage::Socat => &shell::SOCAT,
    }
}

impl PeerProgram {
    /// The text of the program in a language, with comments in that of `lang`.
    ///
    /// # Errors
    /// What the language cannot do.
    pub fn code(&self, language: PeerLanguage, lang: Lang) -> Result<String, Unsupported> {
        if let Some(reason) = limits::broken(self, language) {
            return Err(reason);
        }
        let syntax = of(language);
        let values = values::of(self, language, syntax);
        let mut text = String::new();
        for part in syntax.parts {
            render(part, &values, lang, &mut text);
        }
        Ok(text)
    }
}

#[cfg(test)]
mod tests;
