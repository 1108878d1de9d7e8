//! Code in other languages that reads the messages of a description: a dissector of Wireshark in
//! Lua, and Python.
//!
//! Both have the decoder of this program in their language, and the fields of the description as
//! data for it. What a language cannot express is refused, so that no field is left out.

mod literal;
mod lua;
mod port;
mod python;
mod refusal;
mod terms;
mod types;

pub use port::DissectorPort;
pub use refusal::{CodeProblem, CodeRefusal};

use super::Schema;

/// A language that code is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeLanguage {
    Lua,
    Python,
}

impl CodeLanguage {
    pub const ALL: [Self; 2] = [Self::Lua, Self::Python];

    /// Its name on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Lua => "lua",
            Self::Python => "python",
        }
    }
}

impl Schema {
    /// Code that reads messages of this description. `ports` are those of a dissector, and mean
    /// nothing in Python.
    ///
    /// # Errors
    /// The first field that the language cannot express.
    pub fn code(
        &self,
        language: CodeLanguage,
        ports: &[DissectorPort],
    ) -> Result<String, CodeRefusal> {
        match language {
            CodeLanguage::Lua => lua::generate(self.plan(), self.name(), self.prefix(), ports),
            CodeLanguage::Python => python::generate(self.plan(), self.name()),
        }
    }
}

#[cfg(test)]
mod tests;
