//! The content of a line of the list.

use crate::connection_id::{ConnectionId, FarSide};
use crate::peer::Peer;
use crate::session::{ConnectionState, PeerCounters, Session};
use crate::t;
use crate::traffic::Volume;
use crate::ui::{UiContext, grouped, short, size};
use std::ops::Range;

#[derive(Clone, Copy)]
pub(super) struct PeerEntry {
    pub far: FarSide,
    /// Our own address, if known.
    pub local: Option<Peer>,
    pub received: Volume,
    pub sent: Volume,
    /// Bytes the kernel has not taken yet.
    pub unsent: usize,
    /// The connection is closed, or the relay forgot the client.
    pub left: bool,
    pub write_closed: bool,
    pub peer_finished: bool,
}

impl PeerEntry {
    fn of((id, known): (&ConnectionId, &ConnectionState), left: bool) -> Self {
        Self {
            far: (known.peer, *id).into(),
            local: known.local,
            received: known.received,
            sent: known.sent,
            unsent: if left { 0 } else { known.unsent },
            left,
            write_closed: known.write_closed,
            peer_finished: known.peer_finished,
        }
    }

    /// All of it, for screen readers and the tooltip.
    pub(super) fn name(&self, cx: UiContext<'_>) -> String {
        let mut parts = vec![t!(
            cx.lang,
            "peers.line",
            peer = cx.interfaces.show(self.far.peer),
            received = grouped(self.received.records),
            received_bytes = size(self.received.bytes),
            sent = grouped(self.sent.records),
            sent_bytes = size(self.sent.bytes)
        )];
        if self.unsent > 0 {
            let bytes = grouped(self.unsent as u64);
            parts.push(t!(cx.lang, "send.unsent", bytes = bytes));
        }
        if self.left {
            parts.push(t!(cx.lang, self.left_key()));
        } else if self.write_closed {
            parts.push(t!(cx.lang, "send.we_finished"));
        } else if self.peer_finished {
            parts.push(t!(cx.lang, "send.peer_finished"));
        }
        parts.join(" · ")
    }

    /// A client of a UDP relay does not leave: the relay forgets one that is idle.
    fn left_key(&self) -> &'static str {
        match self.far.connection {
            Some(_) => "peers.left",
            None => "peers.idle",
        }
    }

    /// Its state in a narrow panel.
    pub(super) fn state(&self, cx: UiContext<'_>) -> String {
        match (self.left, self.unsent) {
            (true, _) => t!(cx.lang, self.left_key()),
            (false, 0) => {
                let (received, sent) = (self.received.records, self.sent.records);
                format!("◀{} ▶{}", short(received), short(sent))
            }
            (false, unsent) => t!(cx.lang, "peers.unsent", size = size(unsent as u64)),
        }
    }
}

impl From<&PeerCounters> for PeerEntry {
    fn from(sender: &PeerCounters) -> Self {
        Self {
            far: sender.peer.into(),
            local: None,
            received: sender.received,
            sent: sender.sent,
            unsent: 0,
            left: sender.left,
            write_closed: false,
            peer_finished: false,
        }
    }
}

pub(super) fn count(session: &Session) -> usize {
    match (session.is_closed(), session.kind().is_stream()) {
        (true, _) => 0,
        (false, true) => session.connections().len() + session.departed().len(),
        (false, false) => session.senders().len(),
    }
}

/// How many there are, behind the heading: without those that have left, and with a word if there
/// were more.
pub(super) fn count_words(cx: UiContext<'_>, session: &Session, all: usize) -> String {
    let left = match session.kind().is_stream() {
        true => session.departed().len(),
        false => session.senders().iter().filter(|known| known.left).count(),
    };
    let here = grouped(all.saturating_sub(left) as u64);
    match (left, session.has_forgotten_senders()) {
        (0, false) => format!(" {here}"),
        (_, false) => t!(
            cx.lang,
            "peers.here_of",
            here = here,
            all = grouped(all as u64)
        ),
        (_, true) => t!(cx.lang, "peers.newest", count = grouped(all as u64)),
    }
}

/// Connections that stand come first, then those that closed, the last one first.
pub(super) fn entries(session: &Session, lines: Range<usize>) -> Vec<PeerEntry> {
    if !session.kind().is_stream() {
        let senders = session.senders().iter().map(PeerEntry::from);
        return senders.skip(lines.start).take(lines.len()).collect();
    }
    let stand = session.connections().iter();
    let stand = stand.map(|known| PeerEntry::of(known, false));
    let departed = session.departed().iter().rev();
    let departed = departed.map(|(id, known)| PeerEntry::of((id, known), true));
    let all = stand.chain(departed);
    all.skip(lines.start).take(lines.len()).collect()
}

/// The present state of this peer in the session.
pub(super) fn of(session: &Session, far: FarSide) -> Option<PeerEntry> {
    let Some(id) = far.connection else {
        let mut senders = session.senders().iter().map(PeerEntry::from);
        return senders.find(|known| known.far == far);
    };
    if let Some(known) = session.connections().get(&id) {
        return Some(PeerEntry::of((&id, known), false));
    }
    let mut departed = session.departed().iter();
    let (id, known) = departed.find(|(departed, _)| *departed == id)?;
    Some(PeerEntry::of((id, known), true))
}
