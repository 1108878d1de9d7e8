//! Notices in words: events of a connection, and automatic actions of the program.

use super::buffer_size::buffer_size;
use super::host_name::host_name;
use super::{failure, file, impair};
use crate::automation::PAUSE;
use crate::engine::Interfaces;
use crate::payload::answer::Silence;
use crate::payload::printable;
use crate::peer::Peer;
use crate::traffic::{Automatic, FrameFault, Notice, Refusal};
use crate::words::grouped;
use crate::{t, words::Lang};

/// Puts a notice into one line of safe text; for a failure, without reason and cure.
pub fn notice(lang: Lang, notice: &Notice, interfaces: &Interfaces) -> String {
    // Others chose the names in it, and a notice of a file may contain anything.
    printable::line(in_words(lang, notice, interfaces).as_bytes())
}

fn in_words(lang: Lang, notice: &Notice, interfaces: &Interfaces) -> String {
    let shown = |path: &str| printable::line(path.as_bytes());
    match notice {
        Notice::Bound {
            receive_buffer,
            asked,
            ..
        } if receive_buffer < asked => t!(
            lang,
            "notice.bound_to_less",
            buffer = buffer_size(*receive_buffer),
            asked = buffer_size(*asked)
        ),
        Notice::Bound { receive_buffer, .. } => {
            t!(lang, "notice.bound", buffer = buffer_size(*receive_buffer))
        }
        Notice::Listening { .. } => t!(lang, "notice.listening"),
        Notice::Resolved { host, addresses } => {
            let addresses: Vec<String> = addresses.iter().map(ToString::to_string).collect();
            t!(
                lang,
                "notice.resolved",
                host = host_name(lang, host),
                addresses = addresses.join(" ")
            )
        }
        Notice::Connecting { .. } => t!(lang, "notice.connecting"),
        Notice::Cancelled { .. } => t!(lang, "notice.cancelled"),
        Notice::Connected {
            local: Peer::Unnamed(_),
            ..
        } => t!(lang, "notice.connected_plainly"),
        Notice::Connected { local, .. } => {
            t!(lang, "notice.connected", local = interfaces.show(*local))
        }
        Notice::Joined { .. } => t!(lang, "notice.joined"),
        // Only TCP has a FIN.
        Notice::PeerFinished { peer } if peer.address().is_none() => {
            t!(lang, "notice.peer_ended")
        }
        Notice::PeerFinished { .. } => t!(lang, "notice.peer_finished"),
        // Only TCP has resets, and client addresses.
        Notice::PeerReset { peer, unsent: 0 } if peer.address().is_none() => {
            t!(lang, "notice.peer_broke")
        }
        Notice::PeerReset { unsent, .. } => {
            let keys = ["notice.peer_reset", "notice.peer_reset_unsent"];
            left(lang, keys, *unsent)
        }
        Notice::WriteClosed { .. } => t!(lang, "notice.write_closed"),
        Notice::Closed { unsent, .. } => {
            left(lang, ["notice.closed", "notice.closed_unsent"], *unsent)
        }
        Notice::GroupJoined { group, interface } => t!(
            lang,
            "notice.group_joined",
            group = group,
            interface = interface
        ),
        Notice::GroupLeft { group, interface } => t!(
            lang,
            "notice.group_left",
            group = group,
            interface = interface
        ),
        Notice::Unbound { local, unsent } => {
            let keys = match local.address() {
                Some(_) => ["notice.unbound", "notice.unbound_unsent"],
                None => ["notice.name_unbound", "notice.name_unbound_unsent"],
            };
            left(lang, keys, *unsent)
        }
        Notice::FileSent {
            path,
            bytes: 0,
            refused: 0,
            ..
        } => {
            t!(lang, "notice.file_empty", path = shown(path))
        }
        Notice::FileSent {
            path,
            bytes,
            blocks,
            refused: refused @ 1..,
            ..
        } => t!(
            lang,
            "notice.file_partly",
            path = shown(path),
            bytes = grouped(*bytes),
            blocks = grouped(*blocks),
            refused = grouped(*refused)
        ),
        Notice::FileSent {
            path,
            bytes,
            blocks,
            millis,
            refused: 0,
        } => t!(
            lang,
            "notice.file_sent",
            path = shown(path),
            bytes = grouped(*bytes),
            blocks = grouped(*blocks),
            seconds = seconds(*millis)
        ),
        // The total length of a replayed capture is only known at its end.
        Notice::FileCancelled {
            path,
            bytes,
            length: 0,
        } => t!(
            lang,
            "notice.replay_cancelled",
            path = shown(path),
            bytes = grouped(*bytes)
        ),
        Notice::FileCancelled {
            path,
            bytes,
            length,
        } => t!(
            lang,
            "notice.file_cancelled",
            path = shown(path),
            bytes = grouped(*bytes),
            length = grouped(*length)
        ),
        Notice::FileRead {
            path,
            records,
            skipped,
            others,
        } => {
            let read = t!(
                lang,
                "notice.file_read",
                path = shown(path),
                records = grouped(*records)
            );
            match skipped {
                0 => read,
                _ => format!("{read}{}", file::others(lang, *skipped, others)),
            }
        }
        Notice::NotCaptured { inward, bytes, .. } => {
            let bytes = grouped(*bytes);
            match inward {
                true => t!(lang, "notice.not_captured_received", bytes = bytes),
                false => t!(lang, "notice.not_captured_sent", bytes = bytes),
            }
        }
        Notice::Automatic(automatic) => self::automatic(lang, automatic, interfaces),
        Notice::Reset { unsent, .. } => {
            left(lang, ["notice.reset", "notice.reset_unsent"], *unsent)
        }
        Notice::Failed(problem) => failure(lang, problem).what,
    }
}

