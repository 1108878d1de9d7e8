//! Datagrams to a port without a program, as ICMP errors report.

use super::system;
use crate::peer::Peer;
use crate::{t, words::Lang};

/// Explains that a port cannot be reached: what happened and the cure. `newer` may be the program
/// after a restart; an empty address stands for one of several.
pub fn failure(lang: Lang, address: &str, newer: Option<Peer>, goes_on: bool) -> (String, String) {
    let (what, newer, otherwise) = match address {
        "" => (
            t!(lang, "failure.port_unreachable.somewhere"),
            None,
            "failure.port_unreachable.cure",
        ),
        address if system::is_loopback(address) => (
            t!(lang, "failure.port_unreachable.what", address = address),
            newer,
            "failure.port_unreachable.cure",
        ),
        address => (
            t!(lang, "failure.port_unreachable.far", address = address),
            newer,
            "failure.port_unreachable.far_cure",
        ),
    };
    let cure = match newer {
        Some(newer) => t!(lang, "failure.port_unreachable.newer", newer = newer),
        None => t!(lang, otherwise),
    };
    match goes_on {
        true => (
            what,
            t!(lang, "failure.port_unreachable.stays", cure = cure),
        ),
        false => (what, cure),
    }
}

/// Explains that a client of a relay no longer has the port to which its answer went.
pub fn client(lang: Lang, address: &str) -> (String, String) {
    match system::is_loopback(address) {
        true => (
            t!(lang, "failure.client_gone.what", address = address),
            t!(lang, "failure.client_gone.cure"),
        ),
        false => (
            t!(lang, "failure.client_gone.far", address = address),
            t!(lang, "failure.client_gone.far_cure"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_to_be_started_for_a_client_that_has_gone() {
        for lang in Lang::ALL {
            for address in ["127.0.0.1:42276", "10.0.0.9:42276", "[fd00::9]:42276"] {
                let (what, cure) = client(lang, address);
                let (other_what, other_cure) = failure(lang, address, None, false);
                assert!(what.contains(address), "{what}");
                assert_ne!((what, cure), (other_what, other_cure));
            }
            let here = client(lang, "127.0.0.1:42276");
            let far = client(lang, "10.0.0.9:42276");
            assert_ne!(
                here.1, far.1,
                "only a far machine has a firewall of its own"
            );
        }
    }
}
