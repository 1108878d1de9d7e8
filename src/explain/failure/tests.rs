//! Tests of failures in words.

mod every_cause;

use super::*;
use crate::traffic::{
    FilePlace, FileProblem, InterfaceAddress, NameProblem, Reach, UndeliveredReason,
};
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

#[cfg(target_os = "linux")]
#[test]
fn of_another_machine_a_firewall_may_have_answered() {
    let udp = || Cause::PortUnreachable {
        code: 111,
        newer: None,
    };
    let tcp = || Cause::System { code: 111 };
    for (address, is_far) in [
        ("127.0.0.1:9", false),
        ("[::1]:9", false),
        ("192.0.2.1:9", true),
    ] {
        for (operation, cause) in [(Operation::Send, udp()), (Operation::Connect, tcp())] {
            let said = explain(Lang::English, operation, address, cause).cure;
            assert_eq!(said.contains("a firewall rejects"), is_far, "{said}");
        }
    }
}

#[test]
fn a_closed_port_is_explained_as_in_the_picture() {
    let cause = Cause::PortUnreachable {
        code: 111,
        newer: None,
    };
    let explained = explain(Lang::Chinese, Operation::Send, "127.0.0.1:43599", cause);
    assert_eq!(explained.what, "127.0.0.1:43599 没有程序在监听");
    if cfg!(target_os = "linux") {
        assert_eq!(explained.detail, "ICMP 端口不可达 · ECONNREFUSED");
    }
    assert!(explained.cure.starts_with("UDP 没有断开"));
}

#[test]
fn a_closed_port_names_who_sent_since() {
    for lang in Lang::ALL {
        let cause = Cause::PortUnreachable {
            code: 111,
            newer: "127.0.0.1:50123".parse().ok(),
        };
        let explained = explain(lang, Operation::Send, "127.0.0.1:43599", cause);
        assert!(explained.what.contains("127.0.0.1:43599"));
        assert!(explained.cure.contains("127.0.0.1:50123"));
    }
}

#[test]
fn a_session_that_ends_is_not_said_to_stay_bound() {
    for lang in Lang::ALL {
        for newer in [None, "127.0.0.1:50123".parse().ok()] {
            let failed = Failure {
                operation: Operation::Send,
                address: "127.0.0.1:43599".into(),
                cause: Cause::PortUnreachable { code: 111, newer },
            };
            let goes_on = failure(lang, &failed);
            let last = last_failure(lang, &failed);
            assert_eq!(goes_on.what, last.what);
            assert!(goes_on.cure.contains("UDP") && !last.cure.contains("UDP"));
        }
    }
}

