//! Unix sockets opposite those of the standard library.

use netpeer::automation::Limits;
use netpeer::automation::rules::{Act, Pattern, Rule, Then, When};
use netpeer::connection_id::ConnectionId;
use netpeer::engine::{
    self, Command, Event, Interfaces, Remote, Rulebook, SessionCommand, SessionHandle, Setup,
    Target,
};
use netpeer::kind::Kind;
use netpeer::payload::answer::Silence;
use netpeer::peer::{Name, Peer};
use netpeer::traffic::{Automatic, Body, Cause, NameProblem, Notice};
use std::io::{Read as _, Write as _};
use std::net::Shutdown;
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

const DEADLINE: Duration = Duration::from_secs(10);

/// A session, and its rows as text: `< peer bytes`, `> peer bytes`, or a notice.
struct Probe {
    link: SessionHandle,
    rows: Vec<String>,
    notices: Vec<Notice>,
    /// The connections, as they came to stand.
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

    /// What is wrong with its name.
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
        self.link.order(Command::Stop);
        self.until(|probe| probe.over.then_some(()));
    }

    fn echoes(&self) {
        let book = Rulebook::new(
            &[Rule::default()],
            Limits::none(),
            None,
            &Interfaces::read(),
        );
        self.link
            .order(SessionCommand::Follow(Some(Arc::new(book.unwrap()))));
    }
}

fn name(path: &Path) -> Name {
    Name::read(path.to_str().unwrap()).unwrap()
}

fn server(path: &Path) -> Probe {
    let mut probe = Probe::open(Setup::bound(Kind::UnixServer, Peer::Named(name(path))));
    probe.until_notice(|notice| matches!(notice, Notice::Listening { .. }).then_some(()));
    probe
}

fn datagrams(local: Option<&Path>) -> Probe {
    let local = local.map(|path| Peer::Named(name(path)));
    let mut probe = Probe::open(Setup {
        local,
        ..Setup::new(Kind::UnixDatagram)
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
    // Neither has a name, and yet they are two.
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
    probe.link.order(Command::send(
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
    let close = Then {
        act: Act::Close,
        ..Then::default()
    };
    let rule = Rule {
        when: When::Is(Pattern::text("bye")),
        then: vec![close],
        ..Rule::default()
    };
    let book = Rulebook::new(&[rule], Limits::none(), None, &Interfaces::read());
    let book = Some(Arc::new(book.unwrap()));
    probe.link.order(SessionCommand::Follow(book));
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
        ..Setup::new(Kind::UnixClient)
    });
    let (mut socket, _) = listener.accept().unwrap();
    patient(&socket);
    probe.until_notice(|notice| matches!(notice, Notice::Connected { .. }).then_some(()));
    let sent: Vec<u8> = (0..1_000_000_u32).flat_map(u32::to_be_bytes).collect();
    probe.link.order(Command::send(
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
fn datagrams_are_answered_where_the_sender_has_a_name() {
    let folder = tempfile::tempdir().unwrap();
    let (ours, theirs) = (folder.path().join("a"), folder.path().join("b"));
    let mut probe = datagrams(Some(&ours));
    probe.echoes();
    let socket = UnixDatagram::bind(&theirs).unwrap();
    socket.set_read_timeout(Some(DEADLINE)).unwrap();
    // An empty datagram is one too.
    for text in ["ping", ""] {
        socket.send_to(text.as_bytes(), &ours).unwrap();
        let mut buffer = [0; 16];
        let (length, from) = socket.recv_from(&mut buffer).unwrap();
        assert_eq!(&buffer[..length], text.as_bytes());
        assert_eq!(from.as_pathname(), Some(ours.as_path()));
    }
    probe.until_row(&format!("> unix:{} ping", theirs.display()));
    let nameless = UnixDatagram::unbound().unwrap();
    nameless.send_to(b"who am I", &ours).unwrap();
    probe.until_row("< unix:#0 who am I");
    probe.until_notice(|notice| match notice {
        Notice::Automatic(automatic) => match &**automatic {
            Automatic::Unanswered { silence, .. } => (*silence == Silence::Nameless).then_some(()),
            _ => None,
        },
        _ => None,
    });
    let to = Target::Peer(Peer::NAMELESS);
    probe.link.order(Command::send(to, b"typed".as_slice()));
    assert_eq!(probe.problem(), NameProblem::Nameless);
    probe.stop();
    assert!(!ours.exists());
}

#[test]
fn a_rule_answers_the_socket_it_names() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let mut probe = datagrams(Some(&path("ours")));
    let rule = Rule {
        when: When::From(format!("unix:{}", path("one").display())),
        ..Rule::default()
    };
    let book = Rulebook::new(&[rule], Limits::none(), None, &Interfaces::read());
    let book = Some(Arc::new(book.unwrap()));
    probe.link.order(SessionCommand::Follow(book));
    let sockets = ["other", "one"].map(|name| UnixDatagram::bind(path(name)).unwrap());
    for socket in &sockets {
        socket.send_to(b"ping", path("ours")).unwrap();
    }
    probe.until_row(&format!("> unix:{} ping", path("one").display()));
    let answers = probe.rows.iter().filter(|row| row.starts_with('>'));
    assert_eq!(answers.count(), 1, "{:?}", probe.rows);
}

#[cfg(target_os = "linux")]
#[test]
fn without_a_name_the_system_chooses_one_that_can_be_answered() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(DEADLINE)).unwrap();
    let mut probe = datagrams(None);
    let to = Target::Peer(Peer::Named(name(&path)));
    probe.link.order(Command::send(to, b"hello".as_slice()));
    let mut buffer = [0; 16];
    let (_, from) = socket.recv_from(&mut buffer).unwrap();
    socket.send_to_addr(b"back", &from).unwrap();
    probe.until_row(&format!("< unix:{} back", path.display()));
}

#[test]
fn a_receiver_without_room_gets_all_of_it_later_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(DEADLINE)).unwrap();
    let mut probe = datagrams(None);
    let to = Target::Peer(Peer::Named(name(&path)));
    // More than a queue holds (`/proc/sys/net/unix/max_dgram_qlen`).
    for number in 0..2_000_u32 {
        let bytes = number.to_be_bytes();
        probe
            .link
            .order(Command::send(to.clone(), bytes.as_slice()));
    }
    for number in 0..2_000_u32 {
        let mut buffer = [0; 8];
        let length = socket.recv(&mut buffer).unwrap();
        assert_eq!(buffer[..length], number.to_be_bytes());
    }
    let sent = |probe: &Probe| {
        probe
            .rows
            .iter()
            .filter(|row| row.starts_with("> "))
            .count()
    };
    probe.until(|probe| (sent(probe) == 2_000).then_some(()));
}

