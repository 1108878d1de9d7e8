//! Code in other languages for the messages of a description: a dissector of Wireshark in Lua, and
//! Python that reads and builds them.
//!
//! Both have the decoder of this program in their language, and the fields of the description as
//! data for it. What a language cannot express is refused, so that no field is left out.

mod framing;
mod literal;
mod lua;
mod port;
mod python;
mod refusal;
mod terms;
mod types;

pub use framing::CodeFraming;
pub use port::DissectorPort;
pub use refusal::{CodeProblem, CodeRefusal};

use super::Schema;
use framing::CodeStream;

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
    /// Code that reads messages of this description, and in Python builds them. `ports` are those
    /// of a dissector, and mean nothing in Python; `framing` says where messages end in a stream.
    ///
    /// # Errors
    /// The first field that the language cannot express.
    pub fn code(
        &self,
        language: CodeLanguage,
        ports: &[DissectorPort],
        framing: Option<&CodeFraming>,
    ) -> Result<String, CodeRefusal> {
        let (plan, name) = (self.plan(), self.name());
        let stream = CodeStream {
            prefix: self.prefix(),
            framing,
        };
        match language {
            CodeLanguage::Lua => lua::generate(plan, name, stream, ports),
            CodeLanguage::Python => python::generate(plan, name, stream),
        }
    }
}

#[cfg(test)]
mod tests;
