//! The parsers of option values.

mod address;

pub use super::completed::completed;
use crate::capture::CaptureFormat;
use crate::config::session::{MulticastGroup, NamedGroup};
use crate::config::units::whole;
use crate::config::{ArgumentMistake, FramingChoice, FramingWord, UnitDuration};
use crate::disk::path_of;
use crate::engine::Interfaces;
use crate::kind::SessionKind;
use crate::payload::charset::Charset;
use crate::payload::checksum::{Sum, UnknownSum};
use crate::peer::network::Network;
use crate::renderer::Renderer;
pub use address::{endpoint, is_name, local, name, own, sender};
use clap::builder::{OsStringValueParser, TypedValueParser};
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::LazyLock;
use std::time::Duration;

/// A file as a path or a `file:` URL. A name that is not UTF-8 is a path; an empty one is refused.
pub fn path() -> impl TypedValueParser<Value = PathBuf> {
    OsStringValueParser::new().try_map(|text| {
        let Some(text) = text.to_str() else {
            return Ok(PathBuf::from(text));
        };
        match text.is_empty() {
            true => Err(ArgumentMistake::EmptyPath),
            false => Ok(path_of(text)),
        }
    })
}

/// A kind of session by its command: `udp`, `tcp-server`, `relay-tcp`.
///
/// # Errors
/// [`ArgumentMistake::Kind`] if this system has no such kind.
pub fn kind(text: &str) -> Result<SessionKind, ArgumentMistake> {
    SessionKind::here()
        .find(|kind| kind.word() == text)
        .ok_or(ArgumentMistake::Kind)
}

/// As [`kind`], with the names of all kinds for shell completion.
pub fn kinds() -> impl TypedValueParser<Value = SessionKind> {
    static WORDS: LazyLock<Vec<String>> =
        LazyLock::new(|| SessionKind::here().map(SessionKind::word).collect());
    completed(kind, WORDS.iter().map(String::as_str))
}

/// The parser of a renderer of this system's window.
pub fn renderers() -> impl TypedValueParser<Value = Renderer> {
    let all = Renderer::here().iter().copied();
    let parse = |text: &str| {
        let mut all = Renderer::here().iter().copied();
        let found = all.find(|renderer| renderer.word() == text);
        found.ok_or(ArgumentMistake::Renderer)
    };
    completed(parse, all.map(Renderer::word))
}

/// The parser of a format to read or to write, with all names for shell completion.
pub fn formats(
    of: fn(&str) -> Result<CaptureFormat, ArgumentMistake>,
) -> impl TypedValueParser<Value = CaptureFormat> {
    let all = CaptureFormat::ALL.into_iter().map(CaptureFormat::extension);
    completed(of, all.filter(move |name| of(name).is_ok()))
}

/// A whole number from `least` to `most`.
///
/// # Errors
/// The parser returns the allowed range.
pub fn number(least: u64, most: u64) -> impl Fn(&str) -> Result<u64, ArgumentMistake> + Clone {
    move |text| whole(text, least, most)
}

/// A number of bytes from `least` to `most`.
///
/// # Errors
/// The parser returns the allowed range.
pub fn bytes(least: usize, most: usize) -> impl Fn(&str) -> Result<usize, ArgumentMistake> + Clone {
    // `most` is a `usize`.
    let number = number(least as u64, most as u64);
    move |text| number(text).map(|bytes| bytes as usize)
}

/// The interval between two messages, at least 1 ms.
///
/// # Errors
/// [`ArgumentMistake`] if the text is invalid.
pub fn interval(text: &str) -> Result<UnitDuration, ArgumentMistake> {
    let duration: UnitDuration = text.parse()?;
    match duration.0 >= Duration::from_millis(1) {
        true => Ok(duration),
        false => Err(ArgumentMistake::Interval),
    }
}

/// A framing, such as `lines` or `length:2`.
///
/// # Errors
/// [`ArgumentMistake`] if there is none, or it cannot be followed.
pub fn framing(word: &str) -> Result<FramingWord, ArgumentMistake> {
    word.parse()
}

/// The same for a session, or `none`.
///
/// # Errors
/// [`ArgumentMistake`] if there is none, or it cannot be followed.
pub fn framing_choice(word: &str) -> Result<FramingChoice, ArgumentMistake> {
    word.parse()
}

