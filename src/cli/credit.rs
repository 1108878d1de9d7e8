//! How much of what was typed may be on its way.

use crate::automation::impair::What;
use crate::traffic::{Automatic, Body, Notice, Record};

/// Bytes ordered and not yet taken by the kernel, at which no more input is taken.
const LIMIT: usize = 1 << 20;

/// Counts what was ordered against what the kernel took, so that a long file as input
/// is read only as fast as it goes out, and so that the end can wait for the last of it.
#[derive(Debug)]
pub struct Credit {
    under_way: usize,
    /// Datagrams under way; of streams only bytes count.
    datagrams: usize,
    tcp: bool,
}

impl Credit {
    /// For datagrams, where each message is a row, or for streams.
    pub fn new(tcp: bool) -> Self {
        Self {
            under_way: 0,
            datagrams: 0,
            tcp,
        }
    }

    /// So many bytes were ordered to be sent to so many.
    pub fn ordered(&mut self, bytes: usize, receivers: usize) {
        self.under_way += bytes * receivers;
        self.datagrams += receivers;
    }

    /// Takes a fact in. After a failure it is not known what else is under way: that is
    /// forgotten, for a fault must not stop the input for ever.
    pub fn note(&mut self, record: &Record<'_>) {
        match record.body {
            // What a rule sends was never ordered.
            Body::Sent { .. } if record.origin.rule.is_some() => {}
            Body::Sent { bytes, .. } => {
                self.went(bytes.len());
            }
            // Of these no row will tell that they went.
            Body::Notice(Notice::Automatic(automatic)) => {
                if let Automatic::Impaired {
                    outgoing: true,
                    effect,
                    ..
                } = &**automatic
                {
                    match effect.what {
                        What::Duplicated => self.datagrams += 1,
                        _ if effect.what.is_loss() => {
                            self.went(self.under_way / self.datagrams.max(1));
                        }
                        _ => {}
                    }
                }
            }
            Body::Notice(Notice::Failed(_) | Notice::PeerReset { .. } | Notice::Closed { .. }) => {
                (self.under_way, self.datagrams) = (0, 0);
            }
            Body::Received { .. } | Body::Notice(_) => {}
        }
    }

    /// Whether more may be ordered.
    pub fn has_room(&self) -> bool {
        self.under_way < LIMIT
    }

    /// Whether the kernel took all of it.
    pub fn is_even(&self) -> bool {
        match self.tcp {
            true => self.under_way == 0,
            false => self.datagrams == 0,
        }
    }

    fn went(&mut self, bytes: usize) {
        self.under_way = self.under_way.saturating_sub(bytes);
        self.datagrams = self.datagrams.saturating_sub(1);
        if self.datagrams == 0 && !self.tcp {
            // Some may have been cut on the way.
            self.under_way = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::automation::impair::Effect;
    use crate::traffic::Arrival;

    fn note(credit: &mut Credit, body: Body<'_>) {
        credit.note(&Record {
            origin: crate::traffic::Origin::default(),
            time: 0,
            body,
            arrival: Arrival::default(),
        });
    }

    #[test]
    fn what_was_ordered_is_even_with_what_went() {
        let peer = "127.0.0.1:9".parse().unwrap();
        let mut credit = Credit::new(false);
        credit.ordered(0, 1);
        assert!(!credit.is_even());
        note(&mut credit, Body::Sent { peer, bytes: b"" });
        assert!(credit.is_even());
        let mut credit = Credit::new(true);
        credit.ordered(LIMIT, 2);
        assert!(!credit.has_room());
        for _ in 0..2 {
            note(
                &mut credit,
                Body::Sent {
                    peer,
                    bytes: &vec![0; LIMIT],
                },
            );
        }
        assert!(credit.has_room() && credit.is_even());
    }

    #[test]
    fn what_is_lost_on_purpose_is_not_waited_for() {
        let peer = "127.0.0.1:9".parse().unwrap();
        let effect = |what| {
            let effect = Effect { number: 1, what };
            Notice::Automatic(Box::new(Automatic::Impaired {
                peer,
                outgoing: true,
                effect,
            }))
        };
        let mut credit = Credit::new(false);
        credit.ordered(LIMIT, 1);
        note(&mut credit, Body::Notice(&effect(What::Lost)));
        assert!(credit.is_even() && credit.has_room());
        credit.ordered(5, 1);
        note(&mut credit, Body::Notice(&effect(What::Duplicated)));
        let sent = Body::Sent { peer, bytes: b"12" };
        note(&mut credit, sent);
        assert!(!credit.is_even());
        note(&mut credit, sent);
        assert!(credit.is_even() && credit.under_way == 0);
    }

    #[test]
    fn a_failure_does_not_stop_the_input_for_ever() {
        let peer = "127.0.0.1:9".parse().unwrap();
        let mut credit = Credit::new(true);
        credit.ordered(2 * LIMIT, 1);
        note(
            &mut credit,
            Body::Notice(&Notice::Closed { peer, unsent: 7 }),
        );
        assert!(credit.has_room() && credit.is_even());
    }
}
