//! The far side of a connection: an IP endpoint, or a Unix socket.

pub mod network;

use crate::counter::Counter;
use crate::payload::printable;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::HashMap;
use std::fmt;
use std::net::{AddrParseError, SocketAddr};
use std::str::FromStr;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

/// The prefix of Unix sockets in text.
pub const UNIX: &str = "unix:";

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Peer {
    Ip(SocketAddr),
    /// A Unix socket that is bound to a name (unix(7)).
    Named(Name),
    /// A Unix socket without a name, numbered in this run of the program.
    Unnamed(u64),
}

/// Counts the unnamed peers of the whole program.
static UNNAMED: Counter = Counter::at_start();

impl Peer {
    /// A Unix socket without a name, of which nothing else is known. Nothing can be sent to it.
    pub const NAMELESS: Self = Self::Unnamed(0);

    /// A new unnamed Unix socket, different from all others.
    pub fn unnamed() -> Self {
        Self::Unnamed(UNNAMED.next())
    }

    /// Its IP address and port; `None` for a Unix socket.
    pub fn address(self) -> Option<SocketAddr> {
        match self {
            Self::Ip(address) => Some(address),
            Self::Named(_) | Self::Unnamed(_) => None,
        }
    }

    /// Whether only a program on this machine can be this peer.
    pub fn is_local(self) -> bool {
        self.address()
            .is_none_or(|address| address.ip().is_loopback())
    }
}

impl From<SocketAddr> for Peer {
    fn from(address: SocketAddr) -> Self {
        Self::Ip(address)
    }
}

impl From<([u8; 4], u16)> for Peer {
    fn from(address: ([u8; 4], u16)) -> Self {
        Self::Ip(address.into())
    }
}

/// A peer equals an address only if it is this IP endpoint.
impl PartialEq<SocketAddr> for Peer {
    fn eq(&self, other: &SocketAddr) -> bool {
        self.address() == Some(*other)
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ip(address) => address.fmt(f),
            Self::Named(name) => write!(f, "{UNIX}{name}"),
            Self::Unnamed(number) => write!(f, "{UNIX}#{number}"),
        }
    }
}

impl fmt::Debug for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Peer {
    type Err = AddrParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let Some(name) = text.strip_prefix(UNIX) else {
            return text.parse().map(Self::Ip);
        };
        if let Some(number) = name.strip_prefix('#').and_then(|text| text.parse().ok()) {
            UNNAMED.pass(number);
            return Ok(Self::Unnamed(number));
        }
        // An invalid name gives the error of an invalid address.
        Name::parse(name).map_or_else(|| text.parse().map(Self::Ip), |name| Ok(Self::Named(name)))
    }
}

impl Serialize for Peer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Peer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// The most bytes of a Unix socket's name (`sun_path`, unix(7)).
const LONGEST: usize = 108;
/// The most names kept in one run of the program, since peers can make up any number of names.
const MAX: usize = 1 << 16;

/// The name of a Unix socket: a path, or an abstract name (Linux), which begins with a zero
/// byte and is not a file. Each name is stored once for the whole program, and copied as a
/// number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(u32);

#[derive(Default)]
struct NameTable {
    numbers: HashMap<Arc<[u8]>, u32>,
    all: Vec<Arc<[u8]>>,
}

static NAMES: LazyLock<RwLock<NameTable>> = LazyLock::new(RwLock::default);

impl Name {
    /// `None` if the name is empty or longer than a socket's name can be, or if too many other
    /// names exist already.
    pub fn new(name: &[u8]) -> Option<Self> {
        if name.is_empty() || name.len() > LONGEST {
            return None;
        }
        let known = NAMES.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(number) = known.numbers.get(name) {
            return Some(Self(*number));
        }
        drop(known);
        let mut names = NAMES.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(number) = names.numbers.get(name) {
            return Some(Self(*number));
        }
        let number = u32::try_from(names.all.len()).ok();
        let number = number.filter(|_| names.all.len() < MAX)?;
        let name = Arc::<[u8]>::from(name);
        names.all.push(Arc::clone(&name));
        names.numbers.insert(name, number);
        Some(Self(number))
    }

