//! Evidence about sockets of this test itself.

use super::super::Transport;
use super::*;

#[cfg(target_os = "linux")]
mod own_sockets {
    use super::*;
    use std::net::{TcpListener, UdpSocket};

    const LONG: Duration = Duration::from_secs(30);

    fn port(transport: Transport, local: SocketAddr) -> LocalFacts {
        let question = Question::Port {
            transport,
            local,
            from: None,
        };
        LocalFacts::gather(&question, None, Instant::now() + LONG)
    }

    #[test]
    fn a_bound_socket_is_found_with_its_owner() {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let local = socket.local_addr().unwrap();
        let facts = port(Transport::Udp, local);
        let rows = facts.sockets.known().unwrap();
        let row = rows
            .iter()
            .find(|row| row.listens_at(Transport::Udp, local.port()))
            .unwrap();
        assert_eq!((row.local, row.remote), (local, None));
        let owner = row.owner.as_ref().unwrap();
        assert!(owner.is_us && !owner.is_stopped && !owner.is_elsewhere);
        assert_eq!(facts.namespaces, Seen::Known(0));
        assert_eq!(facts.has_address([127, 0, 0, 1].into()), Some(true));
        assert_eq!(facts.has_address([192, 0, 2, 1].into()), Some(false));
    }

    #[test]
    fn a_listening_socket_has_a_backlog_and_its_connections_are_found() {
        let listener = TcpListener::bind("[::1]:0");
        // A machine without IPv6 has the same for IPv4.
        let listener = listener
            .or_else(|_| TcpListener::bind("127.0.0.1:0"))
            .unwrap();
        let local = listener.local_addr().unwrap();
        let connection = std::net::TcpStream::connect(local).unwrap();
        let facts = port(Transport::Tcp, local);
        let rows = facts.sockets.known().unwrap();
        let row = rows
            .iter()
            .find(|row| row.listens_at(Transport::Tcp, local.port()))
            .unwrap();
        assert_eq!(row.unread, 1, "a connection that is not accepted");
        assert!(row.backlog.is_none_or(|backlog| backlog > 0));
        let remote = Some(connection.local_addr().unwrap());
        assert!(rows.iter().any(|row| row.remote == remote));
    }

    #[test]
    fn a_receiver_that_waits_is_looked_at_for_longer_than_a_second() {
        let asked = |to: Option<&str>| Question::Session {
            transport: Transport::Udp,
            local: None,
            to: to.map(|to| to.parse().unwrap()),
            from: None,
        };
        for (question, least) in [(asked(Some("127.0.0.1:9")), 0.25), (asked(None), 1.8)] {
            let until = Instant::now() + LONG;
            let recent = FirstLook::take(&question, until).second(until);
            let seconds = recent.known().unwrap().seconds;
            assert!(seconds >= least, "{question:?}: {seconds}");
        }
    }
}

#[test]
fn what_is_not_read_in_time_is_said() {
    let question = Question::Port {
        transport: Transport::Udp,
        local: "127.0.0.1:9".parse().unwrap(),
        from: None,
    };
    let now = Instant::now();
    let facts = LocalFacts::gather(&question, None, now);
    assert!(facts.interfaces.known().is_none());
    let look = FirstLook::take(&question, now);
    assert_eq!(look.second(now), Seen::Unseen(Unseen::TooSlow));
}

#[test]
fn errors_say_what_can_be_done() {
    let of = |kind: ErrorKind| reason(&kind.into(), "ss -anp");
    assert_eq!(of(ErrorKind::TimedOut), Unseen::TooSlow);
    assert_eq!(of(ErrorKind::NotFound), Unseen::NotHere);
    let command = "ss -anp".to_owned();
    assert_eq!(
        of(ErrorKind::PermissionDenied),
        Unseen::NotPermitted { command }
    );
    assert!(matches!(of(ErrorKind::InvalidData), Unseen::Unreadable(_)));
}
