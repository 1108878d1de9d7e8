//! Messages as they are typed, with escapes, variables and checksums: what is right is made, the
//! same at the same moment, and within its limit.

use super::input::Input;
use fastrand::Rng;
use netpeer::payload::charset::Charset;
use netpeer::payload::checksum::Checksum;
use netpeer::payload::composition::{Composition, TextFormat};
use netpeer::payload::message::{LineEnding, Message};
use netpeer::payload::template::{Request, TemplateContext};

/// The most bytes of a message.
const LIMIT: usize = 65_507;

pub fn check(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let charset = *input.choose(&Charset::ALL);
    of_bytes(bytes, charset);
    let flags = input.byte();
    let ending = *input.choose(&LineEnding::ALL);
    let text = String::from_utf8_lossy(input.rest()).into_owned();
    let characters = text.chars().count();
    let composition = Composition {
        format: match flags & 1 {
            0 => TextFormat::Text,
            _ => TextFormat::Hex,
        },
        text,
        escapes: flags & 2 != 0,
        variables: flags & 4 == 0,
        ending,
        appends: flags & 8 != 0,
        checksum: Checksum {
            from: usize::from(flags >> 4 & 3),
            to: (flags & 64 != 0).then_some(3),
            ..Checksum::default()
        },
    };
    match composition.message(charset) {
        Ok(message) => {
            let length = rendered(&message);
            assert!(length.is_none_or(|length| length <= message.longest()));
        }
        Err(mistake) => assert!(mistake.at <= characters, "{mistake:?}"),
    }
    match composition.reply(charset) {
        Ok(message) => {
            rendered(&message);
        }
        Err(mistake) => assert!(mistake.at <= characters, "{mistake:?}"),
    }
}

/// The length of a message, if it can be made at this moment.
fn rendered(message: &Message) -> Option<usize> {
    let groups = [Some(0..7), None, Some(2..4)];
    let moment = TemplateContext {
        seq: 7,
        micros: 1_790_000_000_000_000,
        peer: "[fe80::1%3]:65535".to_owned(),
        request: Request {
            data: b"request",
            groups: &groups,
            stream: false,
        },
        ..TemplateContext::default()
    };
    let render = || message.render(&moment, LIMIT, &mut Rng::with_seed(1));
    let made = render();
    assert_eq!(made, render());
    let length = made.ok()?.len();
    assert!(length <= LIMIT, "{length} bytes");
    Some(length)
}

/// Bytes become the message that has these bytes.
fn of_bytes(bytes: &[u8], charset: Charset) {
    let composition = Composition::of(bytes, Some(charset));
    let message = composition.message(charset).expect("a message");
    assert_eq!(message.fixed().map(|fixed| &**fixed), Some(bytes));
}