#[test]
fn a_name_that_cannot_be_had_or_reached_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let at = |file: &str| folder.path().join(file);
    let bound = |path: &Path| {
        let setup = Setup::bound(Kind::UnixServer, Peer::Named(name(path)));
        Probe::open(setup).problem()
    };
    let reached = |path: &Path| {
        let mut probe = Probe::open(Setup {
            remote: Some(Remote::Named(name(path))),
            ..Setup::new(Kind::UnixClient)
        });
        probe.problem()
    };
    let sent = |path: &Path| {
        let mut probe = datagrams(None);
        let to = Target::Peer(Peer::Named(name(path)));
        probe.link.order(Command::send(to, b"?".as_slice()));
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
    // What is not ours stays.
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
fn a_datagram_that_is_too_long_says_how_long_one_may_be() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    let _socket = UnixDatagram::bind(&path).unwrap();
    let mut probe = datagrams(None);
    let to = Target::Peer(Peer::Named(name(&path)));
    probe.link.order(Command::send(to, vec![0; 16 << 20]));
    let limit = probe.until_notice(|notice| match notice {
        Notice::Failed(failure) => match failure.cause {
            Cause::TooLong { length, limit } | Cause::QueueFull { length, limit } => {
                Some((length, limit))
            }
            _ => None,
        },
        _ => None,
    });
    assert_eq!(limit.0, 16 << 20);
    assert!(limit.1 < limit.0, "{limit:?}");
}

#[test]
fn a_reply_that_a_session_cannot_send_is_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s");
    let elsewhere = |to: &str| {
        let mut rule = Rule::default();
        if let Act::Reply { to: target, .. } = &mut rule.then[0].act {
            *target = Some(to.to_owned());
        }
        Rulebook::new(&[rule], Limits::none(), None, &Interfaces::read()).unwrap()
    };
    let wrong = |notice: &Notice| match notice {
        Notice::Failed(failure) => (failure.cause == Cause::WrongTarget).then_some(()),
        _ => None,
    };
    let mut probe = datagrams(Some(&path));
    probe
        .link
        .order(SessionCommand::Follow(Some(Arc::new(elsewhere(
            "127.0.0.1:9",
        )))));
    let socket = UnixDatagram::unbound().unwrap();
    socket.send_to(b"?", &path).unwrap();
    probe.until_notice(wrong);
    let mut udp = Probe::open(Setup::udp("127.0.0.1:0".parse().unwrap()));
    let local = udp.until_notice(|notice| match notice {
        Notice::Bound { local, .. } => local.address(),
        _ => None,
    });
    udp.link
        .order(SessionCommand::Follow(Some(Arc::new(elsewhere(
            "unix:/nowhere",
        )))));
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.send_to(b"?", local).unwrap();
    udp.until_notice(wrong);
}
