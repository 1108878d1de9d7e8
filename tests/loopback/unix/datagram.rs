//! Unix datagram sockets.

use super::{DEADLINE, Probe, datagrams, name};
use netpeer::automation::rules::{Condition, Rule};
use netpeer::engine::{Command, SessionCommand, Target};
use netpeer::payload::answer::Silence;
use netpeer::peer::Peer;
use netpeer::traffic::framing::{Framing, SessionFraming};
use netpeer::traffic::{Automatic, Cause, FrameFault, NameProblem, Notice};
use std::os::unix::net::UnixDatagram;

#[test]
fn datagrams_are_answered_where_the_sender_has_a_name() {
    let folder = tempfile::tempdir().unwrap();
    let (ours, theirs) = (folder.path().join("a"), folder.path().join("b"));
    let mut probe = datagrams(Some(&ours));
    probe.follow(Rule::default());
    let socket = UnixDatagram::bind(&theirs).unwrap();
    socket.set_read_timeout(Some(DEADLINE)).unwrap();
    // An empty datagram counts too.
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
    probe.link.command(Command::send(to, b"typed".as_slice()));
    assert_eq!(probe.problem(), NameProblem::Nameless);
    probe.stop();
    assert!(!ours.exists());
}

#[test]
fn each_message_of_a_framed_datagram_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    let (ours, theirs) = (folder.path().join("a"), folder.path().join("b"));
    let mut probe = datagrams(Some(&ours));
    let framing = SessionFraming::new(Some(Framing::Lines), Some(Framing::Slip), true);
    probe.link.command(SessionCommand::Frame(framing));
    probe.follow(Rule::default());
    let socket = UnixDatagram::bind(&theirs).unwrap();
    socket.set_read_timeout(Some(DEADLINE)).unwrap();
    socket.send_to(b"1\n2\nrest", &ours).unwrap();
    for expected in [b"1\n\xC0", b"2\n\xC0"] {
        let mut buffer = [0; 16];
        let length = socket.recv(&mut buffer).unwrap();
        assert_eq!(&buffer[..length], expected);
    }
    probe.until_notice(|notice| match notice {
        Notice::Automatic(automatic) => match **automatic {
            Automatic::Unframed { fault, .. } => (fault == FrameFault::Unfinished).then_some(()),
            _ => None,
        },
        _ => None,
    });
}

#[test]
fn a_rule_answers_the_socket_it_names() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let mut probe = datagrams(Some(&path("ours")));
    let rule = Rule {
        when: Condition::From(format!("unix:{}", path("one").display())),
        ..Rule::default()
    };
    probe.follow(rule);
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
    probe.link.command(Command::send(to, b"hello".as_slice()));
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
            .command(Command::send(to.clone(), bytes.as_slice()));
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
fn a_datagram_that_is_too_long_says_how_long_one_may_be() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    let _socket = UnixDatagram::bind(&path).unwrap();
    let mut probe = datagrams(None);
    let to = Target::Peer(Peer::Named(name(&path)));
    probe.link.command(Command::send(to, vec![0; 16 << 20]));
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