/// A multicast group `GROUP` or `GROUP%INTERFACE`.
///
/// # Errors
/// [`ArgumentMistake`] if the text is invalid.
pub fn group(text: &str) -> Result<MulticastGroup, ArgumentMistake> {
    let (group, interface) = text.split_once('%').unwrap_or((text, ""));
    let group: IpAddr = group.parse().map_err(|_| ArgumentMistake::NotIp)?;
    if !group.is_multicast() {
        return Err(ArgumentMistake::NotGroup);
    }
    let interface = interface.to_owned();
    NamedGroup { group, interface }
        .resolve(&Interfaces::read())
        .map_err(ArgumentMistake::NoSuchInterface)
}

/// An address or a network, such as `192.168.1.0/24`.
///
/// # Errors
/// [`ArgumentMistake::NotNetwork`] if the text is invalid.
pub fn network(text: &str) -> Result<Network, ArgumentMistake> {
    text.parse().map_err(|_| ArgumentMistake::NotNetwork)
}

/// An encoding by its name, in any case and with or without dashes.
///
/// # Errors
/// [`ArgumentMistake::Encoding`] if there is no such encoding.
pub fn charset(text: &str) -> Result<Charset, ArgumentMistake> {
    let plain = |name: &str| name.to_ascii_lowercase().replace(['-', '_', ' '], "");
    let mut all = Charset::ALL.into_iter();
    all.find(|charset| plain(charset.name()) == plain(text))
        .or_else(|| (plain(text) == "gb18030").then_some(Charset::Gb18030))
        .ok_or(ArgumentMistake::Encoding)
}

/// A checksum by its name in the catalogue, in any case.
///
/// # Errors
/// [`ArgumentMistake::Checksum`] if there is no such checksum.
pub fn sum(text: &str) -> Result<Sum, ArgumentMistake> {
    Sum::named(text).ok_or_else(|| {
        let UnknownSum { known } = UnknownSum::like(text);
        ArgumentMistake::Checksum { known }
    })
}

/// A capture format to read, by its file extension.
///
/// # Errors
/// [`ArgumentMistake::Format`] if there is no such format.
pub fn read_format(text: &str) -> Result<CaptureFormat, ArgumentMistake> {
    format(text, CaptureFormat::to_read)
}

/// A capture format to write, by its file extension.
///
/// # Errors
/// [`ArgumentMistake::Format`] if there is no such format.
pub fn written_format(text: &str) -> Result<CaptureFormat, ArgumentMistake> {
    format(text, CaptureFormat::to_write)
}

/// A capture format to record in, by its file extension.
///
/// # Errors
/// [`ArgumentMistake::Format`] if there is no such format.
pub fn recorded_format(text: &str) -> Result<CaptureFormat, ArgumentMistake> {
    format(text, CaptureFormat::to_record)
}

