//! Failures in words: what happened, why, and what to do.

use super::error_name::error_name;
use super::host_name::host_name;
use super::{closed_port, file, lookup, loss, no_route, socket_name, system, undelivered};
use crate::payload::printable;
use crate::traffic::{Cause, Failure, Operation, PortOwner};
use crate::words::grouped;
use crate::{t, words::Lang};

/// The three parts of a message, at most a sentence each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The event, with the address.
    pub what: String,
    /// The system's own name of the error, shown in brackets after `what`; may be empty.
    pub detail: String,
    /// The action the user can take.
    pub cure: String,
}

impl Explanation {
    /// The detail in brackets, to follow the event; empty if there is none.
    pub fn why(&self, lang: Lang) -> String {
        match (self.detail.as_str(), lang) {
            ("", _) => String::new(),
            (detail, Lang::Chinese) => format!("（{detail}）"),
            (detail, Lang::English) => format!(" ({detail})"),
        }
    }

    /// The event, with the detail in brackets.
    pub fn what_and_why(&self, lang: Lang) -> String {
        format!("{}{}", self.what, self.why(lang))
    }

    /// The whole message in one line.
    pub fn line(&self, lang: Lang) -> String {
        let (what, cure) = (self.what_and_why(lang), &self.cure);
        match lang {
            Lang::Chinese => format!("{what}。{cure}"),
            Lang::English => format!("{what}. {cure}"),
        }
    }
}

/// The message for a failure after which the session goes on, where it can.
pub fn failure(lang: Lang, failure: &Failure) -> Explanation {
    explained(lang, failure, true)
}

/// As [`failure`], for a failure that ends the session: the text does not say that it continues.
pub fn last_failure(lang: Lang, failure: &Failure) -> Explanation {
    explained(lang, failure, false)
}

/// The explanation as safe text: others chose the names in it.
fn explained(lang: Lang, failure: &Failure, goes_on: bool) -> Explanation {
    let Explanation { what, detail, cure } = in_words(lang, failure, goes_on);
    let line = |text: &str| printable::line(text.as_bytes());
    Explanation {
        what: line(&what),
        detail: line(&detail),
        cure: printable::words(&cure).into_owned(),
    }
}

