//! What the user is about to send: typed text, the bytes it means, and whether it can go.

use super::Look;
use super::read_as::ReadAs;
use crate::net::endpoint::{HostError, PortError, parse_port};
use crate::net::{Command, Endpoint, Host, MAX_DATAGRAM_V4, Target, max_datagram};
use crate::payload::charset::Charset;
use crate::payload::{Mistake, Problem, escape, hex};
use crate::session::{Kind, Session};
use crate::{explain, say};
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::sync::Arc;

/// The bytes a message means, or the first mistake in it.
type Parsed = Result<Arc<[u8]>, Mistake>;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    #[default]
    Text,
    Hex,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct SendDraft {
    pub format: Format,
    /// Whether backslash escapes in text mean something.
    pub escapes: bool,
    /// The encoding text is sent in; `None` follows the peer.
    pub charset: Option<Charset>,
    pub target_host: String,
    pub target_port: String,
    pub message: String,
    /// The TCP server's client to send to; `None`: all of them.
    #[serde(skip)]
    pub peer: Option<SocketAddr>,
    /// The bytes of `message` in this encoding, until it changes.
    #[serde(skip)]
    parsed: Option<(Charset, Parsed)>,
}

impl Default for SendDraft {
    fn default() -> Self {
        Self {
            format: Format::Text,
            escapes: false,
            charset: None,
            target_host: "127.0.0.1".into(),
            target_port: "8888".into(),
            message: String::new(),
            peer: None,
            parsed: None,
        }
    }
}

/// What is kept between runs is what counts.
impl PartialEq for SendDraft {
    fn eq(&self, other: &Self) -> bool {
        (
            self.format,
            self.escapes,
            self.charset,
            &self.target_host,
            &self.target_port,
            &self.message,
        ) == (
            other.format,
            other.escapes,
            other.charset,
            &other.target_host,
            &other.target_port,
            &other.message,
        )
    }
}

/// Why it cannot go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Blocked {
    NotOpen,
    /// A TCP server without clients.
    Nobody,
    /// The chosen client has left.
    Gone,
    Mistake(Mistake),
    Host(HostError),
    Port(PortError),
    TooLong {
        length: usize,
        limit: usize,
    },
    /// We ended our direction of every connection it would go to.
    Finished,
    /// TCP has no empty message.
    Empty,
}

impl SendDraft {
    /// The message or the way it is read has changed.
    pub fn edited(&mut self) {
        self.parsed = None;
    }

    /// The bytes the message means.
    ///
    /// # Errors
    /// The first mistake in it.
    pub fn payload(&mut self, charset: Charset) -> Result<Arc<[u8]>, Mistake> {
        let (format, escapes, message) = (self.format, self.escapes, &self.message);
        let parse = || match format {
            Format::Hex => hex::parse(message).map(Arc::from),
            Format::Text if escapes => escape::unescape(message, charset).map(Arc::from),
            Format::Text => charset
                .encode(message)
                .map(Arc::from)
                .map_err(|lacking| Mistake {
                    at: lacking.at,
                    problem: Problem::Lacking(lacking.character, charset),
                }),
        };
        self.parsed.take_if(|(parsed, _)| *parsed != charset);
        self.parsed
            .get_or_insert_with(|| (charset, parse()))
            .1
            .clone()
    }

    /// The encoding text is sent in now: the one chosen, else that of what the target
    /// sent last.
    pub fn charset(&self, look: Look<'_>, session: &Session, read_as: &ReadAs) -> Charset {
        self.charset.unwrap_or_else(|| {
            let target = match self.target(look, session) {
                Ok(Target::Endpoint(endpoint)) => endpoint.address(),
                Ok(Target::Peer(peer)) => Some(peer),
                Ok(Target::All) => session.last_source(),
                Err(_) => None,
            };
            let of_target = target.and_then(|peer| read_as.last_of(peer, &session.log));
            of_target.or(read_as.session).unwrap_or_default()
        })
    }

    /// The order that sends it now, as text in this encoding.
    ///
    /// # Errors
    /// The first thing that stands in the way.
    pub fn command(
        &mut self,
        look: Look<'_>,
        session: &Session,
        charset: Charset,
    ) -> Result<Command, Blocked> {
        let bytes = self.payload(charset).map_err(Blocked::Mistake)?;
        let to = self.target(look, session)?;
        if let Target::Endpoint(endpoint) = &to {
            let limit = endpoint
                .address()
                .map_or(MAX_DATAGRAM_V4, |address| max_datagram(address.ip()));
            if bytes.len() > limit {
                return Err(Blocked::TooLong {
                    length: bytes.len(),
                    limit,
                });
            }
        } else if bytes.is_empty() {
            return Err(Blocked::Empty);
        }
        if !session.is_open() {
            return Err(Blocked::NotOpen);
        }
        Ok(Command::Send { to, bytes })
    }

