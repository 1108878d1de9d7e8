//! Whole programs.

use super::*;
use crate::config::SessionConfig;
use crate::config::session::sample;
use crate::engine::Setup;
use crate::payload::charset::Charset;
use crate::payload::checksum::{Checksum, Sum};
use crate::payload::printable;
use crate::traffic::framing::Framing;
use crate::words::Lang;
use proptest::prelude::*;

fn server() -> SessionConfig {
    SessionConfig::from(Setup::tcp_server("127.0.0.1:9000".parse().unwrap()))
}

fn framed(framing: Framing) -> SessionConfig {
    SessionConfig {
        framing: Some(framing),
        ..server()
    }
}

fn code(config: &SessionConfig, row: Option<&[u8]>, language: PeerLanguage) -> String {
    let program = PeerProgram::new(config, row, Lang::English).unwrap();
    program.code(language, Lang::English).unwrap()
}

/// Whether no directive and no value of a template is left.
fn is_complete(text: &str) -> bool {
    let directive = |line: &str| {
        ["%if", "%else", "%end", "%en", "%zh"].contains(&line.split(' ').next().unwrap_or(""))
    };
    !text.contains("{{") && !text.lines().any(directive)
}

#[test]
fn a_program_says_what_it_talks_to_and_its_licence() {
    for language in PeerLanguage::ALL {
        let text = code(&server(), None, language);
        assert!(
            text.contains("netpeer tcp-server --bind 127.0.0.1:9000"),
            "{text}"
        );
        assert!(text.contains("SPDX-License-Identifier: 0BSD"), "{text}");
        let is_named = language.run().is_none_or(|run| text.contains(run));
        assert!(is_named && is_complete(&text), "{text}");
    }
}

#[test]
fn comments_are_in_the_language_of_the_user() {
    let program = PeerProgram::new(&server(), None, Lang::Chinese).unwrap();
    for language in PeerLanguage::ALL {
        let text = program.code(language, Lang::Chinese).unwrap();
        assert!(text.contains("与 netpeer 的这个会话通信"), "{text}");
        assert!(!text.contains("Talks to this session"), "{text}");
    }
}

#[test]
fn a_row_is_sent_as_its_messages() {
    let text = code(
        &framed(Framing::Lines),
        Some(b"one\ntwo\n"),
        PeerLanguage::Python,
    );
    assert!(
        text.contains("\"one\".encode(ENCODING),\n    \"two\".encode(ENCODING),"),
        "{text}"
    );
    let half = PeerProgram::new(&framed(Framing::Lines), Some(b"one\ntw"), Lang::English);
    assert_eq!(half.unwrap_err(), Unsupported::Row);
}

#[test]
fn a_row_of_a_peer_without_checksum_is_sent_without_one() {
    let mut config = server();
    config.writing.appends = true;
    let program = PeerProgram::new(&config, Some(b"plain"), Lang::English).unwrap();
    assert_eq!(program.checksum, None);
    let sum = Checksum::default();
    let row = [b"plain", sum.of(b"plain").unwrap().as_slice()].concat();
    let program = PeerProgram::new(&config, Some(&row), Lang::English).unwrap();
    assert_eq!(program.checksum, Some(sum));
    assert_eq!(program.samples[0].body, b"plain");
}

#[test]
fn what_cannot_be_written_is_refused_with_its_reason() {
    let refused = |config: &SessionConfig, language: PeerLanguage| {
        let program = PeerProgram::new(config, None, Lang::English);
        program
            .and_then(|program| program.code(language, Lang::English))
            .err()
    };
    let with_sum = |framing: Option<Framing>| {
        let mut config = SessionConfig {
            framing,
            ..server()
        };
        config.writing.appends = true;
        config
    };
    let mut partial = with_sum(None);
    partial.writing.checksum.from = 1;
    let wide = SessionConfig {
        charset: Some(Charset::Utf16Le),
        ..framed(Framing::Lines)
    };
    let end = Framing::Delimiter(b"\0".to_vec());
    let narrow = Framing::LengthPrefix {
        width: 1,
        big_endian: true,
        offset: 0,
        includes_header: false,
        adjust: 1000,
    };
    let ipv6 = SessionConfig::from(Setup::tcp_server("[::1]:9000".parse().unwrap()));
    let python = PeerLanguage::Python;
    for (config, language, reason) in [
        (framed(Framing::Http), python, Unsupported::Framing),
        (framed(Framing::IdleGap(1)), python, Unsupported::Framing),
        (wide, python, Unsupported::WideLines),
        (with_sum(Some(end)), python, Unsupported::DelimitedChecksum),
        (partial, python, Unsupported::Checksum),
        (framed(Framing::Fixed(1000)), python, Unsupported::LongPart),
        (framed(narrow), python, Unsupported::NoMessage),
        (
            with_sum(None),
            PeerLanguage::Socat,
            Unsupported::ShellDecoding,
        ),
        (
            framed(Framing::Cobs),
            PeerLanguage::Nc,
            Unsupported::ShellDecoding,
        ),
        (ipv6, PeerLanguage::Arduino, Unsupported::BoardAddress),
    ] {
        assert_eq!(refused(&config, language), Some(reason), "{config:?}");
    }
    let long = PeerProgram::new(&server(), Some(&[b'x'; 5000]), Lang::English).unwrap();
    assert_eq!(long.code(python, Lang::English), Err(Unsupported::LongRow));
}

proptest! {
    #[test]
    fn every_program_is_complete(
        config in sample::sessions(),
        framing in prop::option::of(sample::framings()),
        sum in prop::option::of(0_usize..70),
        is_chinese: bool,
    ) {
        let lang = if is_chinese { Lang::Chinese } else { Lang::English };
        let mut config = SessionConfig { framing, ..config };
        config.writing.appends = sum.is_some();
        if let Some(sum) = sum.and_then(|place| Sum::all().nth(place)) {
            config.writing.checksum = Checksum { sum, ..Checksum::default() };
        }
        if let Ok(program) = PeerProgram::new(&config, None, lang) {
            for language in PeerLanguage::ALL {
                if let Ok(text) = program.code(language, lang) {
                    prop_assert!(is_complete(&text), "{:?} {}", language, text);
                }
            }
        }
    }

    #[test]
    fn no_row_can_hide_in_a_program(row in prop::collection::vec(any::<u8>(), 1..60)) {
        let program = PeerProgram::new(&server(), Some(&row), Lang::English).unwrap();
        let plain = PeerProgram::new(&server(), Some(b"x"), Lang::English).unwrap();
        for language in PeerLanguage::ALL {
            let text = program.code(language, Lang::English).unwrap();
            let hidden = |c: char| printable::deceives(c) && !matches!(c, '\n' | '\t');
            prop_assert!(!text.chars().any(hidden), "{:?}", language);
            // A comment with the text may stand before the bytes.
            let more = text.lines().count() - plain.code(language, Lang::English).unwrap().lines().count();
            prop_assert!(more <= 1, "{:?} {}", language, text);
        }
    }
}
