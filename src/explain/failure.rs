//! Why an operation failed and what helps, in words.

use super::{file, loss, system};
use crate::traffic::{Cause, Failure, Holder, Operation};
use crate::words::grouped;
use crate::{say, words::Lang};

/// Three parts of the same message, each a sentence or less.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// What happened, with the address.
    pub what: String,
    /// The system's own words and number, in brackets behind it; may be empty.
    pub detail: String,
    /// What to do about it.
    pub cure: String,
}

pub fn failure(lang: Lang, failure: &Failure) -> Explanation {
    let Failure {
        operation,
        address,
        cause,
    } = failure;
    let (what, cure) = match cause {
        Cause::PortInUse { holder, free, .. } => {
            let holder = holder.as_ref().map_or_else(
                || say!(lang, "failure.holder_unknown"),
                |holder| held_by(lang, holder),
            );
            let cure = free.map_or_else(
                || say!(lang, "failure.port_in_use.no_free"),
                |port| say!(lang, "failure.port_in_use.cure", port = port),
            );
            (
                say!(
                    lang,
                    "failure.port_in_use.what",
                    address = address,
                    holder = holder
                ),
                cure,
            )
        }
        Cause::NotLocal { own, .. } => {
            let own: Vec<String> = own.iter().map(ToString::to_string).collect();
            (
                say!(lang, "failure.not_local.what", address = address),
                say!(lang, "failure.not_local.cure", own = own.join("  ")),
            )
        }
        Cause::Privileged { free_from, .. } => (
            say!(lang, "failure.privileged.what", address = address),
            say!(lang, "failure.privileged.cure", from = free_from),
        ),
        Cause::NoSuchHost { .. } => (
            say!(lang, "failure.no_such_host.what", host = address),
            say!(lang, "failure.no_such_host.cure"),
        ),
        Cause::NoAddressOfFamily { ipv6 } => {
            let family = if *ipv6 { "IPv6" } else { "IPv4" };
            (
                say!(
                    lang,
                    "failure.no_family.what",
                    address = address,
                    family = family
                ),
                say!(lang, "failure.no_family.cure"),
            )
        }
        Cause::TimedOut { millis } => {
            let seconds = *millis as f64 / 1000.0;
            (
                say!(
                    lang,
                    "failure.timed_out.what",
                    address = address,
                    seconds = seconds
                ),
                say!(lang, "failure.timed_out.cure"),
            )
        }
        Cause::PortUnreachable { .. } if address.is_empty() => (
            say!(lang, "failure.port_unreachable.somewhere"),
            say!(lang, "failure.port_unreachable.cure"),
        ),
        Cause::PortUnreachable { .. } => (
            say!(lang, "failure.port_unreachable.what", address = address),
            say!(lang, "failure.port_unreachable.cure"),
        ),
        Cause::TooBig { mtu, ipv6, .. } => {
            // The UDP header and an IP header without options.
            let payload = mtu.saturating_sub(if *ipv6 { 48 } else { 28 });
            (
                say!(lang, "failure.too_big.what", address = address, mtu = mtu),
                say!(lang, "failure.too_big.cure", payload = payload),
            )
        }
        Cause::TooLong { length, limit } => (
            say!(
                lang,
                "failure.too_long.what",
                address = address,
                length = length,
                limit = limit
            ),
            say!(lang, "failure.too_long.cure"),
        ),
        Cause::QueueFull { length, limit } => (
            say!(
                lang,
                "failure.queue_full.what",
                address = address,
                length = length
            ),
            say!(lang, "failure.queue_full.cure", limit = limit / 1_048_576),
        ),
        Cause::LeftOut { messages, bytes } => (
            say!(
                lang,
                "failure.left_out.what",
                address = address,
                messages = grouped(*messages),
                bytes = grouped(*bytes)
            ),
            say!(lang, "failure.left_out.cure"),
        ),
        Cause::NotConnected if address.is_empty() => (
            say!(lang, "failure.nobody.what"),
            say!(lang, "failure.nobody.cure"),
        ),
        Cause::NotConnected => (
            say!(lang, "failure.not_connected.what", address = address),
            say!(lang, "failure.not_connected.cure"),
        ),
        Cause::OutOfDescriptors { .. } if *operation == Operation::Connect => (
            say!(lang, "failure.no_descriptor.what", address = address),
            say!(lang, "failure.no_descriptor.cure"),
        ),
        Cause::OutOfDescriptors { .. } => (
            say!(lang, "failure.out_of_descriptors.what", address = address),
            say!(lang, "failure.out_of_descriptors.cure"),
        ),
        Cause::Dropped {
            count,
            place,
            at_least,
            ..
        } => (
            loss::what(lang, *count, *place, *at_least),
            loss::cure(lang, cause),
        ),
        Cause::RelayLoop => (
            say!(lang, "failure.relay_loop.what", address = address),
            say!(lang, "failure.relay_loop.cure"),
        ),
        Cause::TooManyClients { limit } => (
            say!(
                lang,
                "failure.too_many_clients.what",
                limit = grouped(*limit as u64)
            ),
            say!(lang, "failure.too_many_clients.cure"),
        ),
        Cause::Busy => (
            say!(lang, "failure.busy.what", address = address),
            say!(lang, "failure.busy.cure"),
        ),
        Cause::NoFile | Cause::BadFile { .. } | Cause::System { .. }
            if *operation == Operation::Record =>
        {
            file::recording(lang, address, cause)
        }
        Cause::BadFile { place, problem } => file::bad(lang, address, *place, problem),
        Cause::NoFile | Cause::Shrunk { .. } => file::failure(lang, address, cause),
        Cause::System { .. } if matches!(operation, Operation::SendFile | Operation::Open) => {
            file::failure(lang, address, cause)
        }
        Cause::ChecksumRange { length } => (
            say!(lang, "failure.checksum_range.what", length = length),
            say!(lang, "failure.checksum_range.cure"),
        ),
        Cause::System { code } => system::failure(lang, *operation, address, *code),
    };
    Explanation {
        what,
        detail: detail(lang, cause),
        cure,
    }
}

