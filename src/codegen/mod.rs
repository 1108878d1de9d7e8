//! Code for the other side of a session: a small program that talks to exactly this session.
//!
//! [`PeerProgram`] is what the program has to do, computed from a
//! [`SessionConfig`](crate::config::SessionConfig): the opposite role, the addresses, framing,
//! checksum and sample messages. `syntax` has a file for each [`PeerLanguage`]; its templates are in
//! `templates/`, small parts with conditions and with comments in both languages (`template`).
//! What cannot be written is refused: `limits` has the table, and [`Unsupported`] the reasons.
//!
//! Nothing here opens files or sockets.

mod address;
mod greeting;
mod language;
mod limits;
mod literal;
mod plan;
mod program;
mod sample;
mod syntax;
mod template;
mod unsupported;
mod wire;

pub use language::PeerLanguage;
pub use program::PeerProgram;
pub use unsupported::Unsupported;

#[cfg(test)]
mod tests;
