//! The messages that a program sends: a greeting, or those of a row.

use super::program::PeerProgram;
use super::sample::PeerSample;
use super::unsupported::Unsupported;
use crate::payload::charset::Charset;
use crate::traffic::framing::Framing;
use crate::words::Lang;

/// The bytes of which messages of fixed length are made.
const DIGITS: &[u8] = b"0123456789";
/// What is sent to a session that writes hexadecimal.
const BINARY: [u8; 4] = [1, 2, 3, 4];

/// A message that the session understands: a greeting if it fits.
///
/// # Errors
/// [`Unsupported::NoMessage`] if none fits.
pub(super) fn greeting(
    program: &PeerProgram,
    is_hex: bool,
    lang: Lang,
) -> Result<PeerSample, Unsupported> {
    let wire = program.wire(program.sent.as_ref());
    let mut offered = Vec::new();
    if is_hex {
        offered.push(BINARY.to_vec());
    }
    let chinese = lang == Lang::Chinese || program.charset != Charset::Utf8;
    let texts = [
        chinese.then_some("你好, netpeer"),
        Some("hello, netpeer"),
        Some("0"),
    ];
    let encoded = texts.into_iter().flatten();
    offered
        .extend(encoded.filter_map(|text| Some(program.charset.encode(text).ok()?.into_owned())));
    if let Some(Framing::Fixed(length)) = &program.sent {
        let length = (*length as usize).saturating_sub(wire.tail());
        offered.push(DIGITS.iter().copied().cycle().take(length).collect());
    }
    let fits = |body: &Vec<u8>| {
        let sent = wire.encode(body);
        let read = sent.and_then(|sent| wire.decode(&sent));
        !body.is_empty()
            && read.is_some_and(|bodies| matches!(bodies.as_slice(), [one] if one == body))
    };
    let body = offered.into_iter().find(fits);
    let body = body.ok_or(Unsupported::NoMessage)?;
    Ok(PeerSample::of(body, program.charset))
}

/// The messages in the bytes of a row; `None` if the program would send other bytes.
pub(super) fn in_row(program: &PeerProgram, row: &[u8]) -> Option<Vec<PeerSample>> {
    let bodies = program.wire(program.sent.as_ref()).decode(row)?;
    let is_empty = bodies.iter().any(Vec::is_empty);
    let samples = bodies
        .into_iter()
        .map(|body| PeerSample::of(body, program.charset));
    (!is_empty).then(|| samples.collect())
}
