//! A front end that folds events into a session, as the window does.
#![cfg(target_os = "linux")]

use netpeer::engine::{self, SessionHandle, Setup};
use netpeer::session::Session;
use netpeer::traffic::{Body, Failure, Notice};
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

const DEADLINE: Duration = Duration::from_secs(30);

pub struct FrontEnd {
    pub link: SessionHandle,
    pub session: Session,
}

impl FrontEnd {
    pub fn udp() -> (Self, SocketAddr) {
        Self::open(Setup::udp("127.0.0.1:0".parse().unwrap()))
    }

    pub fn open(setup: Setup) -> (Self, SocketAddr) {
        let mut session = Session::default();
        session.opening(&setup);
        let mut front_end = Self {
            link: engine::open(setup, || {}).unwrap(),
            session,
        };
        front_end.until("a bound socket", |session| session.local().is_some());
        let local = front_end.session.local().unwrap();
        (front_end, local.address().unwrap())
    }

    pub fn until(&mut self, what: &str, condition: impl Fn(&Session) -> bool) {
        let deadline = Instant::now() + DEADLINE;
        while !condition(&self.session) {
            let totals = self.session.totals;
            let event = self.link.events().recv_deadline(deadline);
            self.session
                .apply(event.unwrap_or_else(|_| panic!("waited for {what}: {totals:?}")));
        }
    }

    pub fn accounted(session: &Session) -> u64 {
        session.totals.received.records + session.totals.dropped
    }

    /// The failures in the log so far.
    pub fn notices(&self) -> impl Iterator<Item = &Failure> {
        let log = &self.session.log;
        let records = log.rows().filter_map(|row| log.get(row));
        records.filter_map(|record| match record.body {
            Body::Notice(Notice::Failed(failure)) => Some(failure),
            _ => None,
        })
    }
}

/// Sends numbered datagrams as fast as a thread can.
pub fn flood(to: SocketAddr, count: u32, size: usize) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let mut payload = vec![0; size];
        for number in 0..count {
            payload[..4].copy_from_slice(&number.to_be_bytes());
            socket.send_to(&payload, to).unwrap();
        }
    })
}
