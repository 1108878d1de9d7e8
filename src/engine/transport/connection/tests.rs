use super::*;
use crate::traffic::Notice;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream as Stream};
use std::time::Duration;

/// A connection in blocking mode, whose reads wait for bytes, and its peer.
fn pair() -> (Connection, Stream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let peer = listener.local_addr().unwrap();
    let ours = Stream::connect(peer).unwrap();
    let (theirs, _) = listener.accept().unwrap();
    for stream in [&ours, &theirs] {
        let deadline = Some(Duration::from_secs(30));
        stream.set_read_timeout(deadline).unwrap();
    }
    let ours = Box::new(mio::net::TcpStream::from_std(ours));
    (
        Connection::new(ours, (peer.into(), ConnectionId::next()), None),
        theirs,
    )
}

#[test]
fn closing_with_bytes_unread_is_reported_as_a_reset() {
    let (mut connection, mut theirs) = pair();
    theirs.write_all(b"unread").unwrap();
    connection.more_may_wait = true;
    assert!(matches!(connection.closed(0), Notice::Reset { .. }));
    drop(connection);
    let error = theirs.read(&mut [0; 8]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
}

#[test]
fn what_has_ended_both_ways_is_not_reset() {
    let (mut connection, theirs) = pair();
    assert!(connection.end(Instant::now()));
    assert!(matches!(connection.reset(0), Notice::Reset { .. }));
    drop(theirs);
    let found = connection.read(&mut [0; 8], Instant::now());
    assert!(matches!(found, ReadOutcome::End));
    assert!(matches!(connection.reset(0), Notice::Closed { .. }));
}

#[test]
fn an_error_that_was_taken_already_is_no_fin() {
    let (mut connection, theirs) = pair();
    connection.failed = Some(of_sending(ErrorKind::ConnectionReset.into()));
    drop(theirs);
    let found = connection.read(&mut [0; 8], Instant::now());
    assert!(matches!(found, ReadOutcome::Nothing));
    // A relay forwards a FIN of a side that is finished.
    assert!(!connection.finished);
}
