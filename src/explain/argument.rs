//! Invalid command line arguments, in words.

use super::framing::framing_mistake;
use super::input::{host_error, name_error, no_such_interface, port_error};
use crate::codegen::PeerLanguage;
use crate::config::ArgumentMistake;
use crate::kind::SessionKind;
use crate::payload::charset::Charset;
use crate::renderer::Renderer;
use crate::schema::CodeLanguage;
use crate::t;
use crate::traffic::meter::FieldProblem;
use crate::words::{Lang, listed};
use std::fmt;

/// Explains the mistake in an argument, or which values are valid.
pub fn argument_mistake(lang: Lang, mistake: &ArgumentMistake) -> String {
    match mistake {
        ArgumentMistake::Language => t!(lang, "argument.languages"),
        ArgumentMistake::Kind => {
            let known: Vec<String> = SessionKind::here().map(SessionKind::word).collect();
            t!(lang, "argument.kinds", known = listed(lang, known))
        }
        ArgumentMistake::Renderer => {
            let known: Vec<&str> = Renderer::here().iter().map(|known| known.word()).collect();
            t!(lang, "argument.renderers", known = listed(lang, known))
        }
        ArgumentMistake::CodeLanguage => {
            let known = CodeLanguage::ALL.map(CodeLanguage::word);
            t!(lang, "argument.code_languages", known = listed(lang, known))
        }
        ArgumentMistake::Situation => t!(lang, "argument.situations"),
        ArgumentMistake::PeerLanguage => {
            let known = PeerLanguage::ALL.map(PeerLanguage::word);
            t!(lang, "argument.code_languages", known = listed(lang, known))
        }
        ArgumentMistake::EmptyPath => t!(lang, "argument.file"),
        ArgumentMistake::Endpoint => t!(lang, "argument.endpoint"),
        ArgumentMistake::PortAlone(port) => t!(lang, "argument.no_address", port = port),
        ArgumentMistake::Port { text, problem } => {
            let why = port_error(lang, *problem);
            match (text.is_empty(), lang) {
                (true, _) => why,
                (false, Lang::Chinese) => format!("“{text}”：{why}"),
                (false, Lang::English) => format!("“{text}”: {why}"),
            }
        }
        ArgumentMistake::Host(error) => host_error(lang, error),
        ArgumentMistake::SocketName(error) => name_error(lang, *error),
        ArgumentMistake::NotOwnAddress => t!(lang, "argument.own_address"),
        ArgumentMistake::Number {
            least,
            most: u64::MAX,
        } => t!(lang, "argument.at_least", least = least),
        ArgumentMistake::Number { least, most } => {
            t!(lang, "argument.within", least = least, most = most)
        }
        ArgumentMistake::Duration => t!(lang, "argument.time"),
        ArgumentMistake::Interval => t!(lang, "argument.interval"),
        ArgumentMistake::NotIp => t!(lang, "argument.no_ip"),
        ArgumentMistake::NotGroup => t!(lang, "argument.no_group"),
        ArgumentMistake::NotNetwork => t!(lang, "argument.no_network"),
        ArgumentMistake::NoSuchInterface(missing) => no_such_interface(lang, missing),
        ArgumentMistake::Encoding => {
            let known = listed(lang, Charset::ALL.map(Charset::full_name));
            t!(lang, "argument.encodings", known = known)
        }
        ArgumentMistake::Checksum { known } => {
            t!(lang, "argument.checksums", known = listed(lang, known))
        }
        ArgumentMistake::Format { known } => {
            t!(lang, "argument.formats", known = listed(lang, known))
        }
        ArgumentMistake::Percent { least, most } => {
            t!(lang, "argument.percent", least = least, most = most)
        }
        ArgumentMistake::BitRate => t!(lang, "argument.bit_rate"),
        ArgumentMistake::ByteRate => t!(lang, "argument.byte_rate"),
        ArgumentMistake::Delay => t!(lang, "argument.delay"),
        ArgumentMistake::Limit => t!(lang, "argument.limit", most = u32::MAX),
        ArgumentMistake::Speed => t!(lang, "argument.speed"),
        ArgumentMistake::Framing => t!(lang, "argument.framing"),
        ArgumentMistake::FramingProblem(mistake) => framing_mistake(lang, *mistake),
        ArgumentMistake::Field => t!(lang, "argument.field"),
        ArgumentMistake::FieldProblem(problem) => match problem {
            FieldProblem::Width(_) => t!(lang, "argument.field_width"),
            FieldProblem::Offset(_) => t!(lang, "argument.field_offset"),
            FieldProblem::LongPrefix(most) => t!(lang, "argument.field_text", most = most),
        },
        ArgumentMistake::NoFieldValue(word) => t!(lang, "argument.field_value", word = word),
        ArgumentMistake::QuotedField(name) => t!(lang, "argument.field_quotes", name = name),
        ArgumentMistake::FieldTwice(name) => t!(lang, "argument.field_twice", name = name),
        ArgumentMistake::Share => t!(lang, "argument.share"),
        ArgumentMistake::SharePercent => t!(lang, "argument.share_percent"),
        ArgumentMistake::ShareCount { most } => t!(lang, "argument.share_count", most = most),
        ArgumentMistake::TimeBound => t!(lang, "argument.bound"),
    }
}

impl fmt::Display for ArgumentMistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&argument_mistake(Lang::English, self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::endpoint::PortError;

    #[test]
    fn a_mistake_keeps_its_facts_until_a_language_is_known() {
        let mistake = ArgumentMistake::Number { least: 1, most: 10 };
        assert_eq!(mistake.to_string(), "a whole number from 1 to 10");
        let message = argument_mistake(Lang::Chinese, &mistake);
        assert!(
            message.contains("10") && message != mistake.to_string(),
            "{message}"
        );
        let port = ArgumentMistake::Port {
            text: "80x".into(),
            problem: PortError::NotANumber,
        };
        for lang in Lang::ALL {
            let colon = match lang {
                Lang::Chinese => "：",
                Lang::English => ": ",
            };
            let begin = format!("“80x”{colon}");
            assert!(argument_mistake(lang, &port).starts_with(&begin));
        }
    }
}
