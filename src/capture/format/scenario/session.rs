//! A session of a scenario, from the rows that belong to it.

use super::problem::ScenarioProblem;
use super::text::push_quoted;
use crate::capture::KnownSession;
use crate::kind::{Addresses, SessionKind, SessionRole};
use crate::peer::Peer;
use crate::traffic::framing::{Framing, SessionFraming};
use serde::Serialize;
use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// A session of the scenario, with the addresses of its peers.
pub(super) struct DraftSession {
    pub(super) kind: SessionKind,
    pub(super) name: String,
    /// Our own address, where it is known.
    pub(super) local: Option<Peer>,
    /// The peer of its first row.
    remote: Peer,
    /// Whether all of its peers are on this machine.
    is_near: bool,
    /// The peers that we sent datagrams to before any came from them: they have fixed addresses.
    addressed: HashSet<Peer>,
    senders: HashSet<Peer>,
    last_sender: Option<Peer>,
    has_begun: bool,
    pub(super) half_open: bool,
    pub(super) is_closed: bool,
}

impl DraftSession {
    pub(super) fn new(kind: SessionKind, name: String, local: Option<Peer>, remote: Peer) -> Self {
        Self {
            kind,
            name,
            local,
            remote,
            is_near: true,
            addressed: HashSet::new(),
            senders: HashSet::new(),
            last_sender: None,
            has_begun: false,
            half_open: false,
            is_closed: false,
        }
    }

    /// Takes a sent row. Returns the address that the step has to name, unless the session sends
    /// there anyway. `clients` is the number of connections that a server has open.
    pub(super) fn sends(&mut self, peer: Peer, clients: usize) -> Option<Peer> {
        self.is_near &= peer.is_local();
        match self.kind.role() {
            SessionRole::Server => (clients > 1).then_some(peer),
            SessionRole::Datagrams => {
                if !self.senders.contains(&peer) {
                    self.addressed.insert(peer);
                }
                let is_answer = self.last_sender == Some(peer) && !self.addressed.contains(&peer);
                (!is_answer).then_some(peer)
            }
            SessionRole::Client | SessionRole::Relay => None,
        }
    }

    /// Takes a received row. Returns its sender if that has a fixed address.
    pub(super) fn hears(&mut self, peer: Peer) -> Option<Peer> {
        self.is_near &= peer.is_local();
        if self.kind.role() != SessionRole::Datagrams {
            return None;
        }
        self.senders.insert(peer);
        self.last_sender = Some(peer);
        self.addressed.contains(&peer).then_some(peer)
    }

    /// Whether the next step has to wait for a peer to come: the first one of a server, or of a
    /// socket that another program sends to first.
    pub(super) fn waits_for_peer(&mut self) -> bool {
        let is_first = !std::mem::replace(&mut self.has_begun, true);
        is_first && self.kind.role() != SessionRole::Client && self.addressed.is_empty()
    }

    /// Whether it sends first and its peer answers.
    pub(super) fn begins_exchanges(&self) -> bool {
        match self.kind.role() {
            SessionRole::Client => true,
            SessionRole::Datagrams => !self.addressed.is_empty(),
            SessionRole::Server | SessionRole::Relay => false,
        }
    }

