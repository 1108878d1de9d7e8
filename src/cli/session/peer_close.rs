//! How a peer ended a connection.

use crate::cli::diagnostics;
use crate::peer::Peer;
use crate::t;
use crate::traffic::Notice;
use crate::words::Lang;

/// The last action of a peer to end its connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeerClose {
    /// It closed its direction (with TCP: FIN).
    Finished(Peer),
    /// It reset the connection (with TCP: RST).
    Reset(Peer),
}

impl PeerClose {
    /// The action that a notice reports, if it is one.
    pub fn of(notice: &Notice) -> Option<Self> {
        match notice {
            Notice::PeerFinished { peer } => Some(Self::Finished(*peer)),
            Notice::PeerReset { peer, .. } => Some(Self::Reset(*peer)),
            _ => None,
        }
    }

    /// The sentence for an expectation that was not met before it.
    pub fn before_that(self, lang: Lang) -> String {
        match self {
            // FIN and RST exist only in TCP.
            Self::Finished(peer) if peer.address().is_none() => {
                t!(lang, "cli.peer_ended", peer = peer)
            }
            Self::Finished(peer) => t!(lang, "cli.peer_finished", peer = peer),
            Self::Reset(peer) if peer.address().is_none() => {
                t!(lang, "cli.peer_broke", peer = peer)
            }
            Self::Reset(peer) => t!(lang, "cli.peer_reset", peer = peer),
        }
    }

    /// Prints why not everything was sent.
    pub fn complain(self, lang: Lang) {
        diagnostics::print_line(&match self {
            Self::Finished(peer) => t!(lang, "cli.load_finished", peer = peer),
            Self::Reset(peer) if peer.address().is_none() => {
                t!(lang, "cli.load_broke", peer = peer)
            }
            Self::Reset(peer) => t!(lang, "cli.load_reset", peer = peer),
        });
    }
}
