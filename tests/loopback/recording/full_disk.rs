//! A recording on a disk that gets full.

use super::super::alone;
use super::super::probe::{Fact, Probe};
use super::{failure, order, payloads};
use netpeer::capture::CaptureFormat;
use netpeer::traffic::{Cause, Operation};
use std::net::UdpSocket;
use std::path::Path;

#[test]
fn a_disk_that_is_full_ends_the_recording_and_nothing_else_in_a_subprocess() {
    let mount = "mount -t tmpfs -o size=128k none /mnt && exec \"$@\"";
    let behind = [
        "unshare",
        "--map-root-user",
        "--mount",
        "sh",
        "-c",
        mount,
        "sh",
    ];
    alone::run("loopback::recording::full_disk::with_little_disk", &behind);
}

#[test]
#[ignore = "run by the test above, where /mnt holds 128 KiB"]
fn with_little_disk() {
    let (mut probe, local) = Probe::udp("127.0.0.1:0");
    let path = Path::new("/mnt/log.pcapng");
    probe.link.command(order(path, CaptureFormat::Pcapng, None));
    probe.until_fact(&Fact::Recording(true));
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    for _ in 0..300 {
        socket.send_to(&[7; 1_000], local).unwrap();
    }
    let failure = failure(&mut probe);
    assert_eq!(failure.cause, Cause::System { code: 28 });
    assert_eq!(
        (failure.operation, failure.address.as_str()),
        (Operation::Record, "/mnt/log.pcapng")
    );
    // It ends with a complete record.
    assert!(payloads(path).len() > 50);
    socket.send_to(b"still here", local).unwrap();
    let from = socket.local_addr().unwrap();
    probe.until_fact(&Fact::Received(from, b"still here".to_vec()));
    let reported = |fact: &&Fact| matches!(fact, Fact::RecordingFailed(_));
    assert_eq!(probe.facts.iter().filter(reported).count(), 1);
}
