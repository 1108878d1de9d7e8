//! The sessions that rows belong to.

use super::problem::ScenarioProblem;
use super::session::DraftSession;
use crate::capture::{CaptureContext, Carrier};
use crate::connection_id::FarSide;
use crate::kind::{Addresses, SessionKind, SessionRole};
use crate::peer::Peer;
use crate::traffic::{Automatic, Body, Notice, Record, RecordKind};
use std::collections::{HashMap, HashSet};

/// The most connections, and the most clients of a relay, that are remembered.
const REMEMBERED: usize = 10_000;

/// The property that the rows of a session share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum SessionKey {
    /// The only connection of a client, and its own end of a captured one.
    Connection(FarSide, Option<Peer>),
    /// The own address of a server, or of a socket for datagrams.
    Local { is_stream: bool, own: Option<Peer> },
    /// The datagrams of a client that a relay passes on to a target.
    Flow { client: Peer, target: Peer },
}

/// The sessions of the rows so far.
pub(super) struct Sessions {
    /// The kind of the session, where it is known.
    known: Option<SessionKind>,
    all: Vec<DraftSession>,
    places: HashMap<SessionKey, usize>,
    /// The open connections, and whether the peer began them.
    connections: HashMap<FarSide, bool>,
    /// The connections whose peers have ended their sending.
    finished: HashSet<FarSide>,
    /// Our own address, as the last notice said it.
    own: Option<Peer>,
    listens: bool,
    /// The clients of a relay.
    clients: HashSet<Peer>,
}

impl Sessions {
    pub(super) fn new(context: &CaptureContext) -> Self {
        Self {
            known: context.session.kind,
            all: Vec::new(),
            places: HashMap::new(),
            connections: HashMap::new(),
            finished: HashSet::new(),
            own: context.local,
            listens: false,
            clients: HashSet::new(),
        }
    }

    /// All sessions, in the order of their first rows.
    pub(super) fn all(&self) -> &[DraftSession] {
        &self.all
    }

    pub(super) fn get_mut(&mut self, place: usize) -> Option<&mut DraftSession> {
        self.all.get_mut(place)
    }

    /// The number of connections that peers began and that are open.
    pub(super) fn accepted(&self) -> usize {
        self.connections.values().filter(|began| **began).count()
    }

    /// Whether the peer of a connection has ended its sending.
    pub(super) fn has_finished(&self, far: FarSide) -> bool {
        self.finished.contains(&far)
    }

    /// Learns of addresses and connections from a row.
    pub(super) fn observe(&mut self, record: &Record<'_>, carrier: Option<Carrier>) {
        let Body::Notice(notice) = record.body else {
            return;
        };
        if let Notice::Automatic(automatic) = notice
            && let Automatic::ForClient { client, .. } | Automatic::Upstream { client, .. } =
                **automatic
            && self.clients.len() < REMEMBERED
        {
            self.clients.insert(client);
        }
        let notice = inner(notice);
        if let Notice::Bound { local, .. } | Notice::Listening { local } = *notice {
            self.listens = matches!(notice, Notice::Listening { .. });
            self.bound(local);
        }
        let Some(far) = far_of(record, notice) else {
            return;
        };
        let has_room = self.connections.len() < REMEMBERED;
        match notice {
            Notice::Connecting { .. } | Notice::Connected { .. } => {
                // Another connection between the same ports is another session.
                let own = carrier.map(|carrier| carrier.local);
                self.places.remove(&SessionKey::Connection(far, own));
                self.finished.remove(&far);
                if has_room {
                    self.connections.insert(far, false);
                }
            }
            Notice::Joined { .. } => {
                self.finished.remove(&far);
                if has_room {
                    self.connections.insert(far, true);
                }
            }
            Notice::PeerFinished { .. } if self.finished.len() < REMEMBERED => {
                self.finished.insert(far);
            }
            Notice::PeerReset { .. } | Notice::Reset { .. } | Notice::Closed { .. } => {
                self.connections.remove(&far);
                self.finished.remove(&far);
            }
            _ => {}
        }
    }

    /// Takes our own address. A datagram may have come before the row that says it.
    fn bound(&mut self, own: Peer) {
        let is_stream = self.listens;
        let before = SessionKey::Local {
            is_stream,
            own: None,
        };
        let own = Some(own);
        if let Some(place) = self.places.remove(&before) {
            self.places
                .insert(SessionKey::Local { is_stream, own }, place);
            if let Some(session) = self.all.get_mut(place) {
                session.local = own;
            }
        }
        self.own = own;
    }

