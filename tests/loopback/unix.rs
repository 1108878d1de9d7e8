//! Unix sockets, with the standard library as the peer.

use netpeer::automation::Limits;
use netpeer::automation::rules::{ActionKind, BytePattern, Condition, Rule, RuleAction};
use netpeer::connection_id::ConnectionId;
use netpeer::engine::{
    self, Command, Event, Interfaces, Remote, Rulebook, SessionCommand, SessionHandle, Setup,
    Target,
};
use netpeer::kind::SessionKind;
use netpeer::peer::{Name, Peer};
use netpeer::traffic::{Body, Cause, NameProblem, Notice};
use std::io::{Read as _, Write as _};
use std::net::Shutdown;
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

mod datagram;

const DEADLINE: Duration = Duration::from_secs(10);

/// A session, and its rows as text: `< peer bytes`, `> peer bytes`, or a notice.
struct Probe {
    link: SessionHandle,
    rows: Vec<String>,
    notices: Vec<Notice>,
    /// The connections in the order of opening.
    connections: Vec<ConnectionId>,
    over: bool,
}

impl Probe {
    fn open(setup: Setup) -> Self {
        Self {
            link: engine::open(setup, || {}).unwrap(),
            rows: Vec::new(),
            notices: Vec::new(),
            connections: Vec::new(),
            over: false,
        }
    }

    /// Waits for the next event.
    fn take(&mut self, deadline: Instant) {
        let event = self.link.events().recv_deadline(deadline);
        match event.unwrap_or_else(|error| panic!("{error}; so far: {:?}", self.rows)) {
            Event::Rows(chunk) => {
                for record in (0..chunk.len()).filter_map(|at| chunk.get(at)) {
                    let stands = matches!(
                        record.body,
                        Body::Notice(Notice::Joined { .. } | Notice::Connected { .. })
                    );
                    self.connections
                        .extend(record.connection.filter(|_| stands));
                    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
                    self.rows.push(match record.body {
                        Body::Received { peer, bytes } => format!("< {peer} {}", text(bytes)),
                        Body::Sent { peer, bytes } => format!("> {peer} {}", text(bytes)),
                        Body::Notice(notice) => {
                            self.notices.push(notice.clone());
                            format!("{notice:?}")
                        }
                    });
                }
            }
            Event::Closed => self.over = true,
            _ => {}
        }
    }

    fn until<T>(&mut self, wanted: impl Fn(&Self) -> Option<T>) -> T {
        let deadline = Instant::now() + DEADLINE;
        loop {
            if let Some(found) = wanted(self) {
                return found;
            }
            self.take(deadline);
        }
    }

    fn until_notice<T>(&mut self, wanted: impl Fn(&Notice) -> Option<T>) -> T {
        self.until(|probe| probe.notices.iter().find_map(&wanted))
    }

    fn until_row(&mut self, row: &str) {
        self.until(|probe| probe.rows.iter().any(|other| other == row).then_some(()));
    }

    /// The problem of its name.
    fn problem(&mut self) -> NameProblem {
        self.until_notice(|notice| match notice {
            Notice::Failed(failure) => match failure.cause {
                Cause::Name { problem, .. } => Some(problem),
                _ => None,
            },
            _ => None,
        })
    }

    fn stop(&mut self) {
        self.link.command(Command::Stop);
        self.until(|probe| probe.over.then_some(()));
    }

    fn follow(&self, rule: Rule) {
        let book = Rulebook::new(&[rule], Limits::none(), None, &Interfaces::read());
        let book = Some(Arc::new(book.unwrap()));
        self.link.command(SessionCommand::Follow(book));
    }
}

fn name(path: &Path) -> Name {
    Name::read(path.to_str().unwrap()).unwrap()
}

fn server(path: &Path) -> Probe {
    let mut probe = Probe::open(Setup::bound(
        SessionKind::UnixServer,
        Peer::Named(name(path)),
    ));
    probe.until_notice(|notice| matches!(notice, Notice::Listening { .. }).then_some(()));
    probe
}

fn datagrams(local: Option<&Path>) -> Probe {
    let local = local.map(|path| Peer::Named(name(path)));
    let mut probe = Probe::open(Setup {
        local,
        ..Setup::new(SessionKind::UnixDatagram)
    });
    probe.until_notice(|notice| matches!(notice, Notice::Bound { .. }).then_some(()));
    probe
}

fn patient(socket: &UnixStream) {
    socket.set_read_timeout(Some(DEADLINE)).unwrap();
}

#[test]
fn a_stream_server_serves_clients_with_and_without_a_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s");
    let mut probe = server(&path);
    // Neither client has a name, but they are distinct.
    let mut clients = [(); 2].map(|()| UnixStream::connect(&path).unwrap());
    let joined = probe.until(|probe| {
        let joined = probe.notices.iter().filter_map(|notice| match notice {
            Notice::Joined { peer } => Some(*peer),
            _ => None,
        });
        let joined: Vec<Peer> = joined.collect();
        (joined.len() == 2).then_some(joined)
    });
    assert_ne!(joined[0], joined[1]);
    probe.link.command(Command::send(
        Target::Connection(probe.connections[1]),
        b"only to the second".as_slice(),
    ));
    probe.until_row(&format!("> {} only to the second", joined[1]));
    patient(&clients[1]);
    let mut buffer = [0; 18];
    clients[1].read_exact(&mut buffer).unwrap();
    assert_eq!(&buffer, b"only to the second");
    clients[0].write_all(b"hi").unwrap();
    probe.until_row(&format!("< {} hi", joined[0]));
    clients[0].shutdown(Shutdown::Write).unwrap();
    probe.until_notice(|notice| match notice {
        Notice::PeerFinished { peer } => (*peer == joined[0]).then_some(()),
        _ => None,
    });
    probe.stop();
    assert!(!path.exists(), "the file that we made stays");
    patient(&clients[1]);
    assert_eq!(clients[1].read(&mut buffer).unwrap(), 0);
}

