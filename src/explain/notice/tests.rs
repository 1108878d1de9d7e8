//! Every notice has words in both languages.

use super::*;

#[test]
fn what_was_not_sent_is_counted_as_other_numbers_are() {
    let peer = std::net::SocketAddr::from(([127, 0, 0, 1], 9));
    let unsent = 65_507;
    for message in [
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
            let text = notice(lang, &message, &Interfaces::default());
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

#[test]
fn everything_done_or_left_undone_has_words_in_both_languages() {
    let (peer, rule) = (([127, 0, 0, 1], 4711).into(), "Regel");
    let (number, bytes) = (42, 1234);
    let joined = Notice::Joined { peer };
    let message = [
        (
            Automatic::Upstream {
                client: peer,
                local: peer,
            },
            "4711",
        ),
        (
            Automatic::Forgotten {
                client: peer,
                millis: 1500,
            },
            "1.5",
        ),
        (
            Automatic::ForClient {
                client: peer,
                notice: joined,
            },
            "4711",
        ),
        (
            Automatic::NotPassed {
                rule: rule.into(),
                peer,
                bytes,
            },
            rule,
        ),
        (
            Automatic::Intercepted {
                number,
                rule: None,
                peer,
                bytes,
            },
            "42",
        ),
        (
            Automatic::Intercepted {
                number,
                rule: Some(rule.into()),
                peer,
                bytes,
            },
            rule,
        ),
        (
            Automatic::Discarded {
                number,
                peer,
                bytes,
            },
            "42",
        ),
        (
            Automatic::Paused {
                rule: rule.into(),
                peer,
            },
            "10",
        ),
        (
            Automatic::Resumed {
                rule: rule.into(),
                peer,
                unanswered: 1234,
            },
            "1,234",
        ),
        (Automatic::NotIntercepted { peer, bytes }, "234"),
        (Automatic::Unserved { peer, count: 1234 }, "234"),
        (Automatic::Denied { peer, count: 1234 }, "1,234"),
        (
            Automatic::Unframed {
                peer,
                fault: FrameFault::TooLong,
                count: 1234,
            },
            "1,234",
        ),
        (
            Automatic::Reconnecting {
                peer: Some(peer),
                attempts: 1,
                millis: 1500,
            },
            "1.5",
        ),
        (
            Automatic::Reconnecting {
                peer: None,
                attempts: 2048,
                millis: 1500,
            },
            "2,048",
        ),
        (
            Automatic::Reconnected {
                peer,
                attempts: 1234,
            },
            "1,234",
        ),
        (
            Automatic::Drained {
                peer,
                bytes: 1234,
                finished: true,
            },
            "1,234",
        ),
        (
            Automatic::Drained {
                peer,
                bytes: 1234,
                finished: false,
            },
            "1,234",
        ),
        (
            Automatic::Unanswered {
                rule: rule.into(),
                peer: Some(peer),
                silence: Silence::Damaged,
                count: 1,
            },
            "CRC",
        ),
        (
            Automatic::Unanswered {
                rule: rule.into(),
                peer: Some(peer),
                silence: Silence::Transferred,
                count: 1234,
            },
            "TFTP",
        ),
    ];
    for lang in Lang::ALL {
        for (done, part) in &message {
            let text = automatic(lang, done, &Interfaces::default());
            assert!(text.contains(part), "{text}");
            assert!(
                !text.contains("%{") && !text.contains("automatic."),
                "{text}"
            );
        }
    }
}
