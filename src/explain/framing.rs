//! Invalid framings, in words.

use crate::say;
use crate::traffic::framing::FramingMistake;
use crate::words::Lang;

pub fn framing_mistake(lang: Lang, mistake: FramingMistake) -> String {
    match mistake {
        FramingMistake::EmptyDelimiter => say!(lang, "framing.empty_delimiter"),
        FramingMistake::LongDelimiter(most) => say!(lang, "framing.long_delimiter", most = most),
        FramingMistake::ZeroLength | FramingMistake::NoGap => say!(lang, "framing.zero"),
        FramingMistake::TooLong(most) => say!(lang, "framing.too_long", most = most),
        FramingMistake::Width(_) => say!(lang, "framing.bad_width"),
    }
}