#[test]
fn a_taken_port_names_the_program_and_a_free_port() {
    let holder = Some(PortOwner {
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
fn a_port_that_windows_excludes_is_not_a_matter_of_rights() {
    for lang in Lang::ALL {
        let cause = Cause::Excluded {
            holder: None,
            free: Some(50_100),
            code: 10013,
        };
        let explained = explain(lang, Operation::Bind, "127.0.0.1:50000", cause);
        assert!(explained.what.contains("127.0.0.1:50000"));
        assert!(explained.cure.contains("50100") && explained.cure.contains("netsh"));
    }
}

#[test]
fn a_port_that_a_session_of_our_own_has_is_not_freed_by_ending_the_program() {
    for lang in Lang::ALL {
        let cause = Cause::PortInUse {
            holder: Some(PortOwner {
                name: "netpeer".into(),
                pid: std::process::id(),
            }),
            free: Some(8081),
            code: 98,
        };
        let explained = explain(lang, Operation::Bind, "127.0.0.1:8080", cause);
        let message = format!("{} {}", explained.what, explained.cure);
        assert!(message.contains("127.0.0.1:8080") && message.contains("8081"));
        let word = match lang {
            Lang::Chinese => "会话",
            Lang::English => "session",
        };
        assert!(explained.what.contains(word) && explained.cure.contains(word));
    }
}

#[test]
fn a_port_of_a_closed_connection_says_how_long_to_wait() {
    for lang in Lang::ALL {
        let lingering = |operation| {
            let cause = Cause::Lingering {
                seconds: 47,
                free: Some(8081),
                code: 98,
            };
            explain(lang, operation, "127.0.0.1:8080", cause)
        };
        let (server, client) = (lingering(Operation::Listen), lingering(Operation::Bind));
        for explained in [&server, &client] {
            assert!(explained.what.contains("127.0.0.1:8080"));
            assert!(explained.cure.contains("47"), "{}", explained.cure);
        }
        assert!(server.cure.contains("8081"));
        assert!(!client.cure.contains("8081"), "its port is left empty");
    }
}

#[test]
fn the_four_ways_a_connection_fails_read_differently() {
    for lang in Lang::ALL {
        let code = |kind| {
            // Those of Windows Sockets begin at 10,000.
            (1..11_000)
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
        let mut message: Vec<String> = causes
            .into_iter()
            .map(|cause| explain(lang, Operation::Connect, "h:1", cause).what)
            .collect();
        assert!(message.iter().all(|what| what.contains("h:1")));
        message.sort();
        message.dedup();
        assert_eq!(message.len(), 4, "{message:?}");
        let hung = Cause::TimedOut { millis: 2_000 };
        let resolver = explain(lang, Operation::Resolve, "h", hung);
        assert!(resolver.what.contains("DNS"), "{resolver:?}");
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
        assert!(what.contains("65,508") && what.contains("65,507"));
    }
}

/// Operations whose failure prevents a session from opening.
const BEGINNING: [Operation; 4] = [
    Operation::Start,
    Operation::Bind,
    Operation::Listen,
    Operation::Connect,
];

#[test]
fn a_session_that_cannot_begin_does_not_go_on() {
    for operation in BEGINNING {
        for code in 1..134 {
            let cause = Cause::System { code };
            let cure = explain(Lang::English, operation, "h:1", cause.clone()).cure;
            assert!(!cure.contains("goes on"), "{operation:?} {code}: {cure}");
            let cure = explain(Lang::Chinese, operation, "h:1", cause).cure;
            assert!(
                !cure.contains("会话没有断开"),
                "{operation:?} {code}: {cure}"
            );
        }
        let cause = Cause::OutOfDescriptors {
            pause_millis: 0,
            code: 24,
        };
        let cure = explain(Lang::English, operation, "h:1", cause).cure;
        assert!(!cure.contains("go on"), "{operation:?}: {cure}");
    }
    let refused = Cause::System { code: 71 };
    let cure = explain(Lang::English, Operation::Send, "h:1", refused).cure;
    assert!(cure.contains("Only this failed"));
}

#[cfg(target_os = "linux")]
#[test]
fn what_the_system_is_short_of_has_a_cause_and_a_cure_of_its_own() {
    for lang in Lang::ALL {
        for operation in BEGINNING {
            // EPERM stands for all errors known only by their number.
            let other = explain(lang, operation, "", Cause::System { code: 1 });
            // ENFILE, EMFILE, ENOMEM, ENETDOWN; EAGAIN from creating a thread.
            let thread = (operation == Operation::Start).then_some(11);
            let mut cures = vec![other.cure];
            for code in [23, 24, 12, 100].into_iter().chain(thread) {
                let explained = explain(lang, operation, "", Cause::System { code });
                assert!(!explained.what.contains("  "), "{}", explained.what);
                assert!(!explained.cure.contains("failure."), "{}", explained.cure);
                cures.push(explained.cure);
            }
            let count = cures.len();
            cures.sort();
            cures.dedup();
            assert_eq!(cures.len(), count, "{operation:?}: {cures:?}");
        }
    }
}

#[test]
fn a_session_that_ended_by_itself_says_so_and_why() {
    for (lang, word) in [
        (Lang::English, "session ended"),
        (Lang::Chinese, "会话已结束"),
    ] {
        let reason = "index out of bounds".to_owned();
        let died = explain(lang, Operation::Run, "", Cause::Died { reason });
        // EBADF from epoll_wait(2).
        let ended = explain(lang, Operation::Run, "", Cause::System { code: 9 });
        for explained in [&died, &ended] {
            assert!(explained.what.contains(word), "{}", explained.what);
            assert!(!explained.cure.contains("failure."), "{}", explained.cure);
        }
        assert_ne!(died.what, ended.what);
        assert_eq!(died.detail, "index out of bounds");
        if cfg!(target_os = "linux") {
            assert_eq!(ended.detail, "EBADF");
        }
    }
}

#[test]
fn what_a_fault_of_our_own_ended_is_named() {
    for lang in Lang::ALL {
        for operation in [
            Operation::Resolve,
            Operation::SendFile,
            Operation::Open,
            Operation::Record,
        ] {
            let reason = "7".to_owned();
            let explained = explain(lang, operation, "h.example", Cause::Died { reason });
            assert!(explained.what.contains("h.example"), "{}", explained.what);
            assert_eq!(explained.detail, "7");
        }
    }
}

#[test]
fn a_folder_that_is_opened_is_not_reported_as_sent() {
    for (lang, sent) in [(Lang::English, "sent"), (Lang::Chinese, "发送")] {
        let opened = explain(lang, Operation::Open, "/tmp", Cause::NoFile);
        assert!(opened.what.contains("/tmp"), "{}", opened.what);
        let line = opened.line(lang);
        assert!(!line.to_lowercase().contains(sent), "{line}");
        let sending = explain(lang, Operation::SendFile, "/tmp", Cause::NoFile);
        assert!(sending.line(lang).contains(sent));
    }
}