    /// How what it receives is cut into messages.
    pub(super) fn framing<'a>(&self, known: &'a KnownSession) -> Option<&'a Framing> {
        self.both_framings(known)?.received.as_ref()
    }

    /// Whether it stuffs what it sends.
    pub(super) fn stuffs(&self, known: &KnownSession) -> bool {
        let framing = self.both_framings(known);
        let sent = framing.and_then(|framing| framing.sent.as_ref());
        sent.is_some_and(|sent| sent.stuffing().is_some())
    }

    /// The framing of both directions; `None` if it is that of other sessions.
    fn both_framings<'a>(&self, known: &'a KnownSession) -> Option<&'a SessionFraming> {
        let framing = &known.framing;
        let fits = self.kind.has_framing() && framing.in_datagrams != self.kind.is_stream();
        fits.then_some(framing)
    }

    /// Appends the line of the session. Behind it is our own address, where that is another one.
    ///
    /// # Errors
    /// [`ScenarioProblem::Nameless`], [`ScenarioProblem::Framing`]
    pub(super) fn push(
        &self,
        out: &mut String,
        known: &KnownSession,
    ) -> Result<(), ScenarioProblem> {
        out.push_str("        ");
        push_quoted(out, &self.name);
        out.push_str(": ");
        out.push_str(self.kind.traits().scenario);
        let is_client = self.kind.role() == SessionRole::Client;
        out.push_str(if is_client { "(to: " } else { "(bind: " });
        let address = if is_client {
            self.target()?
        } else {
            self.bind()?
        };
        push_quoted(out, &address);
        if self.half_open {
            out.push_str(", half_open: true");
        }
        if let Some(SessionFraming { received, sent, .. }) = self.both_framings(known) {
            let sent = sent
                .as_ref()
                .filter(|sent| received.as_ref() != Some(*sent));
            for (name, framing) in [("framing", received.as_ref()), ("framing_sent", sent)] {
                if let Some(framing) = framing {
                    out.push_str(", ");
                    out.push_str(name);
                    out.push_str(": ");
                    out.push_str(&framing_text(&self.name, framing)?);
                }
            }
        }
        if let Some(describe) = &known.describe {
            out.push_str(", describe: ");
            push_quoted(out, describe);
        }
        out.push_str("),");
        let own = self.local.map(address_text);
        if let Some(own) = own.filter(|own| !is_client && *own != address) {
            out.push_str(" // ");
            out.push_str(&own);
        }
        out.push('\n');
        Ok(())
    }

    fn target(&self) -> Result<String, ScenarioProblem> {
        match self.remote {
            Peer::Unnamed(_) => Err(ScenarioProblem::Nameless),
            remote => Ok(address_text(remote)),
        }
    }

    /// The address to bind, whose port the system chooses: the scenario runs while the first
    /// session is still open, and on another machine.
    fn bind(&self) -> Result<String, ScenarioProblem> {
        if self.kind.addresses() == Addresses::Named {
            return match self.local {
                Some(local @ Peer::Named(_)) => Ok(address_text(local)),
                _ => Err(ScenarioProblem::Nameless),
            };
        }
        let own = self.local.and_then(Peer::address).map(|own| own.ip());
        let remote = self.remote.address().map(|remote| remote.ip());
        let is_v6 = own.or(remote).is_some_and(|ip| ip.is_ipv6());
        let ip = match (own, is_v6) {
            (Some(own), _) if own.is_loopback() || own.is_unspecified() => own,
            (_, true) if self.is_near => IpAddr::V6(Ipv6Addr::LOCALHOST),
            (_, false) if self.is_near => IpAddr::V4(Ipv4Addr::LOCALHOST),
            (_, true) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
            (_, false) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        };
        Ok(SocketAddr::new(ip, 0).to_string())
    }
}

/// The framing of a session as a scenario has it: [`Framing`].
///
/// # Errors
/// [`ScenarioProblem::Framing`]
fn framing_text(session: &str, framing: &impl Serialize) -> Result<String, ScenarioProblem> {
    ron::to_string(framing).map_err(|reason| ScenarioProblem::Framing {
        session: session.to_owned(),
        reason: reason.to_string(),
    })
}

/// An address as a scenario has it. A brace would begin the name of a session there.
pub(super) fn address_text(peer: Peer) -> String {
    peer.to_string().replace('{', "\\7B")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Serializer;
    use serde::ser::Error as _;

    /// Refuses to be written.
    struct Unwritable;

    impl Serialize for Unwritable {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(S::Error::custom("no such width"))
        }
    }

    #[test]
    fn a_framing_that_cannot_be_written_is_a_problem_of_its_session() {
        let text = framing_text("client", &Framing::IdleGap(20_000)).unwrap();
        assert_eq!(
            ron::from_str::<Framing>(&text),
            Ok(Framing::IdleGap(20_000))
        );
        let problem = framing_text("client", &Unwritable).unwrap_err();
        let ScenarioProblem::Framing { session, reason } = problem else {
            panic!("{problem:?}");
        };
        assert_eq!(session, "client");
        assert!(reason.contains("no such width"), "{reason}");
    }
}
