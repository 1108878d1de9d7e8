//! A written session: its socket and its automatic actions. The window's tab, the command line and
//! a scenario are other ways to write the same.

pub mod allow;
mod commands;
mod field;
mod group;
mod mistake;
mod remote;
mod spelling;
mod validate;

pub use field::SessionField;
pub use group::{MulticastGroup, NamedGroup};
pub use mistake::{ConfigMistake, ConfigProblem};
pub use spelling::{CommandFile, quoted};
pub use validate::ValidSession;

use super::{PATIENCE, UnitDuration};
use crate::automation::impair::Impairment;
use crate::automation::rules::Rule;
use crate::automation::{Capabilities, Limits};
use crate::engine::{Receiving, Remote, Setup};
use crate::kind::SessionKind;
use crate::payload::charset::Charset;
use crate::payload::composition::Composition;
use crate::peer::Peer;
use crate::peer::network::Network;
use crate::traffic::framing::{Framing, SessionFraming};
use serde::{Deserialize, Serialize};

/// The version that is written; this and every older one are read.
pub const VERSION: u32 = 1;

/// One session. Fields that a file omits have the values of [`SessionConfig::default`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SessionConfig {
    pub version: u32,
    pub kind: SessionKind,
    /// Where it is bound, or a client's connection leaves from; `None` lets the system choose.
    pub local: Option<Peer>,
    /// The server of a client, or the target of a relay.
    #[serde(with = "remote")]
    pub remote: Option<Remote>,
    /// Where datagrams go that are typed.
    #[serde(with = "remote")]
    pub target: Option<Remote>,
    /// How long a connection may take.
    pub connect_timeout: UnitDuration,
    /// After how long without a datagram a relay forgets a client.
    pub idle: UnitDuration,
    /// The networks whose addresses may use a relay; if empty, every address may.
    #[serde(with = "allow")]
    pub allow: Vec<Network>,
    /// Whether a connection closes when the peer ends its direction.
    pub close_with_peer: bool,
    /// Whether each write of TCP is sent at once (TCP_NODELAY).
    pub nodelay: bool,
    /// After how long a client connects again; `None`: never.
    pub reconnect: Option<UnitDuration>,
    /// The multicast groups to join.
    pub groups: Vec<MulticastGroup>,
    pub receiving: Receiving,
    pub rules: Vec<Rule>,
    /// The limits of replies by rule.
    pub limits: Limits,
    /// The simulated network; `None`: none.
    pub conditions: Option<Impairment>,
    /// The framing of received messages; `None` if each read, or each datagram, is one.
    pub framing: Option<Framing>,
    /// That of sent messages; `None` if it is the same.
    pub framing_sent: Option<Framing>,
    /// The description that reads messages into fields: a ready-made one by its name, or the path
    /// of a file.
    pub describe: Option<String>,
    /// The encoding of text; `None` recognises it.
    pub charset: Option<Charset>,
    /// How typed text becomes bytes; its own text is ignored.
    pub writing: Composition,
}

impl Default for SessionConfig {
    fn default() -> Self {
        Self::from(Setup {
            timeout: PATIENCE.0,
            ..Setup::new(SessionKind::Udp)
        })
    }
}

impl SessionConfig {
    /// The socket to open.
    pub fn setup(&self) -> Setup {
        Setup {
            kind: self.kind,
            local: self.local,
            remote: self.remote.clone(),
            receiving: self.receiving,
            timeout: self.connect_timeout.0,
            idle: self.idle.0,
            close_with_peer: self.close_with_peer,
            nodelay: self.nodelay,
            reconnect: self.reconnect.map(|pause| pause.0),
            allowed: self.allow.clone(),
        }
    }

    /// The framing of both directions, where it applies.
    pub fn session_framing(&self) -> SessionFraming {
        let (received, sent) = (self.framing.clone(), self.framing_sent.clone());
        let framing = SessionFraming::new(received, sent, !self.kind.is_stream());
        framing.in_kind(self.kind)
    }

    /// Whether it is a relay that every machine which reaches its address can use.
    pub fn is_open_relay(&self) -> bool {
        let is_here = self.local.is_none_or(Peer::is_local);
        self.kind.is_relay() && !is_here && self.allow.is_empty()
    }

    /// Where its rules and its simulated network are at work.
    pub fn place(&self) -> Capabilities {
        Capabilities::from(self.kind)
    }
}

/// A session that opens this, and does nothing by itself.
impl From<Setup> for SessionConfig {
    fn from(setup: Setup) -> Self {
        Self {
            version: VERSION,
            kind: setup.kind,
            local: setup.local,
            remote: setup.remote,
            target: None,
            connect_timeout: UnitDuration(setup.timeout),
            idle: UnitDuration(setup.idle),
            allow: setup.allowed,
            close_with_peer: setup.close_with_peer,
            nodelay: setup.nodelay,
            reconnect: setup.reconnect.map(UnitDuration),
            groups: Vec::new(),
            receiving: setup.receiving,
            rules: Vec::new(),
            limits: Limits::default(),
            conditions: None,
            framing: None,
            framing_sent: None,
            describe: None,
            charset: None,
            writing: Composition::default(),
        }
    }
}

#[cfg(test)]
pub mod sample;
#[cfg(test)]
mod tests;
