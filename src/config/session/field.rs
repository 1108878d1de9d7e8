//! The fields of a session, and which kinds of session have them.

use crate::kind::{Addresses, SessionKind, SessionRole};

/// A field of [`SessionConfig`](super::SessionConfig).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionField {
    Version,
    Local,
    Remote,
    Target,
    ConnectTimeout,
    Idle,
    Allow,
    CloseWithPeer,
    NoDelay,
    Reconnect,
    Groups,
    Receiving,
    Rules,
    Limits,
    Conditions,
    Framing,
    FramingSent,
    Describe,
    Charset,
    Writing,
}

impl SessionField {
    /// All of them but the kind, in the order of a file.
    pub const ALL: [Self; 20] = [
        Self::Version,
        Self::Local,
        Self::Remote,
        Self::Target,
        Self::ConnectTimeout,
        Self::Idle,
        Self::Allow,
        Self::CloseWithPeer,
        Self::NoDelay,
        Self::Reconnect,
        Self::Groups,
        Self::Receiving,
        Self::Rules,
        Self::Limits,
        Self::Conditions,
        Self::Framing,
        Self::FramingSent,
        Self::Describe,
        Self::Charset,
        Self::Writing,
    ];

    /// Its name in a file.
    pub fn key(self) -> &'static str {
        match self {
            Self::Version => "version",
            Self::Local => "local",
            Self::Remote => "remote",
            Self::Target => "target",
            Self::ConnectTimeout => "connect_timeout",
            Self::Idle => "idle",
            Self::Allow => "allow",
            Self::CloseWithPeer => "close_with_peer",
            Self::NoDelay => "nodelay",
            Self::Reconnect => "reconnect",
            Self::Groups => "groups",
            Self::Receiving => "receiving",
            Self::Rules => "rules",
            Self::Limits => "limits",
            Self::Conditions => "conditions",
            Self::Framing => "framing",
            Self::FramingSent => "framing_sent",
            Self::Describe => "describe",
            Self::Charset => "charset",
            Self::Writing => "writing",
        }
    }

    /// Whether it means anything in sessions of this kind.
    pub fn is_of(self, kind: SessionKind) -> bool {
        let role = kind.role();
        match self {
            // A Unix client's own end has no name.
            Self::Local => role != SessionRole::Client || kind.addresses() == Addresses::Internet,
            Self::Remote => matches!(role, SessionRole::Client | SessionRole::Relay),
            Self::Target => role == SessionRole::Datagrams,
            Self::ConnectTimeout | Self::Reconnect => role == SessionRole::Client,
            Self::Idle => role == SessionRole::Relay && !kind.is_stream(),
            Self::Allow => role == SessionRole::Relay,
            Self::CloseWithPeer => matches!(role, SessionRole::Client | SessionRole::Server),
            // Unix sockets do not delay, and a relay sends at once.
            Self::NoDelay => {
                Self::CloseWithPeer.is_of(kind) && kind.addresses() == Addresses::Internet
            }
            Self::Groups => kind.has_groups(),
            // What a relay sends is what it received.
            Self::FramingSent => !kind.is_relay(),
            Self::Receiving => !kind.is_stream() && kind.addresses() == Addresses::Internet,
            Self::Version
            | Self::Rules
            | Self::Limits
            | Self::Conditions
            | Self::Framing
            | Self::Describe
            | Self::Charset
            | Self::Writing => true,
        }
    }

    /// Whether sessions of this kind cannot be opened without it.
    pub fn is_needed(self, kind: SessionKind) -> bool {
        match self {
            Self::Local => match kind.role() {
                SessionRole::Server | SessionRole::Relay => true,
                SessionRole::Datagrams => kind.addresses() == Addresses::Internet,
                SessionRole::Client => false,
            },
            // Whoever has a remote needs it.
            Self::Remote => self.is_of(kind),
            _ => false,
        }
    }
}
