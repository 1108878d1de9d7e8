//! The upstream sockets of a relay.

use super::{Automatic, Notice};
use crate::peer::Peer;
use std::collections::HashMap;

/// The local address of the relay's open upstream socket, by client.
#[derive(Clone, Debug, Default)]
pub struct Upstreams(HashMap<Peer, Peer>);

impl Upstreams {
    /// Adds or removes the sockets that a notice reports.
    pub fn observe(&mut self, notice: &Notice) {
        match notice {
            Notice::Bound { .. } | Notice::Listening { .. } => self.0.clear(),
            Notice::Automatic(automatic) => self.observe_automatic(automatic),
            _ => {}
        }
    }

    fn observe_automatic(&mut self, automatic: &Automatic) {
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

    /// The local address of the upstream socket for this client.
    pub fn of(&self, client: Peer) -> Option<Peer> {
        self.0.get(&client).copied()
    }
}
