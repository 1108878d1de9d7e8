//! Datagrams that were sent and did not arrive, as ICMP errors report.

use super::system;
use crate::traffic::{Operation, UndeliveredReason};
use crate::{t, words::Lang};
use std::net::{IpAddr, SocketAddr};

/// Explains an undelivered datagram: what happened and the cure. `by` is the machine that reports it, `None` this one.
pub fn failure(
    lang: Lang,
    address: &str,
    (reason, by, code): (UndeliveredReason, Option<IpAddr>, i32),
) -> (String, String) {
    let (what, cure) = match (reason, by) {
        (UndeliveredReason::NoHost, None) => (
            "failure.silent_host.what",
            match is_ipv6(address) {
                true => "failure.silent_host.cure_v6",
                false => "failure.silent_host.cure",
            },
        ),
        (UndeliveredReason::NoHost, Some(_)) => ("failure.no_host.what", "failure.no_host.cure"),
        (UndeliveredReason::NoRoute, Some(_)) => ("failure.no_route.what", "failure.no_route.cure"),
        (UndeliveredReason::Prohibited, Some(_)) => {
            ("failure.prohibited.what", "failure.prohibited.cure")
        }
        (UndeliveredReason::Expired, _) => ("failure.expired.what", "failure.expired.cure"),
        (UndeliveredReason::NoRoute | UndeliveredReason::Prohibited, None)
        | (UndeliveredReason::Other, _) => {
            return system::failure(lang, Operation::Send, address, code);
        }
    };
    (t!(lang, what, address = address), t!(lang, cure))
}

/// Whether an address as it is shown is one of IPv6: it stands in brackets, perhaps with an
/// interface.
fn is_ipv6(address: &str) -> bool {
    match address.parse::<SocketAddr>() {
        Ok(address) => address.ip().to_canonical().is_ipv6(),
        Err(_) => address.starts_with('['),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_a_machine_is_looked_for_depends_on_the_version() {
        for lang in Lang::ALL {
            for (address, is_six) in [
                ("10.0.0.9:7", false),
                ("[::ffff:10.0.0.9]:7", false),
                ("[fd00::9]:7", true),
                ("[fe80::9%eth0]:7", true),
            ] {
                let (_, cure) = failure(lang, address, (UndeliveredReason::NoHost, None, 113));
                assert_eq!(cure.contains("ICMPv6"), is_six, "{address}: {cure}");
                assert_eq!(cure.contains("ARP"), !is_six, "{address}: {cure}");
            }
        }
    }

    #[test]
    fn who_reports_it_decides_the_cure() {
        let said = |reason, by| {
            let by = Option::map(by, IpAddr::from);
            let (what, cure) = failure(Lang::English, "10.0.0.9:7", (reason, by, 113));
            format!("{what}. {cure}")
        };
        let silent = said(UndeliveredReason::NoHost, None);
        assert!(
            silent.contains("does not answer in its network"),
            "{silent}"
        );
        let far = said(UndeliveredReason::NoHost, Some([10, 0, 0, 1]));
        assert!(far.contains("cannot be reached"), "{far}");
        let firewall = said(UndeliveredReason::Prohibited, Some([10, 0, 0, 9]));
        assert!(firewall.contains("firewall"), "{firewall}");
        for reason in [UndeliveredReason::NoRoute, UndeliveredReason::Other] {
            assert!(!said(reason, None).is_empty(), "{reason:?}");
        }
    }
}
