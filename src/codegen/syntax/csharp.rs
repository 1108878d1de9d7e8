//! C# for .NET.

use super::Syntax;
use crate::codegen::literal::{numbers, quoted, utf16_escape};
use crate::codegen::program::PeerProgram;
use crate::codegen::sample::PeerSample;
use crate::codegen::template::Values;
use crate::payload::charset::Charset;

pub(super) const SYNTAX: Syntax = Syntax {
    parts: &[
        include_str!("../templates/csharp/head.tmpl"),
        include_str!("../templates/csharp/checksum.tmpl"),
        include_str!("../templates/csharp/write.tmpl"),
        include_str!("../templates/csharp/read.tmpl"),
        include_str!("../templates/csharp/main.tmpl"),
    ],
    text,
    bytes,
    sample,
    list: ("            ", ""),
    comment: "//",
    charset: |charset| Some(encoding(charset)),
    own,
};

fn text(text: &str) -> String {
    quoted(text, utf16_escape)
}

fn bytes(bytes: &[u8]) -> String {
    format!("new byte[] {{ {} }}", numbers(bytes))
}

fn sample(sample: &PeerSample, charset: Charset) -> String {
    match &sample.text {
        Some(words) if sample.is_encoded_everywhere(charset) => {
            format!("TextEncoding().GetBytes({}),", text(words))
        }
        _ => format!("{},", bytes(&sample.body)),
    }
}

fn encoding(charset: Charset) -> &'static str {
    match charset {
        Charset::Utf8 => "utf-8",
        Charset::Gb18030 => "gb18030",
        Charset::Big5 => "big5",
        Charset::ShiftJis => "shift_jis",
        Charset::EucKr => "ks_c_5601-1987",
        Charset::Utf16Le => "utf-16",
        Charset::Utf16Be => "utf-16BE",
        Charset::Latin1 => "iso-8859-1",
        Charset::Windows1252 => "windows-1252",
    }
}

fn own(program: &PeerProgram, values: &mut Values) {
    // .NET itself has these encodings.
    let own = matches!(
        program.charset,
        Charset::Utf8 | Charset::Utf16Le | Charset::Utf16Be | Charset::Latin1
    );
    values.flag_if(!own, "extra_charset");
    let any = match program.is_ipv6() {
        true => "IPAddress.IPv6Any",
        false => "IPAddress.Any",
    };
    values.set("any_address", any);
}