    fn target(&self, look: Look<'_>, session: &Session) -> Result<Target, Blocked> {
        match session.kind() {
            _ if session.is_closed() => Err(Blocked::NotOpen),
            Kind::Udp => {
                let host =
                    Host::parse(&self.target_host, look.interfaces).map_err(Blocked::Host)?;
                let port = parse_port(&self.target_port).map_err(Blocked::Port)?;
                Ok(Target::Endpoint(Endpoint { host, port }))
            }
            Kind::TcpClient if session.peers().is_empty() => Err(Blocked::NotOpen),
            Kind::TcpClient => everybody(session),
            Kind::TcpServer => match self.peer {
                None => everybody(session),
                Some(peer) => match session.peers().get(&peer) {
                    None => Err(Blocked::Gone),
                    Some(state) if state.write_closed => Err(Blocked::Finished),
                    Some(_) => Ok(Target::Peer(peer)),
                },
            },
        }
    }
}

/// All TCP peers, if there is one that still takes something.
fn everybody(session: &Session) -> Result<Target, Blocked> {
    let peers = session.peers();
    match peers.values().all(|peer| peer.write_closed) {
        _ if peers.is_empty() => Err(Blocked::Nobody),
        true => Err(Blocked::Finished),
        false => Ok(Target::All),
    }
}

impl Blocked {
    /// Why it cannot go, in words; nothing for an empty box.
    pub fn explain(&self, look: Look<'_>) -> Option<String> {
        Some(match self {
            Self::NotOpen => say!(look.lang, "send.not_open"),
            Self::Nobody => say!(look.lang, "send.nobody"),
            Self::Finished => say!(look.lang, "send.finished"),
            Self::Gone => say!(look.lang, "send.not_chosen"),
            Self::Mistake(mistake) => explain::mistake(look.lang, mistake),
            Self::Host(error) => explain::host_error(look.lang, error),
            Self::Port(error) => explain::port_error(look.lang, *error),
            Self::TooLong { length, limit } => {
                say!(look.lang, "send.too_long", bytes = length, limit = limit)
            }
            Self::Empty => return None,
        })
    }

    /// Whether the user made it, rather than circumstances.
    pub fn is_fault(&self) -> bool {
        !matches!(
            self,
            Self::NotOpen | Self::Nobody | Self::Finished | Self::Empty
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(format: Format, escapes: bool, message: &str) -> SendDraft {
        SendDraft {
            format,
            escapes,
            message: message.into(),
            ..SendDraft::default()
        }
    }

    #[test]
    fn the_same_words_mean_what_the_format_says() {
        assert_eq!(
            draft(Format::Text, false, r"4\n")
                .payload(Charset::Utf8)
                .unwrap()[..],
            *br"4\n"
        );
        assert_eq!(
            draft(Format::Text, true, r"4\n")
                .payload(Charset::Utf8)
                .unwrap()[..],
            *b"4\n"
        );
        assert_eq!(
            draft(Format::Hex, false, "34 0a")
                .payload(Charset::Utf8)
                .unwrap()[..],
            *b"4\n"
        );
    }

    #[test]
    fn text_is_sent_in_the_encoding_of_the_moment() {
        let mut draft = draft(Format::Text, false, "你");
        assert_eq!(draft.payload(Charset::Utf8).unwrap()[..], *"你".as_bytes());
        assert_eq!(draft.payload(Charset::Gb18030).unwrap()[..], [0xC4, 0xE3]);
        let lacking = Mistake {
            at: 0,
            problem: Problem::Lacking('你', Charset::Latin1),
        };
        assert_eq!(draft.payload(Charset::Latin1), Err(lacking));
    }

    #[test]
    fn a_mistake_is_found_again_after_an_edit() {
        let mut draft = draft(Format::Hex, false, "123");
        assert_eq!(
            draft.payload(Charset::Utf8),
            Err(Mistake {
                at: 0,
                problem: Problem::HalfByte
            })
        );
        draft.message.push('4');
        draft.edited();
        assert_eq!(draft.payload(Charset::Utf8).unwrap()[..], [0x12, 0x34]);
    }
}
