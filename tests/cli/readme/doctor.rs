//! The trials of the doctor.

use super::shown::Shown;
use super::*;

/// A target or a port with a socket that only waits.
pub fn sees_nothing_wrong(shown: Shown) {
    let far = far_side();
    passes(shown.with("127.0.0.1:8888", far.local_addr().unwrap()));
}

pub fn sees_nothing_wrong_there(shown: Shown) {
    let far = far_side();
    passes(shown.with("192.168.1.9:8080", far.local_addr().unwrap()));
}

pub fn connects_and_sees_nothing_wrong(shown: Shown) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    passes(shown.with("example.com:80", listener.local_addr().unwrap()));
}

pub fn sees_nothing_wrong_on_the_way(shown: Shown) {
    let listener = TcpListener::bind("0.0.0.0:0").unwrap();
    let shown = shown.with(":9000", listener.local_addr().unwrap());
    let ended = shown.with("10.0.0.9", "127.0.0.1").run().ended();
    assert_eq!(ended.status, Some(0), "{}{}", ended.err, ended.out);
}

pub fn sees_nothing_wrong_here(shown: Shown) {
    let socket = UdpSocket::bind(("0.0.0.0", quiet())).unwrap();
    let shown = shown.with("0.0.0.0:8080", socket.local_addr().unwrap());
    let ended = shown.run().ended();
    // Other tests send to closed ports at the same time, which looks like a wrong port.
    let stray = ended.out.contains("[wrong-port]");
    let said = (&shown.line, &ended.err, &ended.out);
    assert!(stray || ended.status == Some(0), "{said:?}");
}
