//! ICMP errors of routers, in network namespaces of the test.
#![cfg(target_os = "linux")]

use super::alone;
use super::probe::Probe;
use crate::skips::skip;
use netpeer::traffic::{Cause, Operation, UndeliveredReason};
use std::net::SocketAddr;
use std::process::Command;

#[test]
fn icmp_errors_of_a_router_are_reported_with_the_destination_in_a_subprocess() {
    let may = Command::new("unshare").args(["--net", "true"]).output();
    if !may.is_ok_and(|output| output.status.success()) {
        skip("network-namespaces", "no right to make one");
        return;
    }
    let behind = ["unshare", "--net", "sh", "tests/peers/router_namespace.sh"];
    alone::run("loopback::routes::behind_a_router", &behind);
}

#[test]
#[ignore = "run by the test above, in a network of its own"]
fn behind_a_router() {
    let to = |address: &str| address.parse::<SocketAddr>().unwrap();
    let cause = |target: &str, size: usize| {
        let (mut probe, _) = Probe::udp("0.0.0.0:0");
        probe.send(to(target), &vec![b'x'; size]);
        let failure = probe.until_failure();
        assert_eq!(
            (failure.operation, failure.address.as_str()),
            (Operation::Send, target)
        );
        failure.cause
    };
    let too_big = cause("10.9.2.2:9", 1_400);
    assert!(
        matches!(too_big, Cause::TooBig { mtu: 1_000, .. }),
        "{too_big:?}"
    );
    let (from_afar, at_home) = (cause("10.9.3.3:9", 5), cause("192.0.2.1:9", 5));
    let router = Some([10, 9, 1, 2].into());
    let reason = UndeliveredReason::NoRoute;
    assert!(
        matches!(from_afar, Cause::Undelivered { reason: found, by, .. } if found == reason && by == router),
        "{from_afar:?}"
    );
    // ENETUNREACH (errno(3)).
    assert_eq!(at_home, Cause::System { code: 101 });
}
