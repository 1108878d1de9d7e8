//! Every cause has words.

use super::*;
use crate::schema::{EncodeMistake, EncodeProblem};

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
        Cause::Undelivered {
            reason: UndeliveredReason::Prohibited,
            by: Some([10, 0, 0, 1].into()),
            code: 113,
        },
        Cause::LeftOut {
            messages: 2,
            bytes: 3,
        },
        Cause::ClientGone { code: 111 },
        Cause::NotConnected,
        Cause::PeerFinished,
        Cause::OutOfDescriptors {
            pause_millis: 1000,
            code: 24,
        },
        Cause::Busy,
        Cause::InterfaceGone {
            interface: "eth1".into(),
        },
        Cause::Died { reason: "7".into() },
        Cause::RelayLoop,
        Cause::WrongTarget,
        Cause::Name {
            problem: NameProblem::Stale,
            code: 98,
        },
        Cause::TooManyClients { limit: 2 },
        Cause::NoFile,
        Cause::Unread,
        Cause::BadFile {
            place: FilePlace::Line(2),
            problem: FileProblem::Cut,
        },
        Cause::Shrunk { read: 1, length: 2 },
        Cause::ChecksumRange { length: 1 },
        Cause::NotComposed { limit: 65_507 },
        Cause::Fields(Box::new(EncodeMistake {
            path: "temp".into(),
            problem: EncodeProblem::NotNumber("warm".into()),
        })),
        Cause::NoRoute {
            reach: Reach::Broadcast,
            ways: Vec::new(),
            code: 101,
        },
        Cause::NoRoute {
            reach: Reach::Beyond,
            ways: vec![InterfaceAddress {
                interface: "eth0".into(),
                ip: [10, 0, 0, 2].into(),
            }],
            code: 22,
        },
        Cause::NoRoute {
            reach: Reach::OtherVersion,
            ways: Vec::new(),
            code: 101,
        },
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