#[test]
fn a_rule_closes_the_nameless_client_that_asked_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s");
    let mut probe = server(&path);
    let close = RuleAction {
        kind: ActionKind::Close,
        ..RuleAction::default()
    };
    let rule = Rule {
        when: Condition::Is(BytePattern::text("bye")),
        then: vec![close],
        ..Rule::default()
    };
    probe.follow(rule);
    let mut clients = [(); 2].map(|()| UnixStream::connect(&path).unwrap());
    probe.until(|probe| (probe.connections.len() == 2).then_some(()));
    patient(&clients[0]);
    clients[0].write_all(b"bye").unwrap();
    assert_eq!(clients[0].read(&mut [0; 8]).unwrap(), 0);
    clients[1].write_all(b"still here").unwrap();
    probe.until(|probe| {
        let is_it = |row: &String| row.ends_with("still here");
        probe.rows.iter().any(is_it).then_some(())
    });
}

#[test]
fn a_stream_client_sends_much_and_gets_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s");
    let listener = UnixListener::bind(&path).unwrap();
    let mut probe = Probe::open(Setup {
        remote: Some(Remote::Named(name(&path))),
        ..Setup::new(SessionKind::UnixClient)
    });
    let (mut socket, _) = listener.accept().unwrap();
    patient(&socket);
    probe.until_notice(|notice| matches!(notice, Notice::Connected { .. }).then_some(()));
    let sent: Vec<u8> = (0..1_000_000_u32).flat_map(u32::to_be_bytes).collect();
    probe.link.command(Command::send(
        Target::Connection(probe.connections[0]),
        sent.clone(),
    ));
    let mut read = vec![0; sent.len()];
    socket.read_exact(&mut read).unwrap();
    assert!(read == sent);
    socket.write_all(b"bye").unwrap();
    drop(socket);
    probe.until_row(&format!("< unix:{} bye", path.display()));
    probe.until(|probe| probe.over.then_some(()));
    assert!(path.exists(), "the server's file is not ours");
}

#[test]
fn a_name_that_cannot_be_had_or_reached_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let at = |file: &str| folder.path().join(file);
    let bound = |path: &Path| {
        let setup = Setup::bound(SessionKind::UnixServer, Peer::Named(name(path)));
        Probe::open(setup).problem()
    };
    let reached = |path: &Path| {
        let mut probe = Probe::open(Setup {
            remote: Some(Remote::Named(name(path))),
            ..Setup::new(SessionKind::UnixClient)
        });
        probe.problem()
    };
    let sent = |path: &Path| {
        let mut probe = datagrams(None);
        let to = Target::Peer(Peer::Named(name(path)));
        probe.link.command(Command::send(to, b"?".as_slice()));
        probe.problem()
    };
    let _datagram = UnixDatagram::bind(at("datagram")).unwrap();
    let listener = UnixListener::bind(at("stream")).unwrap();
    drop(UnixListener::bind(at("stale")).unwrap());
    std::fs::write(at("file"), b"kept").unwrap();
    assert_eq!(bound(&at("datagram")), NameProblem::Taken);
    assert_eq!(bound(&at("stream")), NameProblem::Taken);
    assert_eq!(bound(&at("stale")), NameProblem::Stale);
    assert_eq!(bound(&at("file")), NameProblem::NoSocket);
    assert_eq!(bound(&at("none/socket")), NameProblem::NoFolder);
    for (path, problem) in [
        ("none", NameProblem::Missing),
        ("stale", NameProblem::Nobody),
        ("file", NameProblem::NoSocket),
    ] {
        assert_eq!((reached(&at(path)), sent(&at(path))), (problem, problem));
    }
    assert_eq!(reached(&at("datagram")), NameProblem::OtherType);
    assert_eq!(sent(&at("stream")), NameProblem::OtherType);
    // Files of others stay.
    assert_eq!(std::fs::read(at("file")).unwrap(), b"kept");
    assert!(at("stale").exists());
    drop(listener);
}

#[test]
fn a_file_that_took_our_name_meanwhile_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s");
    let mut probe = server(&path);
    std::fs::remove_file(&path).unwrap();
    let other = UnixListener::bind(&path).unwrap();
    probe.stop();
    assert!(path.exists());
    drop(other);
}

#[test]
fn a_reply_that_a_session_cannot_send_is_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s");
    let elsewhere = |to: &str| {
        let mut rule = Rule::default();
        if let ActionKind::Reply { to: target, .. } = &mut rule.then[0].kind {
            *target = Some(to.to_owned());
        }
        rule
    };
    let wrong = |notice: &Notice| match notice {
        Notice::Failed(failure) => (failure.cause == Cause::WrongTarget).then_some(()),
        _ => None,
    };
    let mut probe = datagrams(Some(&path));
    probe.follow(elsewhere("127.0.0.1:9"));
    let socket = UnixDatagram::unbound().unwrap();
    socket.send_to(b"?", &path).unwrap();
    probe.until_notice(wrong);
    let mut udp = Probe::open(Setup::udp("127.0.0.1:0".parse().unwrap()));
    let local = udp.until_notice(|notice| match notice {
        Notice::Bound { local, .. } => local.address(),
        _ => None,
    });
    udp.follow(elsewhere("unix:/nowhere"));
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.send_to(b"?", local).unwrap();
    udp.until_notice(wrong);
}