fn in_words(lang: Lang, failure: &Failure, goes_on: bool) -> Explanation {
    let Failure {
        operation,
        address,
        cause,
    } = failure;
    let (what, cure) = match cause {
        Cause::PortInUse { holder, free, .. } => {
            // For a session of this program the cure is to close it, not the program.
            let own = holder.as_ref().is_some_and(PortOwner::is_this_program);
            let holder = held_by(lang, holder.as_ref());
            let cure = match (own, free) {
                (false, Some(port)) => t!(lang, "failure.port_in_use.cure", port = port),
                (false, None) => t!(lang, "failure.port_in_use.no_free"),
                (true, Some(port)) => t!(lang, "failure.port_in_use.own", port = port),
                (true, None) => t!(lang, "failure.port_in_use.own_no_free"),
            };
            (
                t!(
                    lang,
                    "failure.port_in_use.what",
                    address = address,
                    holder = holder
                ),
                cure,
            )
        }
        Cause::Lingering { seconds, free, .. } => {
            let cure = match (operation, free) {
                // The local port of a client is irrelevant.
                (Operation::Bind, _) => t!(lang, "failure.lingering.client", seconds = seconds),
                (_, Some(port)) => t!(
                    lang,
                    "failure.lingering.cure",
                    seconds = seconds,
                    port = port
                ),
                (_, None) => t!(lang, "failure.lingering.no_free", seconds = seconds),
            };
            (t!(lang, "failure.lingering.what", address = address), cure)
        }
        Cause::Excluded { holder, free, .. } => {
            let holder = held_by(lang, holder.as_ref());
            let cure = match free {
                Some(port) => t!(lang, "failure.excluded.cure", port = port),
                None => t!(lang, "failure.port_in_use.no_free"),
            };
            let what = t!(
                lang,
                "failure.excluded.what",
                address = address,
                holder = holder
            );
            (what, cure)
        }
        Cause::NotLocal { own, .. } => {
            let own: Vec<String> = own.iter().map(ToString::to_string).collect();
            (
                t!(lang, "failure.not_local.what", address = address),
                t!(lang, "failure.not_local.cure", own = own.join("  ")),
            )
        }
        Cause::Privileged { free_from, .. } => (
            t!(lang, "failure.privileged.what", address = address),
            t!(lang, "failure.privileged.cure", from = free_from),
        ),
        Cause::NoSuchHost { .. } => (
            t!(
                lang,
                "failure.no_such_host.what",
                host = host_name(lang, address)
            ),
            t!(lang, "failure.no_such_host.cure"),
        ),
        Cause::NoAddressOfFamily { ipv6 } => {
            let family = if *ipv6 { "IPv6" } else { "IPv4" };
            (
                t!(
                    lang,
                    "failure.no_family.what",
                    address = address,
                    family = family
                ),
                t!(lang, "failure.no_family.cure"),
            )
        }
        Cause::TimedOut { millis } if *operation == Operation::Resolve => {
            let seconds = *millis as f64 / 1000.0;
            (
                t!(
                    lang,
                    "failure.resolver_silent.what",
                    host = address,
                    seconds = seconds
                ),
                t!(lang, "failure.resolver_silent.cure"),
            )
        }
        Cause::TimedOut { millis } => {
            let seconds = *millis as f64 / 1000.0;
            (
                t!(
                    lang,
                    "failure.timed_out.what",
                    address = address,
                    seconds = seconds
                ),
                system::silent_cure(lang, address),
            )
        }
        Cause::PortUnreachable { newer, .. } => {
            closed_port::failure(lang, address, *newer, goes_on)
        }
        Cause::ClientGone { .. } => closed_port::client(lang, address),
        Cause::TooBig { mtu, ipv6, .. } => {
            // The lengths of the UDP header and of an IP header without options.
            let payload = mtu.saturating_sub(if *ipv6 { 48 } else { 28 });
            (
                t!(lang, "failure.too_big.what", address = address, mtu = mtu),
                t!(lang, "failure.too_big.cure", payload = payload),
            )
        }
        Cause::Undelivered { reason, by, code } => {
            undelivered::failure(lang, address, (*reason, *by, *code))
        }
        Cause::TooLong { length, limit } => (
            t!(
                lang,
                "failure.too_long.what",
                address = address,
                length = grouped(*length as u64),
                limit = grouped(*limit as u64)
            ),
            t!(lang, "failure.too_long.cure"),
        ),
        Cause::QueueFull { length, limit } => (
            t!(
                lang,
                "failure.queue_full.what",
                address = address,
                length = grouped(*length as u64)
            ),
            t!(lang, "failure.queue_full.cure", limit = limit / 1_048_576),
        ),
        Cause::LeftOut { messages, bytes } => (
            t!(
                lang,
                "failure.left_out.what",
                address = address,
                messages = grouped(*messages),
                bytes = grouped(*bytes)
            ),
            t!(lang, "failure.left_out.cure"),
        ),
        Cause::NotConnected if address.is_empty() => (
            t!(lang, "failure.nobody.what"),
            t!(lang, "failure.nobody.cure"),
        ),
        Cause::NotConnected => (
            t!(lang, "failure.not_connected.what", address = address),
            t!(lang, "failure.not_connected.cure"),
        ),
        Cause::PeerFinished => (
            t!(lang, "failure.peer_finished.what", address = address),
            t!(lang, "failure.peer_finished.cure"),
        ),
        Cause::OutOfDescriptors { code, .. } => {
            system::descriptors(lang, *operation, address, *code)
        }
        Cause::Dropped {
            count,
            place,
            at_least,
            ..
        } => (
            loss::what(lang, *count, *place, *at_least),
            loss::cure(lang, cause),
        ),
        // TCP cannot connect to an address that stands for several machines (RFC 9293 §3.9.2.3).
        Cause::NoRoute { .. } if *operation == Operation::Connect => (
            t!(lang, "failure.of_many.what", address = address),
            t!(lang, "failure.of_many.cure"),
        ),
        Cause::NoRoute { reach, ways, .. } => no_route::failure(lang, address, *reach, ways),
        Cause::Name { problem, .. } => socket_name::failure(lang, address, *problem),
        Cause::WrongTarget => (
            t!(lang, "failure.wrong_target.what", address = address),
            t!(lang, "failure.wrong_target.cure"),
        ),
        Cause::RelayLoop => (
            t!(lang, "failure.relay_loop.what", address = address),
            t!(lang, "failure.relay_loop.cure"),
        ),
        Cause::RelaysFacing => (
            t!(lang, "failure.relays_facing.what", address = address),
            t!(lang, "failure.relays_facing.cure"),
        ),
        Cause::TooManyClients { limit } => (
            t!(
                lang,
                "failure.too_many_clients.what",
                limit = grouped(*limit as u64)
            ),
            t!(lang, "failure.too_many_clients.cure"),
        ),
        Cause::InterfaceGone { interface } if *operation == Operation::JoinGroup => (
            t!(
                lang,
                "failure.interface_gone.not_joined",
                group = address,
                interface = interface
            ),
            t!(lang, "failure.interface_gone.not_joined_cure"),
        ),
        Cause::InterfaceGone { interface } => (
            t!(
                lang,
                "failure.interface_gone.what",
                group = address,
                interface = interface
            ),
            t!(lang, "failure.interface_gone.cure"),
        ),
        Cause::Busy => (
            t!(lang, "failure.busy.what", address = address),
            t!(lang, "failure.busy.cure"),
        ),
        Cause::NoFile | Cause::BadFile { .. } | Cause::System { .. }
            if matches!(operation, Operation::Record | Operation::BeginRecording) =>
        {
            file::recording(lang, (*operation, goes_on), address, cause)
        }
        Cause::Unread => file::recording(lang, (*operation, goes_on), address, cause),
        Cause::Died { .. } => system::died(lang, *operation, address),
        Cause::BadFile { place, problem } => file::bad(lang, address, *place, problem),
        Cause::NoFile | Cause::Shrunk { .. } => file::failure(lang, *operation, address, cause),
        Cause::System { .. } if matches!(operation, Operation::SendFile | Operation::Open) => {
            file::failure(lang, *operation, address, cause)
        }
        Cause::ChecksumRange { length } => (
            t!(
                lang,
                "failure.checksum_range.what",
                length = grouped(*length as u64)
            ),
            t!(lang, "failure.checksum_range.cure"),
        ),
        Cause::NotComposed { limit } => (
            t!(
                lang,
                "failure.not_composed.what",
                address = address,
                limit = grouped(*limit as u64)
            ),
            t!(lang, "failure.not_composed.cure"),
        ),
        Cause::Fields(mistake) => (
            t!(
                lang,
                "failure.fields.what",
                address = address,
                problem = super::encode_mistake(lang, mistake)
            ),
            t!(lang, "failure.fields.cure"),
        ),
        Cause::System { code } => system::failure(lang, *operation, address, *code),
    };
    Explanation {
        what,
        detail: detail(lang, cause),
        cure,
    }
}

