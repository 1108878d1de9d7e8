//! The options of `netpeer code`.

use super::values;
use crate::codegen::PeerLanguage;
use crate::config::ArgumentMistake;
use clap::Args;
use clap::builder::{StringValueParser, TypedValueParser};
use std::path::PathBuf;

/// The commands of sessions that programs are written for.
pub const SESSIONS: [&str; 4] = ["udp", "tcp-client", "tcp-server", "relay"];

/// The options of `netpeer code`.
#[derive(Debug, Args)]
pub struct CodeOptions {
    #[arg(value_name = "LANGUAGE", value_parser = languages())]
    pub(super) language: PeerLanguage,
    #[arg(value_name = "SESSION", required = true, num_args = 1.., trailing_var_arg = true, allow_hyphen_values = true, value_parser = values::completed(StringValueParser::new(), SESSIONS))]
    pub(super) session: Vec<String>,
    #[arg(long, value_name = "FILE", value_parser = values::path())]
    pub(super) output: Option<PathBuf>,
    #[arg(long, requires = "output")]
    pub(super) force: bool,
}

/// The parser of a language.
fn languages() -> impl TypedValueParser<Value = PeerLanguage> {
    let parse = |text: &str| {
        let mut all = PeerLanguage::ALL.into_iter();
        let found = all.find(|language| language.word() == text);
        found.ok_or(ArgumentMistake::PeerLanguage)
    };
    values::completed(parse, PeerLanguage::ALL.map(PeerLanguage::word))
}
