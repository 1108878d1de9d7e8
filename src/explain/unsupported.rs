//! Why no program is written for the other side of a session, in words.

use crate::codegen::Unsupported;
use crate::t;
use crate::words::Lang;

/// Why there is no program, and what to change.
pub fn unsupported(lang: Lang, reason: Unsupported) -> String {
    match reason {
        Unsupported::UnixSocket => t!(lang, "codegen.unix_socket"),
        Unsupported::NoPort => t!(lang, "codegen.no_port"),
        Unsupported::Group => t!(lang, "codegen.group"),
        Unsupported::Framing => t!(lang, "codegen.framing"),
        Unsupported::WideLines => t!(lang, "codegen.wide_lines"),
        Unsupported::DelimitedChecksum => t!(lang, "codegen.delimited_checksum"),
        Unsupported::Checksum => t!(lang, "codegen.checksum"),
        Unsupported::LongPart => {
            t!(lang, "codegen.long_part", most = Unsupported::LONGEST_PART)
        }
        Unsupported::NoMessage => t!(lang, "codegen.no_message"),
        Unsupported::Row => t!(lang, "codegen.row"),
        Unsupported::LongRow => {
            t!(lang, "codegen.long_row", most = Unsupported::LONGEST_SAMPLE)
        }
        Unsupported::ShellDecoding => t!(lang, "codegen.shell_decoding"),
        Unsupported::BoardAddress => t!(lang, "codegen.board_address"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_reason_has_its_own_words() {
        for lang in Lang::ALL {
            let words = Unsupported::ALL.map(|reason| unsupported(lang, reason));
            let all: BTreeSet<&String> = words.iter().collect();
            assert_eq!(all.len(), words.len(), "{words:?}");
        }
    }
}
