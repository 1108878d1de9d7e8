//! The trials of commands that measure and count.

use super::shown::Shown;
use super::*;
use std::time::Duration;

pub fn measures(shown: Shown) {
    let ended = shown.with("127.0.0.1:9000", server("")).run().ended();
    assert!(ended.out.contains("Sent 5,000"), "{}", ended.out);
    assert!(ended.out.contains("p99"), "{}", ended.out);
    // The measurement depends on the machine, which runs other tests too.
    assert!(matches!(ended.status, Some(0 | 1)), "{:?}", ended.status);
}

pub fn counts(shown: Shown) {
    let at = free();
    let program = shown.with("127.0.0.1:9000", at).run();
    let far = far_side();
    far.connect(at).unwrap();
    far.set_read_timeout(Some(Duration::from_millis(100)))
        .unwrap();
    // Each is refused until the socket is bound.
    let refused = |_: &()| {
        let sent = far.send(b"seq=1");
        let heard = sent.and_then(|_| far.recv(&mut [0; 9]));
        heard.is_err_and(|error| error.kind() == ErrorKind::ConnectionRefused)
    };
    let mut tries = std::iter::repeat_n((), 1_000_000);
    assert!(tries.any(|()| !refused(&())));
    far.send(b"seq=3").unwrap();
    program.error_with("received 2");
    let ended = ends(program);
    let figures: serde_json::Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(
        (&figures["unique"], &figures["lost"]),
        (&2.into(), &1.into())
    );
}