/// Puts an automatic action of the program, or its absence, into words.
fn automatic(lang: Lang, automatic: &Automatic, interfaces: &Interfaces) -> String {
    let size = |bytes: usize| grouped(bytes as u64);
    match automatic {
        Automatic::Refused {
            rule,
            refusal,
            count,
            ..
        } => {
            let keys = ["automatic.refused", "automatic.refused_many"];
            suppressed_reply(lang, keys, rule, *count, &refused(lang, *refusal))
        }
        Automatic::Unanswered {
            rule,
            silence,
            count,
            ..
        } => {
            let keys = ["automatic.unanswered", "automatic.unanswered_many"];
            suppressed_reply(lang, keys, rule, *count, &self::silence(lang, *silence))
        }
        Automatic::Paused { rule, peer } => t!(
            lang,
            "automatic.paused",
            rule = rule,
            peer = peer,
            seconds = PAUSE.as_secs()
        ),
        Automatic::Resumed {
            rule,
            peer,
            unanswered,
        } => t!(
            lang,
            "automatic.resumed",
            rule = rule,
            peer = peer,
            count = grouped(*unanswered)
        ),
        Automatic::Impaired {
            outgoing, effect, ..
        } => {
            let what = impair::impaired(lang, &effect.what);
            let number = grouped(effect.number);
            match outgoing {
                true => t!(lang, "impair.sent", number = number, what = what),
                false => t!(lang, "impair.received", number = number, what = what),
            }
        }
        Automatic::ImpairedPiece { effect, .. } => {
            let what = impair::impaired(lang, &effect.what);
            match effect.number {
                0 => what,
                number => t!(lang, "impair.piece", number = grouped(number), what = what),
            }
        }
        Automatic::Upstream { local, .. } => {
            t!(lang, "automatic.upstream", local = interfaces.show(*local))
        }
        Automatic::Forgotten { millis, .. } => {
            t!(lang, "automatic.forgotten", seconds = *millis as f64 / 1e3)
        }
        Automatic::ForClient { client, notice } => t!(
            lang,
            "automatic.for_client",
            client = interfaces.show(*client),
            notice = self::notice(lang, notice, interfaces)
        ),
        Automatic::NotPassed { rule, bytes, .. } => t!(
            lang,
            "automatic.not_passed",
            rule = rule,
            bytes = size(*bytes)
        ),
        Automatic::Intercepted {
            number,
            rule: Some(rule),
            bytes,
            ..
        } => t!(
            lang,
            "automatic.held_by",
            number = number,
            bytes = size(*bytes),
            rule = rule
        ),
        Automatic::Intercepted { number, bytes, .. } => t!(
            lang,
            "automatic.held",
            number = number,
            bytes = size(*bytes)
        ),
        Automatic::Discarded { number, bytes, .. } => t!(
            lang,
            "automatic.discarded",
            number = number,
            bytes = size(*bytes)
        ),
        Automatic::NotIntercepted { bytes, .. } => {
            t!(lang, "automatic.not_held", bytes = size(*bytes))
        }
        Automatic::Drained {
            bytes, finished, ..
        } => {
            let bytes = grouped(*bytes);
            match finished {
                true => t!(lang, "automatic.drained", bytes = bytes),
                false => t!(lang, "automatic.drained_in_part", bytes = bytes),
            }
        }
        Automatic::Replaced { millis, count, .. } => t!(
            lang,
            "automatic.replaced",
            count = grouped(*count),
            seconds = seconds(*millis)
        ),
        Automatic::Unframed { fault, count, .. } => {
            let key = match fault {
                FrameFault::TooLong => "automatic.message_too_long",
                FrameFault::TooShort => "automatic.message_too_short",
                FrameFault::Garbled => "automatic.message_garbled",
                FrameFault::Unfinished => "automatic.message_unfinished",
            };
            t!(lang, key, count = grouped(*count))
        }
        Automatic::Unserved { count, .. } => {
            t!(lang, "automatic.unserved", count = grouped(*count))
        }
        Automatic::Denied { count, .. } => {
            t!(lang, "automatic.denied", count = grouped(*count))
        }
        Automatic::Reconnecting {
            attempts, millis, ..
        } => {
            let seconds = *millis as f64 / 1e3;
            match attempts {
                0 | 1 => t!(lang, "automatic.reconnecting", seconds = seconds),
                _ => t!(
                    lang,
                    "automatic.reconnecting_still",
                    count = grouped(*attempts),
                    seconds = seconds
                ),
            }
        }
        Automatic::Reconnected { attempts, .. } => {
            t!(lang, "automatic.reconnected", count = grouped(*attempts))
        }
    }
}

