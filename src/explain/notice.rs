//! An event of the connection, in words.

use super::{failure, file};
use crate::engine::Interfaces;
use crate::payload::printable;
use crate::traffic::Notice;
use crate::words::grouped;
use crate::{say, words::Lang};

/// One line; for a failure, what happened.
pub fn notice(lang: Lang, notice: &Notice, interfaces: &Interfaces) -> String {
    match notice {
        Notice::Bound {
            receive_buffer,
            asked,
            ..
        } if receive_buffer < asked => say!(
            lang,
            "notice.bound_to_less",
            buffer = kibibytes(*receive_buffer),
            asked = kibibytes(*asked)
        ),
        Notice::Bound { receive_buffer, .. } => {
            say!(lang, "notice.bound", buffer = kibibytes(*receive_buffer))
        }
        Notice::Listening { .. } => say!(lang, "notice.listening"),
        Notice::Resolved { host, addresses } => {
            let addresses: Vec<String> = addresses.iter().map(ToString::to_string).collect();
            say!(
                lang,
                "notice.resolved",
                host = host,
                addresses = addresses.join(" ")
            )
        }
        Notice::Connecting { .. } => say!(lang, "notice.connecting"),
        Notice::Cancelled { .. } => say!(lang, "notice.cancelled"),
        Notice::Connected { local, .. } => {
            say!(lang, "notice.connected", local = interfaces.show(*local))
        }
        Notice::Joined { .. } => say!(lang, "notice.joined"),
        // Only TCP has a FIN.
        Notice::PeerFinished { peer } if peer.address().is_none() => {
            say!(lang, "notice.peer_ended")
        }
        Notice::PeerFinished { .. } => say!(lang, "notice.peer_finished"),
        Notice::PeerReset { unsent: 0, .. } => say!(lang, "notice.peer_reset"),
        Notice::PeerReset { unsent, .. } => {
            let bytes = grouped(*unsent as u64);
            say!(lang, "notice.peer_reset_unsent", bytes = bytes)
        }
        Notice::WriteClosed { .. } => say!(lang, "notice.write_closed"),
        Notice::Closed { unsent: 0, .. } => say!(lang, "notice.closed"),
        Notice::Closed { unsent, .. } => {
            let bytes = grouped(*unsent as u64);
            say!(lang, "notice.closed_unsent", bytes = bytes)
        }
        Notice::GroupJoined { group, interface } => say!(
            lang,
            "notice.group_joined",
            group = group,
            interface = interface
        ),
        Notice::GroupLeft { group, interface } => say!(
            lang,
            "notice.group_left",
            group = group,
            interface = interface
        ),
        Notice::Unbound { local, unsent } => {
            let count = grouped(*unsent as u64);
            match (local.address().is_some(), unsent) {
                (true, 0) => say!(lang, "notice.unbound"),
                (true, _) => say!(lang, "notice.unbound_unsent", count = count),
                (false, 0) => say!(lang, "notice.name_unbound"),
                (false, _) => say!(lang, "notice.name_unbound_unsent", count = count),
            }
        }
        Notice::FileSent { path, bytes: 0, .. } => say!(
            lang,
            "notice.file_empty",
            path = printable::line(path.as_bytes())
        ),
        Notice::FileSent {
            path,
            bytes,
            blocks,
            millis,
        } => {
            let seconds = *millis as f64 / 1000.0;
            let (bytes, blocks) = (grouped(*bytes), grouped(*blocks));
            say!(
                lang,
                "notice.file_sent",
                path = printable::line(path.as_bytes()),
                bytes = bytes,
                blocks = blocks,
                seconds = format!("{seconds:.1}")
            )
        }
        Notice::FileCancelled {
            path,
            bytes,
            length,
        } => {
            let (bytes, whole) = (grouped(*bytes), *length);
            if whole == 0 {
                // How much a recorded file holds is known when it ends.
                return say!(
                    lang,
                    "notice.replay_cancelled",
                    path = printable::line(path.as_bytes()),
                    bytes = bytes
                );
            }
            let length = grouped(whole);
            say!(
                lang,
                "notice.file_cancelled",
                path = printable::line(path.as_bytes()),
                bytes = bytes,
                length = length
            )
        }
        Notice::FileRead {
            path,
            records,
            skipped,
            others,
        } => {
            let read = say!(
                lang,
                "notice.file_read",
                path = printable::line(path.as_bytes()),
                records = grouped(*records)
            );
            match skipped {
                0 => read,
                _ => format!("{read}{}", file::others(lang, *skipped, others)),
            }
        }
        Notice::Automatic(automatic) => super::automatic::automatic(lang, automatic, interfaces),
        Notice::Reset { unsent: 0, .. } => say!(lang, "notice.reset"),
        Notice::Reset { unsent, .. } => {
            let bytes = grouped(*unsent as u64);
            say!(lang, "notice.reset_unsent", bytes = bytes)
        }
        Notice::Failed(problem) => failure(lang, problem).what,
    }
}

fn kibibytes(bytes: usize) -> String {
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{} KiB", bytes / 1024),
        _ => format!("{} MiB", bytes / 1_048_576),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_sent_is_counted_as_other_numbers_are() {
        let peer = std::net::SocketAddr::from(([127, 0, 0, 1], 9));
        let unsent = 65_507;
        for said in [
            Notice::PeerReset {
                peer: peer.into(),
                unsent,
            },
            Notice::Closed {
                peer: peer.into(),
                unsent,
            },
            Notice::Reset {
                peer: peer.into(),
                unsent,
            },
        ] {
            for lang in Lang::ALL {
                let text = notice(lang, &said, &Interfaces::default());
                assert!(text.contains("65,507"), "{text}");
            }
        }
        let one = Notice::Closed {
            peer: peer.into(),
            unsent: 1,
        };
        let text = notice(Lang::English, &one, &Interfaces::default());
        assert_eq!(text, "We closed the connection with 1 byte unsent");
    }
}
