//! How a peer ended its connection.

use crate::cli::diagnostics;
use crate::peer::Peer;
use crate::say;
use crate::traffic::Notice;
use crate::words::Lang;

/// The last thing a peer did to end its connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It ended its direction (with TCP: FIN).
    Finished(Peer),
    /// It reset the connection (with TCP: RST).
    Reset(Peer),
}

impl Ending {
    pub fn of(notice: &Notice) -> Option<Self> {
        match notice {
            Notice::PeerFinished { peer } => Some(Self::Finished(*peer)),
            Notice::PeerReset { peer, .. } => Some(Self::Reset(*peer)),
            _ => None,
        }
    }

    /// A sentence for what was expected and did not come before it.
    pub fn before_that(self, lang: Lang) -> String {
        match self {
            // Only TCP has a FIN and a reset.
            Self::Finished(peer) if peer.address().is_none() => {
                say!(lang, "cli.peer_ended", peer = peer)
            }
            Self::Finished(peer) => say!(lang, "cli.peer_finished", peer = peer),
            Self::Reset(peer) if peer.address().is_none() => {
                say!(lang, "cli.peer_broke", peer = peer)
            }
            Self::Reset(peer) => say!(lang, "cli.peer_reset", peer = peer),
        }
    }

    /// Says why not all that was given was sent.
    pub fn complain(self, lang: Lang) {
        diagnostics::say(&match self {
            Self::Finished(peer) => say!(lang, "cli.load_finished", peer = peer),
            Self::Reset(peer) if peer.address().is_none() => {
                say!(lang, "cli.load_broke", peer = peer)
            }
            Self::Reset(peer) => say!(lang, "cli.load_reset", peer = peer),
        });
    }
}
