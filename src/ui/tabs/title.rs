//! A tab's view of its session.

use crate::engine::Remote;
use crate::kind::Addresses;
use crate::payload::printable;
use crate::peer::Peer;
use crate::session::{self, Session, SessionKind};
use crate::t;
use crate::ui::{UiContext, narrow};
use crate::words::Lang;
use std::path::Path;

/// Characters of a path that a title has room for.
const PATH: usize = 28;
/// Characters of a name that is given to a tab, or of a file's.
pub(super) const NAME: usize = 40;

/// The content of a tab's button.
pub struct TabButton {
    /// Its identity, wherever it stands.
    pub id: u64,
    pub title: String,
    /// The same, with all of a path.
    pub(super) whole: String,
    /// The name that was given to it.
    pub(super) given: String,
    pub open: bool,
    /// Connections of a server or a relay.
    pub clients: usize,
    pub recorded: bool,
    /// Whether its network is simulated.
    pub impaired: bool,
}

impl TabButton {
    /// `kind` is the kind chosen in the panel, for a session that was never opened.
    pub fn of(
        cx: UiContext<'_>,
        id: u64,
        session: &Session,
        (kind, file): (SessionKind, Option<&Path>),
    ) -> Self {
        if let Some(name) = file.and_then(Path::file_name) {
            let name = name.to_string_lossy();
            let title = one_line(&name);
            return Self {
                id,
                whole: printable::line(name.as_bytes()),
                given: String::new(),
                title,
                open: false,
                clients: 0,
                recorded: false,
                impaired: false,
            };
        }
        let kind = if session.is_closed() {
            kind
        } else {
            session.kind()
        };
        let name = t!(cx.lang, kind.traits().name);
        let name = match (kind.addresses(), kind.traits().variant) {
            (Addresses::Named, Some(variant)) => {
                // Within a title, words begin small.
                let variant = t!(cx.lang, variant).to_lowercase();
                format!("{name} {variant}")
            }
            _ => name,
        };
        let role = kind.role();
        let remote = session.remote().filter(|_| !session.is_closed());
        let remote = remote.map(|remote| match remote {
            Remote::Named(name) => name.to_string(),
            Remote::Endpoint(_) => remote.shown(cx.interfaces),
        });
        let place = match (role, remote, session.local()) {
            (session::SessionRole::Client, Some(remote), _) => remote,
            (session::SessionRole::Relay, Some(remote), Some(Peer::Ip(local))) => {
                format!(":{} → {remote}", local.port())
            }
            (session::SessionRole::Server, _, Some(Peer::Ip(local))) => {
                format!(":{}", local.port())
            }
            (
                session::SessionRole::Datagrams
                | session::SessionRole::Relay
                | session::SessionRole::Server,
                _,
                Some(local),
            ) => match local {
                Peer::Named(name) => name.to_string(),
                Peer::Ip(_) | Peer::Unnamed(_) => cx.interfaces.show(local),
            },
            _ => String::new(),
        };
        let has_room = |text: &str| text.chars().count() <= PATH;
        let short = match kind.addresses() {
            Addresses::Named => narrow::end_of(&place, has_room),
            Addresses::Internet => place.clone(),
        };
        let title = |place: &str| format!("{name} {place}").trim_end().to_owned();
        let clients = match role {
            session::SessionRole::Server | session::SessionRole::Relay => {
                session.connections().len()
            }
            session::SessionRole::Datagrams | session::SessionRole::Client => 0,
        };
        Self {
            id,
            title: title(&short),
            whole: title(&place),
            given: String::new(),
            open: session.is_open(),
            clients,
            recorded: session.recording().is_some(),
            impaired: false,
        }
    }

    /// The same under the name that was given to it, if that is not empty.
    pub fn renamed(self, given: &str) -> Self {
        let title = one_line(given.trim());
        if title.is_empty() {
            return self;
        }
        Self {
            whole: format!("{title} · {}", self.whole),
            title,
            given: given.to_owned(),
            ..self
        }
    }

    /// The same of a session whose network is simulated, or not.
    pub fn impaired(self, impaired: bool) -> Self {
        Self { impaired, ..self }
    }

    /// The meaning of its signs; empty if it has none.
    pub(super) fn signs(&self, lang: Lang) -> String {
        let signs = [
            (self.open, "tabs.open"),
            (self.recorded, "tabs.recorded"),
            (self.impaired, "tabs.impaired"),
        ];
        let words = signs.into_iter().filter(|(is_on, _)| *is_on);
        let words: Vec<String> = words.map(|(_, key)| t!(lang, key)).collect();
        words.join(" · ")
    }

    /// The title of the window while this tab is active: `● TCP server :9000 (4)`.
    pub fn window_title(&self) -> String {
        let dot = if self.open { "● " } else { "" };
        match self.clients {
            0 => format!("{dot}{}", self.title),
            clients => format!("{dot}{} ({clients})", self.title),
        }
    }
}

/// A name as one line of safe text, cut behind [`NAME`] characters: a settings file may hold any.
fn one_line(name: &str) -> String {
    let end = name.char_indices().nth(NAME).map(|(at, _)| at);
    let begin = end.and_then(|end| name.get(..end));
    let line = printable::line(begin.unwrap_or(name).as_bytes());
    match begin {
        Some(_) => format!("{line}…"),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_from_a_settings_file_is_one_short_line() {
        assert_eq!(one_line("plant\n\u{1b}[31m"), "plant␊␛[31m");
        let whole = "机".repeat(NAME);
        assert_eq!(one_line(&whole), whole);
        let long = one_line(&"x".repeat(10_000));
        assert_eq!(long, format!("{}…", "x".repeat(NAME)));
    }
}