fn format(
    text: &str,
    of: fn(&str) -> Option<CaptureFormat>,
) -> Result<CaptureFormat, ArgumentMistake> {
    let ending = text.trim_start_matches('.').to_ascii_lowercase();
    of(&ending).ok_or_else(|| {
        let all = CaptureFormat::ALL.into_iter().map(CaptureFormat::extension);
        let known = all.filter(|ending| of(ending).is_some()).collect();
        ArgumentMistake::Format { known }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_out_of_range_is_reported_with_the_range() {
        for text in ["1e18", "-1", "0", "11", "x", ""] {
            let message = number(1, 10)(text).unwrap_err().to_string();
            assert_eq!(message, "a whole number from 1 to 10");
        }
        assert_eq!(number(1, 10)("10"), Ok(10));
        let endless = number(1, u64::MAX)("0").unwrap_err();
        assert_eq!(endless.to_string(), "a whole number, 1 or more");
        assert_eq!(bytes(0, usize::MAX)("65536"), Ok(65_536));
    }

    #[test]
    fn messages_are_a_millisecond_apart() {
        assert!(interval("0ms").is_err() && interval("999us").is_err());
        assert_eq!(interval("1ms"), Ok(UnitDuration(Duration::from_millis(1))));
    }

    #[test]
    fn a_place_to_bind_needs_no_port() {
        let cases = [
            ("127.0.0.1", "127.0.0.1:0"),
            ("127.0.0.1:8080", "127.0.0.1:8080"),
            (":8080", "0.0.0.0:8080"),
            ("::1", "[::1]:0"),
            ("[::1]:9", "[::1]:9"),
            ("::", "[::]:0"),
            ("localhost:8080", "127.0.0.1:8080"),
        ];
        for (text, address) in cases {
            assert_eq!(local(text), Ok(address.parse().unwrap()), "{text}");
        }
        for text in ["", "example.com", "127.0.0.1:70000", "1.2.3", "8080"] {
            assert!(local(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_our_own_is_an_address_or_a_name() {
        for (text, read) in [
            ("127.0.0.1:80", "127.0.0.1:80"),
            (":80", "0.0.0.0:80"),
            ("/tmp/a.sock", "unix:/tmp/a.sock"),
            ("./a.sock", "unix:./a.sock"),
            ("@name", "unix:@name"),
            ("unix:a", "unix:a"),
        ] {
            assert_eq!(own(text).unwrap().to_string(), read);
        }
        assert!(own("a.sock").is_err() && own("unix:").is_err());
    }

    #[test]
    fn a_destination_has_host_and_port() {
        assert_eq!(endpoint("localhost:8").unwrap().to_string(), "localhost:8");
        for text in ["localhost", "1.2.3.4:0", "1.2.3.4:x", "a b:1"] {
            assert!(endpoint(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_stands_for_a_port_and_is_none_is_named() {
        for text in ["127.0.0.1:80x", "[::1]:80x", "localhost:80x", ":80x"] {
            let message = local(text).unwrap_err().to_string();
            assert!(message.starts_with("“80x”: A port"), "{text}: {message}");
        }
        for text in ["127.0.0.1:80x", "[::1]:80x", "localhost:80x"] {
            let message = endpoint(text).unwrap_err().to_string();
            assert!(message.starts_with("“80x”: A port"), "{text}: {message}");
        }
        let message = endpoint("localhost:").unwrap_err().to_string();
        assert!(message.contains("Give a port"), "{message}");
        // Without brackets no part of it is a port.
        let message = local("fe80::x").unwrap_err().to_string();
        assert!(message.contains("IPv6"), "{message}");
    }

    #[test]
    fn a_group_may_have_an_interface() {
        let here = |interface| MulticastGroup {
            group: [239, 1, 2, 3].into(),
            interface,
        };
        assert_eq!(group("239.1.2.3"), Ok(here(0)));
        assert_eq!(group("239.1.2.3%7"), Ok(here(7)));
        for text in ["1.2.3.4", "239.1.2", "239.1.2.3%nosuch0"] {
            assert!(group(text).is_err(), "{text}");
        }
    }

    #[test]
    fn names_of_encodings_checksums_and_formats_are_found_in_any_case() {
        assert_eq!(charset("utf8"), Ok(Charset::Utf8));
        assert_eq!(charset("UTF-16LE"), Ok(Charset::Utf16Le));
        assert_eq!(charset("GB18030"), Ok(Charset::Gb18030));
        assert_eq!(charset("gbk"), Ok(Charset::Gb18030));
        let known = charset("klingon").unwrap_err().to_string();
        assert!(known.contains("UTF-8, GBK (GB18030), Big5"), "{known}");
        assert!(sum("crc-16/modbus").is_ok() && sum("no").is_err());
        assert_eq!(written_format("PCAPNG"), Ok(CaptureFormat::Pcapng));
        let known = written_format("pcap").unwrap_err().to_string();
        assert!(known.contains("pcapng, jsonl, csv, log, txt"), "{known}");
    }

    #[test]
    fn a_format_is_the_ending_of_a_name() {
        assert_eq!(read_format(".PCAP"), Ok(CaptureFormat::Pcap));
        assert_eq!(written_format("jsonl"), Ok(CaptureFormat::JsonLines));
        // Formats to read only are not offered for writing, and the reverse.
        let known = written_format("pcap").unwrap_err().to_string();
        assert_eq!(known, "the formats are pcapng, jsonl, csv, log, txt, ron");
        let known = recorded_format("ron").unwrap_err().to_string();
        assert_eq!(known, "the formats are pcapng, jsonl, csv, log, txt");
        let known = read_format("csv").unwrap_err().to_string();
        assert_eq!(known, "the formats are pcapng, pcap, jsonl");
    }
}
