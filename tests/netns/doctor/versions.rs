//! Senders of the other IP version than that of a session.
use super::super::namespaces;
use super::asked::verdict;
use crate::skips::have;
use netpeer::engine::evidence::{Question, SessionFacts, Transport};
use std::net::{SocketAddr, ToSocketAddrs as _, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

#[test]
fn a_sender_to_the_other_loopback_address_is_told_from_strays_in_a_subprocess() {
    if have(&["setpriv"]) {
        namespaces::run("netns::doctor::versions::senders");
    }
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn senders() {
    let _session = UdpSocket::bind("127.0.0.1:9406").unwrap();
    let sender = UdpSocket::bind("[::1]:0").unwrap();
    // Datagrams to another port are refused over IPv6 meanwhile.
    sender.connect("[::1]:9407").unwrap();
    let is_over = strays(([0, 0, 0, 0, 0, 0, 0, 1], 9_499).into());
    assert_eq!(open_session("127.0.0.1:9406"), "none");
    is_over.store(true, Ordering::Relaxed);
    sender.connect("[::1]:9406").unwrap();
    let localhost = ("localhost", 0).to_socket_addrs().unwrap().next();
    let expected = match localhost.is_some_and(|first| first.is_ipv6()) {
        true => "localhost-is-v6",
        false => "v4-against-v6",
    };
    assert_eq!(open_session("127.0.0.1:9406"), expected);
    let _other = UdpSocket::bind("[::1]:9408").unwrap();
    let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
    sender.connect("127.0.0.1:9408").unwrap();
    assert_eq!(open_session("[::1]:9408"), "v4-against-v6");
}

/// The verdict for an open UDP session at this address, to which nothing has come.
fn open_session(local: &str) -> String {
    let local: SocketAddr = local.parse().unwrap();
    let question = Question::Session {
        transport: Transport::Udp,
        local: Some(local),
        to: None,
        from: None,
    };
    let session = SessionFacts {
        open: true,
        local: Some(local),
        ..SessionFacts::default()
    };
    verdict(&question, Some(&session))
}

/// Sends a datagram to this address again and again, until the flag is set or a minute is over.
fn strays(to: SocketAddr) -> Arc<AtomicBool> {
    const PAUSE: Duration = Duration::from_millis(20);
    let is_over = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&is_over);
    std::thread::spawn(move || {
        let socket = UdpSocket::bind("[::1]:0").unwrap();
        socket.set_read_timeout(Some(PAUSE)).unwrap();
        let deadline = Instant::now() + Duration::from_secs(60);
        while !flag.load(Ordering::Relaxed) && Instant::now() < deadline {
            socket.send_to(b"stray", to).unwrap();
            // Nothing comes back to a socket without a peer.
            socket.recv(&mut [0; 8]).unwrap_err();
        }
    });
    is_over
}
