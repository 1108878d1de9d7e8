//! Invalid framings, in words.

use crate::t;
use crate::traffic::framing::FramingMistake;
use crate::words::Lang;

pub fn framing_mistake(lang: Lang, mistake: FramingMistake) -> String {
    match mistake {
        FramingMistake::EmptyDelimiter => t!(lang, "framing.empty_delimiter"),
        FramingMistake::LongDelimiter(most) => t!(lang, "framing.long_delimiter", most = most),
        FramingMistake::ZeroLength | FramingMistake::NoGap => t!(lang, "framing.zero"),
        FramingMistake::TooLong(most) => t!(lang, "framing.too_long", most = most >> 20),
        FramingMistake::Width(_) => t!(lang, "framing.bad_width"),
        FramingMistake::GapInDatagrams => t!(lang, "framing.gap_in_datagrams"),
    }
}