    pub fn bytes(self) -> Arc<[u8]> {
        let names = NAMES.read().unwrap_or_else(PoisonError::into_inner);
        let name = usize::try_from(self.0).ok();
        let name = name.and_then(|number| names.all.get(number));
        name.map_or_else(|| Arc::from([]), Arc::clone)
    }

    /// Whether it is an abstract name, which is not a file.
    pub fn is_abstract(self) -> bool {
        self.bytes().first() == Some(&0)
    }

    /// Reads a name as people type it, with or without the prefix [`UNIX`].
    ///
    /// # Errors
    /// The mistake in it.
    pub fn read(text: &str) -> Result<Self, NameError> {
        let text = text.trim();
        let bytes = unescaped(text.strip_prefix(UNIX).unwrap_or(text)).ok_or(NameError::Escape)?;
        // A path ends with a zero byte, which counts; an abstract name begins with one.
        let limit = LONGEST - usize::from(bytes.first() != Some(&0));
        match bytes.len() {
            0 => Err(NameError::Empty),
            1 if bytes == [0] => Err(NameError::Empty),
            length if length > limit => Err(NameError::TooLong { length, limit }),
            _ => Self::new(&bytes).ok_or(NameError::TooMany),
        }
    }

    /// The inverse of `Display`.
    fn parse(text: &str) -> Option<Self> {
        Self::new(&unescaped(text)?)
    }
}

/// Why a text is not the name of a Unix socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameError {
    Empty,
    /// Its length and the limit, in bytes.
    TooLong {
        length: usize,
        limit: usize,
    },
    /// A backslash without two hexadecimal digits after it.
    Escape,
    /// An IP address, or a host with a port, in place of a name.
    Address,
    /// This run of the program has seen more names than it keeps.
    TooMany,
}

/// Replaces escapes by bytes; `None` for a backslash without two hexadecimal digits.
fn unescaped(text: &str) -> Option<Vec<u8>> {
    let mut name = Vec::new();
    let rest = match text.strip_prefix('@') {
        Some(rest) => {
            name.push(0);
            rest
        }
        None => text,
    };
    let mut bytes = rest.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'\\' {
            name.push(byte);
            continue;
        }
        let mut digit = || char::from(bytes.next()?).to_digit(16);
        let value = digit()? * 16 + digit()?;
        name.push(u8::try_from(value).ok()?);
    }
    Some(name)
}

/// `@name` for an abstract name. A backslash and two hexadecimal digits stand for a byte that
/// is not printable text ([`printable::deceives`]), for a backslash, for a first character that
/// would change the meaning, and for spaces at either end.
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.bytes();
        let mut rest = &*name;
        if let [0, name @ ..] = rest {
            f.write_str("@")?;
            rest = name;
        } else if let [first @ (b'@' | b'#'), name @ ..] = rest {
            write!(f, "\\{first:02X}")?;
            rest = name;
        }
        let mut text = String::new();
        for chunk in rest.utf8_chunks() {
            let mut is_unsafe = printable::unsafe_characters();
            for character in chunk.valid().chars() {
                if character == '\\' || is_unsafe(character) {
                    escape(character.encode_utf8(&mut [0; 4]).as_bytes(), &mut text)?;
                } else {
                    text.push(character);
                }
            }
            escape(chunk.invalid(), &mut text)?;
        }
        // Spaces around a typed name are not part of it.
        let begin = text.len() - text.trim_start().len();
        let (before, inner) = text.split_at_checked(begin).unwrap_or(("", &text));
        let name = inner.trim_end();
        escape(before.as_bytes(), f)?;
        f.write_str(name)?;
        escape(inner.strip_prefix(name).unwrap_or("").as_bytes(), f)
    }
}

