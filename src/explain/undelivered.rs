//! Datagrams that were sent and did not arrive, as ICMP errors report.

use super::system;
use crate::traffic::{Operation, UndeliveredReason};
use crate::{t, words::Lang};
use std::net::IpAddr;

/// Explains an undelivered datagram: what happened and the cure. `by` is the machine that reports it, `None` this one.
pub fn failure(
    lang: Lang,
    address: &str,
    (reason, by, code): (UndeliveredReason, Option<IpAddr>, i32),
) -> (String, String) {
    let (what, cure) = match (reason, by) {
        (UndeliveredReason::NoHost, None) => {
            ("failure.silent_host.what", "failure.silent_host.cure")
        }
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

#[cfg(test)]
mod tests {
    use super::*;

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
