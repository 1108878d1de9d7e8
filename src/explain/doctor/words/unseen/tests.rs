//! Every reason, in words.

use super::*;

#[test]
fn what_may_only_be_read_by_root_names_the_command() {
    let command = "sudo nft list ruleset".to_owned();
    let reason = Unseen::NotPermitted { command };
    for lang in Lang::ALL {
        let text = unseen(lang, &reason, AskedFrom::Terminal);
        assert!(text.how.contains("sudo nft list ruleset"), "{text:?}");
        let probe = |asked| unseen(lang, &Unseen::NotAsked, asked).how;
        assert!(probe(AskedFrom::Terminal).contains("--probe"));
        assert!(!probe(AskedFrom::Window).contains("--probe"));
    }
}

#[test]
fn every_reason_has_its_words_in_both_languages() {
    let text = || "a\u{1b}[2J".to_owned();
    for reason in [
        Unseen::OtherProgram { command: text() },
        Unseen::Quiet,
        Unseen::NoAnswer,
        Unseen::NothingBack,
        Unseen::LineEnd { end: text() },
        Unseen::EncodingSent { encoding: text() },
        Unseen::NothingSent { peer: text() },
        Unseen::EscapeSent { escape: text() },
        Unseen::FullWidth { signs: text() },
        Unseen::WatchSender {
            from: [10, 0, 0, 9].into(),
            command: text(),
        },
        Unseen::ReadsSlowly,
        Unseen::ModbusSent {
            ours: text(),
            other: text(),
            instead: text(),
        },
        Unseen::OtherClient {
            peer: text(),
            program: Some(text()),
        },
        Unseen::OtherClient {
            peer: text(),
            program: None,
        },
        Unseen::WatchAnswers {
            peer: [10, 0, 0, 9].into(),
            command: text(),
        },
        Unseen::WatchArrivals {
            transport: crate::engine::evidence::Transport::Tcp,
            port: 6153,
            command: text(),
        },
        Unseen::NarrowMask {
            address: text(),
            to: [10, 0, 0, 9].into(),
            router: [10, 0, 0, 1].into(),
            interface: text(),
        },
        Unseen::Strays {
            transport: crate::engine::evidence::Transport::Udp,
            count: 2,
            millis: text(),
            command: text(),
        },
        Unseen::NatMayForget { seconds: 40 },
        Unseen::Acknowledged { peer: text() },
        Unseen::OneNetwork {
            interface: text(),
            others: text(),
            instead: ([10, 0, 0, 255], 9).into(),
        },
        Unseen::NoGroup { count: 0 },
        Unseen::NoGroup { count: 1 },
        Unseen::WideMask {
            address: text(),
            to: [10, 0, 0, 9].into(),
        },
        Unseen::Reporter { command: text() },
        Unseen::Rule(text()),
        Unseen::SetByHand {
            entry: text(),
            command: text(),
        },
        Unseen::InterfaceOff { interfaces: text() },
        Unseen::PeerUnnamed { local: text() },
        Unseen::LargerUnanswered {
            longest: 9,
            command: text(),
        },
        Unseen::WhichInterface {
            group: text(),
            joined: text(),
            command: text(),
        },
        Unseen::BadChecksums {
            count: 2,
            command: text(),
        },
        Unseen::SenderUnknown,
        Unseen::AtSender {
            from: [10, 0, 0, 9].into(),
            to: [10, 0, 0, 5].into(),
        },
        Unseen::OneAddress {
            local: text(),
            command: text(),
        },
        Unseen::MarkSent { encoding: text() },
        Unseen::LengthSent {
            bytes: text(),
            ours: text(),
            peer: text(),
        },
    ] {
        for lang in Lang::ALL {
            let UnseenText { why, how } = unseen(lang, &reason, AskedFrom::Terminal);
            for text in [why, how] {
                assert!(!text.contains(['\u{1b}', '%']), "{reason:?}: {text}");
                assert!(!text.starts_with("diagnose."), "{reason:?}: {text}");
            }
        }
    }
}