fn held_by(lang: Lang, holder: Option<&PortOwner>) -> String {
    match holder {
        None => t!(lang, "failure.holder_unknown"),
        Some(holder) if holder.is_this_program() => {
            t!(lang, "failure.holder_own", pid = holder.pid)
        }
        Some(holder) => {
            let name = printable::line(holder.name.as_bytes());
            t!(lang, "failure.holder", name = name, pid = holder.pid)
        }
    }
}

/// The technical name of the cause: `ICMP 端口不可达 · ECONNREFUSED`.
fn detail(lang: Lang, cause: &Cause) -> String {
    // An error of this program has no number.
    let of_system = cause.code().filter(|code| *code != 0).map(error_name);
    let icmp = match cause {
        Cause::PortUnreachable { .. } | Cause::ClientGone { .. } => {
            Some(t!(lang, "failure.icmp_port"))
        }
        Cause::Undelivered { by: Some(by), .. } => Some(t!(lang, "failure.icmp_from", by = by)),
        _ => None,
    };
    let reported = match cause {
        Cause::NoSuchHost { detail } if !detail.is_empty() => Some(lookup::reason(lang, detail)),
        // A panic message may contain control characters.
        Cause::Died { reason } => Some(printable::line(reason.as_bytes())),
        _ => None,
    };
    icmp.into_iter()
        .chain(of_system)
        .chain(reported)
        .collect::<Vec<_>>()
        .join(" · ")
}

#[cfg(test)]
mod tests;
