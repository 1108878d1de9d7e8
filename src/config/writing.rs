//! The conversion of typed text to bytes, as options of the command line.

use crate::payload::checksum::ByteOrder;
use crate::payload::composition::{Composition, TextFormat};
use crate::payload::message::LineEnding;

/// The equivalent options, where they differ from the defaults. The bytes a checksum covers are
/// left to the user.
pub fn words(composition: &Composition) -> Vec<String> {
    let hex = composition.format == TextFormat::Hex;
    let ending = match composition.ending {
        _ if hex => None,
        LineEnding::None => None,
        LineEnding::Lf => Some("lf"),
        LineEnding::CrLf => Some("crlf"),
        LineEnding::Cr => Some("cr"),
    };
    let switches = [
        ("--hex", hex),
        ("--escapes", composition.escapes && !hex),
        ("--variables", composition.variables),
    ];
    let on = switches.into_iter().filter(|(_, on)| *on);
    let mut words: Vec<String> = on.map(|(option, _)| option.to_owned()).collect();
    if let Some(ending) = ending {
        words.extend(["--ending".to_owned(), ending.to_owned()]);
    }
    if composition.appends {
        let sum = composition.checksum.sum.name();
        words.extend(["--checksum".to_owned(), sum.to_owned()]);
        let high_first = composition.checksum.order == ByteOrder::HighFirst;
        words.extend(high_first.then(|| "--high-first".to_owned()));
    }
    words
}
