//! What no program is written for, in one table.

use super::language::PeerLanguage;
use super::program::PeerProgram;
use super::unsupported::Unsupported;
use crate::payload::checksum::Checksum;
use crate::traffic::framing::Framing;

/// The bytes that a program has to hold for the header of a message, or for a whole one of fixed
/// length.
fn needs_bytes(framing: &Framing) -> u32 {
    match framing {
        Framing::Fixed(length) => *length,
        Framing::LengthPrefix { offset, .. } | Framing::Varint { offset } => *offset,
        _ => 0,
    }
}

/// Whether a program in a language is refused for a reason.
type Refuses = fn(&PeerProgram, PeerLanguage) -> bool;

/// The reasons that depend on the program or its language. The others are found before there is a
/// program: `PeerProgram::new` returns them.
const TABLE: [(Unsupported, Refuses); 8] = [
    (Unsupported::Framing, |program, _| {
        program.any_framing(|way| {
            matches!(
                way,
                Framing::Http | Framing::Nmea | Framing::At | Framing::IdleGap(_)
            )
        })
    }),
    (Unsupported::WideLines, |program, _| {
        !program.charset.holds_ascii() && program.any_framing(|way| *way == Framing::Lines)
    }),
    (Unsupported::DelimitedChecksum, |program, _| {
        let ends = |way: &Framing| matches!(way, Framing::Lines | Framing::Delimiter(_));
        program.checksum.is_some() && program.any_framing(ends)
    }),
    (Unsupported::Checksum, |program, _| {
        let partial = |sum: &Checksum| {
            let mixed = sum.sum.parameters().is_some_and(|of| of.refin != of.refout);
            sum.from != 0 || sum.to.is_some() || mixed
        };
        program.checksum.as_ref().is_some_and(partial)
    }),
    (Unsupported::LongPart, |program, _| {
        program.any_framing(|way| needs_bytes(way) > Unsupported::LONGEST_PART)
    }),
    (Unsupported::LongRow, |program, _| {
        let length = program.samples.iter().map(|sample| sample.body.len());
        length.sum::<usize>() > Unsupported::LONGEST_SAMPLE
    }),
    (Unsupported::ShellDecoding, |program, language| {
        let plain = |way: &Framing| matches!(way, Framing::Lines | Framing::Delimiter(_));
        let decodes = program.checksum.is_some() || !program.received.as_ref().is_none_or(plain);
        language.is_shell() && decodes
    }),
    (Unsupported::BoardAddress, |program, language| {
        language == PeerLanguage::Arduino && program.is_ipv6()
    }),
];

/// The first reason why there is no such program in this language.
pub(super) fn broken(program: &PeerProgram, language: PeerLanguage) -> Option<Unsupported> {
    let mut found = TABLE
        .iter()
        .filter(|(_, refuses)| refuses(program, language));
    found.next().map(|(reason, _)| *reason)
}