    /// The session of a row with bytes; `None` for the rows of a relay towards its clients, whose
    /// part the scenario plays.
    ///
    /// # Errors
    /// [`ScenarioProblem::Nameless`]: no kind of session has such a peer.
    pub(super) fn of(
        &mut self,
        record: &Record<'_>,
        carrier: Option<Carrier>,
        in_stream: bool,
    ) -> Result<Option<usize>, ScenarioProblem> {
        let Some(far) = record.far() else {
            return Ok(None);
        };
        let own = carrier.map(|carrier| carrier.local);
        let is_stream = match carrier {
            Some(carrier) => carrier.is_stream,
            None => far.connection.is_some() || in_stream && !record.arrival.is_datagram(),
        };
        let (role, key, local) = match record.origin.other {
            Some(other) if !self.is_target(record.kind(), far.peer, other) => return Ok(None),
            Some(_) if is_stream => {
                let key = SessionKey::Connection(far, own);
                (SessionRole::Client, key, None)
            }
            Some(client) => {
                let target = far.peer;
                let key = SessionKey::Flow { client, target };
                (SessionRole::Datagrams, key, None)
            }
            None => {
                let local = own.or(self.own);
                match self.role(far, is_stream, local) {
                    SessionRole::Client => {
                        let key = SessionKey::Connection(far, own);
                        (SessionRole::Client, key, local)
                    }
                    role => {
                        let own = local;
                        (role, SessionKey::Local { is_stream, own }, local)
                    }
                }
            }
        };
        if is_stream && self.connections.len() < REMEMBERED {
            let began = role == SessionRole::Server;
            self.connections.entry(far).or_insert(began);
        }
        let open = |place: &usize| self.all.get(*place).is_some_and(|one| !one.is_closed);
        if let Some(place) = self.places.get(&key).copied().filter(open) {
            return Ok(Some(place));
        }
        let kind = SessionKind::with(role, is_stream, Addresses::of(far.peer));
        let kind = kind.ok_or(ScenarioProblem::Nameless)?;
        let place = self.all.len();
        let session = DraftSession::new(kind, self.name(role), local, far.peer);
        self.all.push(session);
        self.places.insert(key, place);
        Ok(Some(place))
    }

    /// Whether this peer of a relay is its target, not its client. The first row of a client whose
    /// beginning is missing is taken for one that the client sent.
    fn is_target(&mut self, kind: RecordKind, peer: Peer, other: Peer) -> bool {
        let knows = [peer, other].map(|one| self.clients.contains(&one));
        match knows {
            [true, false] => return false,
            [false, true] => return true,
            _ => {}
        }
        let client = if kind == RecordKind::Received {
            peer
        } else {
            other
        };
        if self.clients.len() < REMEMBERED {
            self.clients.insert(client);
        }
        client == other
    }

    fn role(&self, far: FarSide, is_stream: bool, local: Option<Peer>) -> SessionRole {
        if !is_stream {
            return SessionRole::Datagrams;
        }
        let known = self.known.map(SessionKind::role);
        let known = known.filter(|role| matches!(role, SessionRole::Client | SessionRole::Server));
        let is_server = match (self.connections.get(&far), known) {
            (Some(began), _) => *began,
            (None, Some(role)) => role == SessionRole::Server,
            // Of a capture without the beginning, the lower port is the server's.
            (None, None) => {
                let port = |peer: Peer| Some(peer.address()?.port());
                let ports = local.and_then(port).zip(port(far.peer));
                self.listens || ports.is_some_and(|(own, other)| own < other)
            }
        };
        match is_server {
            true => SessionRole::Server,
            false => SessionRole::Client,
        }
    }

    /// `client`, `server` or `socket`, from the second one on with a number.
    fn name(&self, role: SessionRole) -> String {
        let word = match role {
            SessionRole::Client => "client",
            SessionRole::Server => "server",
            SessionRole::Datagrams | SessionRole::Relay => "socket",
        };
        let same = self.all.iter().filter(|one| one.kind.role() == role);
        match same.count() {
            0 => word.to_owned(),
            before => format!("{word}{}", before + 1),
        }
    }

    /// The name of the session that a notice says we closed, returned once.
    pub(super) fn closed_by(
        &mut self,
        record: &Record<'_>,
        carrier: Option<Carrier>,
    ) -> Option<String> {
        let Body::Notice(notice) = record.body else {
            return None;
        };
        let notice = inner(notice);
        let place = match *notice {
            Notice::Closed { .. } | Notice::Reset { .. } => {
                let own = carrier.map(|carrier| carrier.local);
                let key = SessionKey::Connection(far_of(record, notice)?, own);
                self.places.get(&key).copied()
            }
            Notice::Unbound { local, .. } => {
                let keys = [true, false].map(|is_stream| SessionKey::Local {
                    is_stream,
                    own: Some(local),
                });
                keys.iter().find_map(|key| self.places.get(key).copied())
            }
            _ => None,
        };
        let session = self.all.get_mut(place?)?;
        let was_closed = std::mem::replace(&mut session.is_closed, true);
        (!was_closed).then(|| session.name.clone())
    }
}

/// The event of a connection that a relay opened for a client, or the notice itself.
pub(super) fn inner(notice: &Notice) -> &Notice {
    match notice {
        Notice::Automatic(automatic) => match &**automatic {
            Automatic::ForClient { notice, .. } => notice,
            _ => notice,
        },
        _ => notice,
    }
}

/// The far side of the connection that a notice is about.
pub(super) fn far_of(record: &Record<'_>, notice: &Notice) -> Option<FarSide> {
    Some(FarSide {
        peer: notice.peer()?,
        connection: record.connection,
    })
}