/// Says that a rule did not reply, once or several times, and why.
fn suppressed_reply(lang: Lang, keys: [&str; 2], rule: &str, count: u64, reason: &str) -> String {
    let [once, often] = keys;
    match count {
        1 => t!(lang, once, rule = rule, reason = reason),
        _ => t!(
            lang,
            often,
            rule = rule,
            count = grouped(count),
            reason = reason
        ),
    }
}

/// Explains why a received message has no reply.
pub fn silence(lang: Lang, silence: Silence) -> String {
    match silence {
        Silence::Nameless => t!(lang, "silence.nameless"),
        Silence::NotARequest => t!(lang, "silence.not_a_request"),
        Silence::IsAnswer => t!(lang, "silence.is_answer"),
        Silence::Partial => t!(lang, "silence.partial"),
        Silence::Damaged => t!(lang, "silence.damaged"),
        Silence::Broadcast => t!(lang, "silence.broadcast"),
        Silence::OtherUnit => t!(lang, "silence.other_unit"),
        Silence::Transferred => t!(lang, "silence.transferred"),
        Silence::NoSuchBlock => t!(lang, "silence.no_such_block"),
    }
}

/// Explains why a reply was suppressed, and what to do.
fn refused(lang: Lang, refusal: Refusal) -> String {
    match refusal {
        Refusal::Rate(rate) => t!(lang, "automatic.rate", rate = rate),
        Refusal::PeerRate(rate) => t!(lang, "automatic.peer_rate", rate = rate),
        Refusal::Broadcast => t!(lang, "automatic.broadcast"),
        Refusal::Multicast => t!(lang, "automatic.multicast"),
        Refusal::PortZero => t!(lang, "automatic.port_zero"),
        Refusal::Own => t!(lang, "automatic.own"),
        Refusal::Larger => t!(lang, "automatic.larger"),
        Refusal::Waiting => t!(lang, "automatic.waiting"),
    }
}

/// The text of the first key, or of the second with the unsent amount if there is one.
fn left(lang: Lang, [none, some]: [&str; 2], unsent: usize) -> String {
    let count = grouped(unsent as u64);
    match unsent {
        0 => t!(lang, none),
        // Bytes or datagrams: the text uses the name that fits.
        _ => t!(lang, some, bytes = count, count = count),
    }
}

/// Seconds with one decimal.
fn seconds(millis: u64) -> String {
    format!("{:.1}", millis as f64 / 1e3)
}

#[cfg(test)]
mod tests;