fn held_by(lang: Lang, holder: &Holder) -> String {
    let name = crate::payload::printable::line(holder.name.as_bytes());
    say!(lang, "failure.holder", name = name, pid = holder.pid)
}

/// What the system itself calls it: `ICMP 端口不可达 · ECONNREFUSED`.
fn detail(lang: Lang, cause: &Cause) -> String {
    let of_system = cause.code().map(error_name);
    let icmp =
        matches!(cause, Cause::PortUnreachable { .. }).then(|| say!(lang, "failure.icmp_port"));
    let resolver = match cause {
        Cause::NoSuchHost { detail } if !detail.is_empty() => Some(detail.clone()),
        _ => None,
    };
    icmp.into_iter()
        .chain(of_system)
        .chain(resolver)
        .collect::<Vec<_>>()
        .join(" · ")
}

/// `ECONNREFUSED` where the system names its errors, else its sentence and number.
fn error_name(code: i32) -> String {
    #[cfg(target_os = "linux")]
    {
        format!("{:?}", nix::errno::Errno::from_raw(code))
    }
    #[cfg(not(target_os = "linux"))]
    {
        std::io::Error::from_raw_os_error(code).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traffic::{FilePlace, FileProblem};
    use std::io::{Error, ErrorKind};

    fn explain(lang: Lang, operation: Operation, address: &str, cause: Cause) -> Explanation {
        failure(
            lang,
            &Failure {
                operation,
                address: address.into(),
                cause,
            },
        )
    }

    #[test]
    fn a_closed_port_is_explained_as_in_the_picture() {
        let cause = Cause::PortUnreachable { code: 111 };
        let explained = explain(Lang::Chinese, Operation::Send, "127.0.0.1:43599", cause);
        assert_eq!(explained.what, "127.0.0.1:43599 没有程序在监听");
        if cfg!(target_os = "linux") {
            assert_eq!(explained.detail, "ICMP 端口不可达 · ECONNREFUSED");
        }
        assert!(explained.cure.starts_with("UDP 没有断开"));
    }

    #[test]
    fn a_taken_port_names_the_program_and_a_free_port() {
        let holder = Some(Holder {
            name: "python3".into(),
            pid: 4242,
        });
        for lang in Lang::ALL {
            let cause = Cause::PortInUse {
                holder: holder.clone(),
                free: Some(8081),
                code: 98,
            };
            let explained = explain(lang, Operation::Bind, "127.0.0.1:8080", cause);
            for part in ["127.0.0.1:8080", "python3", "4242"] {
                assert!(explained.what.contains(part), "{}", explained.what);
            }
            assert!(explained.cure.contains("8081"));
        }
    }

    #[test]
    fn the_four_ways_a_connection_fails_read_differently() {
        for lang in Lang::ALL {
            let code = |kind| {
                (1..200)
                    .find(|code| Error::from_raw_os_error(*code).kind() == kind)
                    .unwrap_or(0)
            };
            let causes = [
                Cause::System {
                    code: code(ErrorKind::ConnectionRefused),
                },
                Cause::System {
                    code: code(ErrorKind::HostUnreachable),
                },
                Cause::TimedOut { millis: 5000 },
                Cause::NoSuchHost {
                    detail: String::new(),
                },
            ];
            let mut said: Vec<String> = causes
                .into_iter()
                .map(|cause| explain(lang, Operation::Connect, "h:1", cause).what)
                .collect();
            assert!(said.iter().all(|what| what.contains("h:1")));
            said.sort();
            said.dedup();
            assert_eq!(said.len(), 4, "{said:?}");
        }
    }

    #[test]
    fn a_privileged_port_says_from_which_number_it_is_free() {
        for lang in Lang::ALL {
            let cause = Cause::Privileged {
                free_from: 1024,
                code: 13,
            };
            assert!(
                explain(lang, Operation::Bind, "0.0.0.0:80", cause)
                    .cure
                    .contains("1024")
            );
        }
    }

    #[test]
    fn a_datagram_too_long_says_both_sizes() {
        for lang in Lang::ALL {
            let what = explain(
                lang,
                Operation::Send,
                "h:1",
                Cause::TooLong {
                    length: 65_508,
                    limit: 65_507,
                },
            )
            .what;
            assert!(what.contains("65508") && what.contains("65507"));
        }
    }

    #[test]
    fn every_cause_has_words_in_both_languages() {
        let causes = [
            Cause::System { code: 5 },
            Cause::NotLocal {
                own: vec![[127, 0, 0, 1].into()],
                code: 99,
            },
            Cause::NoAddressOfFamily { ipv6: true },
            Cause::QueueFull {
                length: 1,
                limit: 8 << 20,
            },
            Cause::TooBig {
                mtu: 1280,
                ipv6: true,
                code: 90,
            },
            Cause::LeftOut {
                messages: 2,
                bytes: 3,
            },
            Cause::NotConnected,
            Cause::OutOfDescriptors {
                pause_millis: 1000,
                code: 24,
            },
            Cause::Busy,
            Cause::RelayLoop,
            Cause::TooManyClients { limit: 2 },
            Cause::NoFile,
            Cause::BadFile {
                place: FilePlace::Line(2),
                problem: FileProblem::Cut,
            },
            Cause::Shrunk { read: 1, length: 2 },
            Cause::ChecksumRange { length: 1 },
        ];
        for lang in Lang::ALL {
            for cause in causes.clone() {
                let explained = explain(lang, Operation::Send, "127.0.0.1:9", cause.clone());
                assert!(
                    !explained.what.contains("failure."),
                    "{cause:?}: {}",
                    explained.what
                );
                assert!(
                    !explained.cure.is_empty() && !explained.cure.contains("failure."),
                    "{cause:?}"
                );
                assert!(
                    !explained.what.contains("%{") && !explained.cure.contains("%{"),
                    "{cause:?}"
                );
            }
        }
    }
}
