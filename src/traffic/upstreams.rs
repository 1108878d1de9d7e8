//! From where a relay speaks to its target for each of its clients.

use super::{Automatic, Notice};
use crate::peer::Peer;
use std::collections::HashMap;

/// The relay's own address opposite the target, by client, of those that stand.
#[derive(Clone, Debug, Default)]
pub struct Upstreams(HashMap<Peer, Peer>);

impl Upstreams {
    /// Takes in what a notice tells of them.
    pub fn note(&mut self, notice: &Notice) {
        match notice {
            Notice::Bound { .. } | Notice::Listening { .. } => self.0.clear(),
            Notice::Automatic(automatic) => self.note_automatic(automatic),
            _ => {}
        }
    }

    fn note_automatic(&mut self, automatic: &Automatic) {
        match automatic {
            Automatic::Upstream { client, local }
            | Automatic::ForClient {
                client,
                notice: Notice::Connected { local, .. },
            } => {
                self.0.insert(*client, *local);
            }
            Automatic::Forgotten { client, .. }
            | Automatic::ForClient {
                client,
                notice: Notice::Closed { .. } | Notice::Reset { .. } | Notice::PeerReset { .. },
            } => {
                self.0.remove(client);
            }
            _ => {}
        }
    }

    /// Where the socket is that was opened for this client.
    pub fn of(&self, client: Peer) -> Option<Peer> {
        self.0.get(&client).copied()
    }
}
