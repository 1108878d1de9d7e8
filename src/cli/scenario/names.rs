//! Names in a scenario, and their addresses.

use crate::cli::runner::Runner;
use crate::config::{ValueMistake, typed_name};
use crate::payload::printable;
use crate::peer::Peer;
use regex::{Captures, Regex};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A name in braces: `{name}`, `{name.ip}`, `{name.port}`.
static SPOKEN: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\{([\p{L}_][\w-]*)(?:\.(ip|port))?\}").ok());

/// The addresses of sessions and programs by name.
#[derive(Clone, Debug, Default)]
pub struct NamedAddresses(pub BTreeMap<String, Peer>);

impl NamedAddresses {
    /// The names of the open sessions, and of the programs with an address.
    pub fn of(runner: &Runner) -> Self {
        let sessions = runner.sessions.iter();
        let sessions =
            sessions.filter_map(|session| Some((session.name.clone(), session.running.local?)));
        let programs = runner.programs.iter();
        let programs =
            programs.filter_map(|program| Some((program.name.clone(), program.address?.into())));
        Self(sessions.chain(programs).collect())
    }

    /// Replaces the names in braces by their addresses.
    ///
    /// # Errors
    /// The first name without an address.
    pub fn fill(&self, text: &str) -> Result<String, String> {
        let mut unknown = None;
        let address = |found: &Captures<'_>| {
            let name = found.get(1).map_or("", |name| name.as_str());
            let Some(address) = self.0.get(name) else {
                unknown.get_or_insert_with(|| name.to_owned());
                return String::new();
            };
            match (found.get(2).map(|part| part.as_str()), address) {
                (Some("ip"), Peer::Ip(address)) => address.ip().to_string(),
                (Some(_), Peer::Ip(address)) => address.port().to_string(),
                (None, Peer::Named(name)) => typed_name(*name),
                (None, address) => address.to_string(),
                // The name of a Unix socket has neither IP address nor port.
                (Some(_), Peer::Named(_) | Peer::Unnamed(_)) => {
                    unknown.get_or_insert_with(|| {
                        found.get(0).map_or("", |all| all.as_str()).to_owned()
                    });
                    String::new()
                }
            }
        };
        let filled = match SPOKEN.as_ref() {
            Some(spoken) => spoken.replace_all(text, address).into_owned(),
            None => text.to_owned(),
        };
        unknown.map_or(Ok(filled), Err)
    }

    /// The address of a name, or of a text with names in braces.
    ///
    /// # Errors
    /// The part that is neither a name nor an address.
    pub fn address(&self, text: &str) -> Result<Peer, String> {
        if let Some(address) = self.0.get(text) {
            return Ok(*address);
        }
        let filled = self.fill(text)?;
        with_host(&filled).parse().map_err(|_| text.to_owned())
    }
}

/// Whether the text is a port without an address.
pub fn is_port(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Adds this machine's address to a port alone: `9000` is `127.0.0.1:9000`.
pub fn with_host(text: &str) -> Cow<'_, str> {
    match is_port(text) {
        true => format!("127.0.0.1:{text}").into(),
        false => text.into(),
    }
}

/// Deserialises an address. A name alone gets braces, as in a step.
///
/// # Errors
/// The value is not a text.
pub fn place<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    let in_braces = format!("{{{text}}}");
    Ok(if is_name(&text) { in_braces } else { text })
}

/// Whether the text is a name. An address has a colon or is a port.
fn is_name(text: &str) -> bool {
    spoken(&format!("{{{text}}}")).next() == Some(text)
}

/// Deserialises the name of a session or program.
///
/// # Errors
/// The value is not a text, is empty, or contains characters that mislead a reader.
pub fn name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.is_empty() {
        return Err(D::Error::custom(ValueMistake::EmptyName));
    }
    if text.chars().any(printable::deceives) {
        return Err(D::Error::custom(ValueMistake::UnprintableName(text)));
    }
    Ok(text)
}

/// The names in braces in a text.
pub fn spoken(text: &str) -> impl Iterator<Item = &str> {
    let found = SPOKEN.as_ref().map(|spoken| spoken.captures_iter(text));
    let names = found.into_iter().flatten();
    names.filter_map(|found| found.get(1).map(|name| name.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peer::Name;

    fn names() -> NamedAddresses {
        let server = ("server".to_owned(), "[::1]:80".parse().unwrap());
        let far = ("对端".to_owned(), "127.0.0.1:7".parse().unwrap());
        NamedAddresses([server, far].into())
    }

    #[test]
    fn a_name_is_one_line_of_text() {
        use crate::cli::scenario::file::Scenario;
        for (name, message) in [("", "name"), ("a\\nb", "a␊b"), ("a\\u{1B}[2J", "a␛[2J")] {
            let text = format!("(sessions: {{\"{name}\": Udp()}}, steps: [])");
            let error = Scenario::read(&text).expect_err(name).to_string();
            assert!(error.contains(message), "{error}");
        }
    }

    #[test]
    fn names_in_braces_become_addresses() {
        let filled = names().fill("{server} {server.ip} {server.port} {对端.port} {1} {\"a\"}");
        assert_eq!(filled.unwrap(), "[::1]:80 ::1 80 7 {1} {\"a\"}");
        assert_eq!(names().fill("{server}{sever}"), Err("sever".into()));
    }

    #[test]
    fn the_name_of_a_socket_is_filled_in_as_it_is_read() {
        use crate::config::socket_name;
        for name in ["/tmp/a.sock", "127.0.0.1:80", "~/a"] {
            let socket = Name::new(name.as_bytes()).unwrap();
            let names = NamedAddresses([("here".to_owned(), Peer::Named(socket))].into());
            let filled = names.fill("{here}").unwrap();
            assert_eq!(socket_name(&filled), Ok(socket), "{filled}");
        }
    }

    #[test]
    fn a_name_is_an_address_and_so_is_an_address() {
        for text in ["server", "{server}", "[::1]:{server.port}", "[::1]:80"] {
            assert_eq!(
                names().address(text),
                Ok("[::1]:80".parse().unwrap()),
                "{text}"
            );
        }
        assert_eq!(names().address("nobody:80"), Err("nobody:80".into()));
        for port in ["80", "{server.port}"] {
            let here = Ok("127.0.0.1:80".parse().unwrap());
            assert_eq!(names().address(port), here, "{port}");
        }
        assert_eq!(names().address("65536"), Err("65536".into()));
    }
}