/// Writes bytes as [`unescaped`] reads them.
fn escape(bytes: &[u8], out: &mut impl fmt::Write) -> fmt::Result {
    bytes
        .iter()
        .try_for_each(|byte| write!(out, "\\{byte:02X}"))
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_typed_name_says_what_is_wrong_with_it() {
        let read = |text: &str| Name::read(text).map(|name| name.to_string());
        assert_eq!(read(" unix:/run/a "), Ok("/run/a".into()));
        assert_eq!(read("@a"), Ok("@a".into()));
        assert_eq!(read("  "), Err(NameError::Empty));
        assert_eq!(read(r"a\5"), Err(NameError::Escape));
        let long = "中".repeat(36);
        assert_eq!(
            read(&long),
            Err(NameError::TooLong {
                length: 108,
                limit: 107
            })
        );
    }

    #[test]
    fn each_kind_reads_as_itself() {
        let named = |name: &[u8]| Peer::Named(Name::new(name).unwrap()).to_string();
        assert_eq!(named(b"/run/a b.sock"), "unix:/run/a b.sock");
        assert_eq!(named(b"\0course"), "unix:@course");
        assert_eq!(named(b"@file"), "unix:\\40file");
        assert_eq!(named("套接字\n\\".as_bytes()), "unix:套接字\\0A\\5C");
        assert_eq!(Peer::Unnamed(3).to_string(), "unix:#3");
        let address: SocketAddr = "[fe80::1%3]:53".parse().unwrap();
        assert_eq!(Peer::from(address).to_string(), "[fe80::1%3]:53");
        assert!("unix:".parse::<Peer>().is_err());
        assert!("nobody".parse::<Peer>().is_err());
        let long = format!("unix:{}", "x".repeat(LONGEST + 1));
        assert!(long.parse::<Peer>().is_err());
    }

    #[test]
    fn what_hides_or_moves_text_is_escaped_in_a_name() {
        for (name, shown) in [
            ("a\u{202E}b", r"unix:a\E2\80\AEb"),
            ("\0\u{2066}", r"unix:@\E2\81\A6"),
            ("\u{200B}", r"unix:\E2\80\8B"),
            ("a\u{2028}", r"unix:a\E2\80\A8"),
            ("a\u{1B}[2J", r"unix:a\1B[2J"),
            (" a b ", r"unix:\20a b\20"),
            ("a\u{3000}", r"unix:a\E3\80\80"),
        ] {
            let name = Name::new(name.as_bytes()).unwrap();
            assert_eq!(Peer::Named(name).to_string(), shown);
        }
        let marks = Name::new(format!("e{}", "\u{301}".repeat(9)).as_bytes()).unwrap();
        let shown = format!("e{}\\CC\\81", "\u{301}".repeat(8));
        assert_eq!(marks.to_string(), shown);
    }

    /// Names of characters that need care and of other bytes.
    fn names() -> impl Strategy<Value = Vec<u8>> {
        let part = prop_oneof![
            "[ a\\\\@#\u{301}\u{200B}\u{202E}\u{3000}\u{A0}\n中\0]".prop_map(String::into_bytes),
            Just(b"unix:".to_vec()),
            proptest::collection::vec(any::<u8>(), 1..4),
        ];
        let name = proptest::collection::vec(part, 1..30).prop_map(|parts| parts.concat());
        name.prop_filter("a path as long as a socket's may be", |name| {
            name.len() < LONGEST && **name != [0]
        })
    }

    proptest! {
        #[test]
        fn a_printed_name_is_safe_and_read_as_the_same(name in names()) {
            let name = Name::new(&name).unwrap();
            let shown = Peer::Named(name).to_string();
            prop_assert_eq!(printable::line(shown.as_bytes()), shown.as_str());
            prop_assert_eq!(Name::read(&shown), Ok(name));
        }

        #[test]
        fn text_and_peer_are_inverses(
            name in proptest::collection::vec(any::<u8>(), 1..=LONGEST),
            address: SocketAddr,
            number: u64,
        ) {
            let address = SocketAddr::new(address.ip(), address.port());
            let named = Peer::Named(Name::new(&name).unwrap());
            for peer in [named, Peer::Ip(address), Peer::Unnamed(number)] {
                prop_assert_eq!(peer.to_string().parse::<Peer>(), Ok(peer));
                let ron = ron::to_string(&peer).unwrap();
                prop_assert_eq!(ron::from_str::<Peer>(&ron).unwrap(), peer);
            }
        }
    }
}
