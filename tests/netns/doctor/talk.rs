//! A session with a program of this machine that makes a mistake.
use super::asked::{Answer, answers_to, answers_with_probes, both, without_rights};
use netpeer::engine::evidence::{SessionFacts, SessionSettings};
use netpeer::engine::{self, Clock, Command, Event, SessionHandle, Setup, Target};
use netpeer::session::Session;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// A program that runs for a test, with the rights of the doctor that has the fewest, so that it
/// sees whose the sockets are.
pub struct Peer(Child);

impl Peer {
    /// A server of `faulty.py` at this port of loopback.
    pub fn starts(mode: &str, port: u16) -> Self {
        let doctor = std::env::current_exe().unwrap();
        let doctor = without_rights(doctor.to_str().unwrap());
        // The same rights, before the name of the program.
        let rights: Vec<_> = doctor.get_args().collect();
        let (_, rights) = rights.split_last().unwrap();
        let mut child = std::process::Command::new(doctor.get_program())
            .args(rights)
            .args(["env", "python3", "tests/peers/faulty.py", mode])
            .arg(port.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let out = child.stdout.take().unwrap();
        BufReader::new(out).read_line(&mut line).unwrap();
        assert_eq!(line.trim(), "ready", "{mode}");
        Self(child)
    }

    /// Sends a signal to it: `STOP`, `CONT`.
    pub fn signal(&self, name: &str) {
        let sent = std::process::Command::new("kill")
            .args([&format!("-{name}"), &self.0.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// A session, and what a front end knows of it.
pub struct Talk {
    handle: SessionHandle,
    session: Session,
    clock: Clock,
    peer: SocketAddr,
}

impl Talk {
    /// A UDP session for messages to this peer.
    pub fn udp(peer: SocketAddr) -> Self {
        Self::opens(Setup::udp(([127, 0, 0, 1], 0).into()), peer)
    }

    /// As [`udp`](Self::udp), from this address.
    pub fn udp_from(local: SocketAddr, peer: SocketAddr) -> Self {
        Self::opens(Setup::udp(local), peer)
    }

    /// A client that is connected to this peer, or was.
    pub fn tcp(peer: SocketAddr) -> Self {
        Self::opens(Setup::tcp_client(peer.into()), peer)
    }

    /// As [`tcp`](Self::tcp), and it stays open when the peer ends its direction.
    pub fn half_open(peer: SocketAddr) -> Self {
        let setup = Setup {
            close_with_peer: false,
            ..Setup::tcp_client(peer.into())
        };
        Self::opens(setup, peer)
    }

    fn opens(setup: Setup, peer: SocketAddr) -> Self {
        let mut session = Session::default();
        session.opening(&setup);
        let mut talk = Self {
            handle: engine::open(setup, || {}).unwrap(),
            session,
            clock: Clock::start(),
            peer,
        };
        talk.until(|session| session.local().is_some() || session.is_closed());
        talk
    }

    /// Closes the session, and opens it at another port.
    pub fn opens_again(mut self) -> Self {
        let setup = Setup::udp(([127, 0, 0, 1], 0).into());
        let handle = engine::open(setup.clone(), || {}).unwrap();
        std::mem::replace(&mut self.handle, handle).join();
        self.session.apply(Event::Closed);
        self.session.opening(&setup);
        self.until(|session| session.local().is_some());
        self
    }

    pub fn says(&mut self, bytes: &[u8]) {
        let target = match self.session.is_stream() {
            true => self.session.usual_target(),
            false => Some(Target::Peer(self.peer.into())),
        };
        if let Some(target) = target {
            self.handle.command(Command::send(target, bytes));
        }
    }

    /// Takes events until the session is so.
    pub fn until(&mut self, is_so: impl Fn(&Session) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(10);
        while !is_so(&self.session) {
            let event = self.handle.events().recv_deadline(deadline);
            self.session.apply(event.expect("an event in time"));
        }
    }

    /// Takes the events of this time.
    pub fn goes_on(&mut self, time: Duration) {
        let deadline = Instant::now() + time;
        while let Ok(event) = self.handle.events().recv_deadline(deadline) {
            self.session.apply(event);
        }
    }

    /// The verdicts without capabilities and of root.
    pub fn verdicts(&self) -> [String; 2] {
        both(
            &self.session.question().unwrap(),
            Some(&self.facts()),
            false,
        )
    }

    /// The answers without capabilities and of root.
    pub fn answers(&self) -> [Answer; 2] {
        answers_to(&self.session.question().unwrap(), Some(&self.facts()))
    }

    /// As [`verdicts`](Self::verdicts), with the permission to send packets to the peer.
    pub fn probed(&self) -> [String; 2] {
        let question = self.session.question().unwrap();
        let answers = answers_with_probes(&question, Some(&self.facts()));
        answers.map(|answer| answer.verdict().to_owned())
    }

    fn facts(&self) -> SessionFacts {
        let settings = SessionSettings {
            encoding: "UTF-8".to_owned(),
            line_end: "none".to_owned(),
            ..SessionSettings::default()
        };
        self.session.facts(self.clock.now(), settings)
    }

    pub fn ends(self) {
        self.handle.join();
    }
}
