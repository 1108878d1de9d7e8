//! Why something could not be known, in words, and how to find out.

use crate::engine::evidence::Unseen;
use crate::payload::printable;
use crate::t;
use crate::words::Lang;

/// Why something could not be known, and how to find out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnseenText {
    pub why: String,
    /// Empty if nothing can be done.
    pub how: String,
}

/// Where the question was asked: probes are allowed in another way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskedFrom {
    Terminal,
    Window,
}

/// Why something could not be known.
pub fn unseen(lang: Lang, unseen: &Unseen, asked: AskedFrom) -> UnseenText {
    let safe = |text: &str| printable::line(text.as_bytes());
    let run = |command: &str| t!(lang, "diagnose.unseen.run", command = safe(command));
    let (why, how) = match unseen {
        Unseen::NotPermitted { command } => {
            (t!(lang, "diagnose.unseen.not_permitted"), run(command))
        }
        Unseen::NotHere => (t!(lang, "diagnose.unseen.not_here"), String::new()),
        Unseen::TooSlow => (
            t!(lang, "diagnose.unseen.too_slow"),
            t!(lang, "diagnose.unseen.again"),
        ),
        Unseen::Unreadable(reason) => (
            t!(lang, "diagnose.unseen.unreadable", reason = safe(reason)),
            String::new(),
        ),
        Unseen::NotAsked => (
            t!(lang, "diagnose.unseen.not_asked"),
            match asked {
                AskedFrom::Terminal => t!(lang, "diagnose.unseen.probe_option"),
                AskedFrom::Window => t!(lang, "diagnose.unseen.probe_button"),
            },
        ),
        Unseen::OtherProgram { command } => {
            (t!(lang, "diagnose.unseen.other_program"), run(command))
        }
        Unseen::Quiet => (
            t!(lang, "diagnose.unseen.quiet"),
            t!(lang, "diagnose.unseen.while_sending"),
        ),
        Unseen::NoAnswer => (
            t!(lang, "diagnose.unseen.no_answer"),
            t!(lang, "diagnose.unseen.at_the_other_end"),
        ),
        Unseen::Reporter { command } => (
            t!(lang, "diagnose.unseen.reporter"),
            t!(
                lang,
                "diagnose.unseen.run_and_send",
                command = safe(command)
            ),
        ),
        Unseen::Rule(rule) => (
            t!(lang, "diagnose.unseen.rule", rule = safe(rule)),
            String::new(),
        ),
        Unseen::SetByHand { entry, command } => (
            t!(lang, "diagnose.unseen.set_by_hand", entry = safe(entry)),
            t!(lang, "diagnose.unseen.remove", command = safe(command)),
        ),
        Unseen::NothingBack => (
            t!(lang, "diagnose.unseen.nothing_back"),
            t!(lang, "diagnose.unseen.send_otherwise"),
        ),
        Unseen::LineEnd { end } => {
            let end = match end.as_str() {
                "lf" => "LF (0A)",
                "cr" => "CR (0D)",
                _ => "CR LF (0D 0A)",
            };
            (
                t!(lang, "diagnose.unseen.line_end"),
                t!(lang, "diagnose.unseen.send_line_end", end = end),
            )
        }
        Unseen::OneNetwork {
            interface,
            others,
            instead,
        } => (
            t!(
                lang,
                "diagnose.unseen.one_network",
                interface = safe(interface),
                others = safe(others)
            ),
            t!(
                lang,
                "diagnose.unseen.other_broadcast",
                interface = safe(interface),
                instead = instead
            ),
        ),
        Unseen::Acknowledged { peer } => (
            t!(lang, "diagnose.unseen.acknowledged", peer = safe(peer)),
            t!(lang, "diagnose.unseen.look_at_program"),
        ),
        Unseen::NatMayForget { seconds } => (
            t!(lang, "diagnose.unseen.nat_may_forget", seconds = seconds),
            t!(lang, "diagnose.unseen.keep_alive"),
        ),
        Unseen::Strays {
            transport,
            count,
            millis,
            command,
        } => (
            t!(
                lang,
                "diagnose.unseen.strays",
                count = count,
                transport = transport.word().to_ascii_uppercase(),
                millis = safe(millis)
            ),
            t!(
                lang,
                "diagnose.unseen.compare_ports",
                command = safe(command)
            ),
        ),
        Unseen::OtherClient { peer, program } => {
            let peer = safe(peer);
            match program {
                Some(program) => {
                    let program = safe(program);
                    let key = "diagnose.unseen.other_client";
                    (
                        t!(lang, key, peer = peer, program = program),
                        t!(lang, "diagnose.unseen.end_client", program = program),
                    )
                }
                None => (
                    t!(lang, "diagnose.unseen.hidden_client", peer = peer),
                    t!(lang, "diagnose.unseen.end_hidden", peer = peer),
                ),
            }
        }
        Unseen::WatchArrivals {
            transport,
            port,
            command,
            ..
        } => (
            t!(
                lang,
                "diagnose.unseen.watch_arrivals",
                transport = transport.word().to_ascii_uppercase(),
                port = port
            ),
            t!(
                lang,
                "diagnose.unseen.run_meanwhile_and_read",
                command = safe(command)
            ),
        ),
        Unseen::NarrowMask {
            address,
            to,
            router,
            interface,
        } => {
            let [address, interface] = [address, interface].map(|text| safe(text));
            let key = "diagnose.unseen.narrow_mask";
            (
                t!(
                    lang,
                    key,
                    address = address,
                    to = to,
                    router = router,
                    interface = interface
                ),
                t!(
                    lang,
                    "diagnose.unseen.widen_mask",
                    address = address,
                    to = to,
                    interface = interface
                ),
            )
        }
        Unseen::WatchAnswers { peer, command } => (
            t!(lang, "diagnose.unseen.watch_answers", peer = peer),
            t!(
                lang,
                "diagnose.unseen.run_and_read",
                peer = peer,
                command = safe(command)
            ),
        ),
        Unseen::ModbusSent {
            ours,
            other,
            instead,
        } => (
            t!(lang, "diagnose.unseen.modbus_sent", ours = safe(ours)),
            t!(
                lang,
                "diagnose.unseen.other_modbus",
                other = safe(other),
                instead = safe(instead)
            ),
        ),
        Unseen::ReadsSlowly => (
            t!(lang, "diagnose.unseen.reads_slowly"),
            t!(lang, "diagnose.unseen.wait_for_it"),
        ),
        Unseen::WatchSender { from, command } => (
            t!(lang, "diagnose.unseen.watch_sender", from = from),
            t!(
                lang,
                "diagnose.unseen.run_while_it_sends",
                command = safe(command)
            ),
        ),
        Unseen::FullWidth { signs } => (
            t!(lang, "diagnose.unseen.full_width", signs = safe(signs)),
            t!(lang, "diagnose.unseen.ascii_signs", signs = safe(signs)),
        ),
        Unseen::EscapeSent { escape } => (
            t!(lang, "diagnose.unseen.escape_sent", escape = safe(escape)),
            t!(lang, "diagnose.unseen.read_escapes", escape = safe(escape)),
        ),
        Unseen::NothingSent { peer } => (
            t!(lang, "diagnose.unseen.nothing_sent", peer = safe(peer)),
            t!(lang, "diagnose.unseen.flush"),
        ),
        Unseen::EncodingSent { encoding } => (
            t!(
                lang,
                "diagnose.unseen.encoding_sent",
                encoding = safe(encoding)
            ),
            t!(lang, "diagnose.unseen.as_utf8"),
        ),
        Unseen::MarkSent { encoding } => (
            t!(lang, "diagnose.unseen.mark_sent", encoding = safe(encoding)),
            t!(lang, "diagnose.unseen.without_mark"),
        ),
        Unseen::LengthSent { bytes, ours, peer } => {
            let [bytes, ours, peer] = [bytes, ours, peer].map(|text| safe(text));
            let key = "diagnose.unseen.length_sent";
            (
                t!(lang, key, bytes = bytes, ours = ours, peer = peer),
                t!(lang, "diagnose.unseen.high_first", peer = peer),
            )
        }
        Unseen::BadChecksums { count, command } => (
            t!(lang, "diagnose.unseen.bad_checksums", count = count),
            t!(
                lang,
                "diagnose.unseen.marked_packets",
                command = safe(command)
            ),
        ),
        Unseen::WhichInterface {
            group,
            joined,
            command,
        } => {
            let [group, joined, command] = [group, joined, command].map(|text| safe(text));
            let key = "diagnose.unseen.which_interface";
            (
                t!(lang, key, group = group, joined = joined),
                t!(lang, "diagnose.unseen.capture_group", command = command),
            )
        }
        Unseen::NoGroup { count } => (
            match count {
                0 => t!(lang, "diagnose.unseen.no_group"),
                _ => t!(lang, "diagnose.unseen.no_group_but_packets", count = count),
            },
            match asked {
                AskedFrom::Terminal => t!(lang, "diagnose.unseen.group_option"),
                AskedFrom::Window => t!(lang, "diagnose.unseen.group_field"),
            },
        ),
        Unseen::WideMask { address, to } => (
            t!(
                lang,
                "diagnose.unseen.wide_mask",
                address = safe(address),
                to = to
            ),
            t!(lang, "diagnose.unseen.compare_masks", to = to),
        ),
        Unseen::LargerUnanswered { longest, command } => {
            let key = "diagnose.unseen.larger_unanswered";
            let command = safe(command);
            (
                t!(lang, key, longest = longest),
                t!(lang, "diagnose.unseen.large_ping", command = command),
            )
        }
        Unseen::OneAddress { local, command } => (
            t!(lang, "diagnose.unseen.one_address", local = safe(local)),
            t!(
                lang,
                "diagnose.unseen.run_meanwhile",
                command = safe(command)
            ),
        ),
        Unseen::SenderUnknown => (
            t!(lang, "diagnose.unseen.sender_unknown"),
            match asked {
                AskedFrom::Terminal => t!(lang, "diagnose.unseen.from_option"),
                AskedFrom::Window => t!(lang, "diagnose.unseen.from_field"),
            },
        ),
        Unseen::AtSender { from, to } => (
            t!(lang, "diagnose.unseen.at_sender", from = from),
            t!(lang, "diagnose.unseen.run_at_sender", from = from, to = to),
        ),
        Unseen::InterfaceOff { interfaces } => (
            t!(
                lang,
                "diagnose.unseen.interface_off",
                interfaces = safe(interfaces)
            ),
            t!(
                lang,
                "diagnose.unseen.switch_on",
                interfaces = safe(interfaces)
            ),
        ),
        Unseen::PeerUnnamed { local } => (
            t!(lang, "diagnose.unseen.peer_unnamed", local = safe(local)),
            t!(lang, "diagnose.unseen.bind_to_all"),
        ),
    };
    UnseenText { why, how }
}

#[cfg(test)]
mod tests;
