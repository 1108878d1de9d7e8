//! The program for a session.

use super::address::PeerAddresses;
use super::greeting::{greeting, in_row};
use super::language::PeerLanguage;
use super::limits;
use super::program::PeerProgram;
use super::unsupported::Unsupported;
use crate::config::SessionConfig;
use crate::payload::composition::TextFormat;
use crate::payload::message::LineEnding;
use crate::words::Lang;

impl PeerProgram {
    /// The program for a session. `row` are the bytes of a row that the session received: the
    /// program sends the messages in them. Otherwise it sends a greeting, in the language of
    /// `lang` where the encoding has its characters.
    ///
    /// # Errors
    /// Why there is no program in any language. [`Self::code`] has the reasons of a language.
    pub fn new(
        config: &SessionConfig,
        row: Option<&[u8]>,
        lang: Lang,
    ) -> Result<Self, Unsupported> {
        let framing = config.session_framing();
        let writing = &config.writing;
        let charset = config.charset.unwrap_or_default();
        let ending = match writing.format {
            TextFormat::Text => writing.ending,
            TextFormat::Hex => LineEnding::None,
        };
        let mut program = Self {
            addresses: PeerAddresses::of(config)?,
            received: framing.sent,
            sent: framing.received,
            charset,
            ending: charset
                .encode(ending.text())
                .map_or_else(|_| Vec::new(), std::borrow::Cow::into_owned),
            is_crlf: ending == LineEnding::CrLf,
            checksum: writing.appends.then_some(writing.checksum),
            samples: Vec::new(),
            command: config.command_line(),
        };
        // The reasons that hold in every language, before a message is sought that fits.
        if let Some(reason) = limits::broken(&program, PeerLanguage::Python) {
            return Err(reason);
        }
        let Some(row) = row else {
            let is_hex = writing.format == TextFormat::Hex;
            program.samples = vec![greeting(&program, is_hex, lang)?];
            return Ok(program);
        };
        program.samples = match in_row(&program, row) {
            Some(samples) => samples,
            None => {
                // The peer that sent the row appends nothing to its messages.
                program.ending.clear();
                program.checksum = None;
                in_row(&program, row).ok_or(Unsupported::Row)?
            }
        };
        Ok(program)
    }
}
