//! Tests of sessions that end by themselves.

use super::open::open_driver;
use super::*;
use crate::connection_id::ConnectionId;
use crate::engine::command::{ConnectionCommand, QueuedBytes};
use crate::engine::context::Context;
use crate::engine::sys::resolver::ResolvedName;
use crate::engine::sys::world::System;
use crate::payload::message::Message;
use crate::traffic::{Cause, Failure, Notice};
use std::net::SocketAddr;

const DEADLINE: Duration = Duration::from_secs(10);

fn local() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 9))
}

/// The fault of a driver.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Broken {
    Start,
    Order,
    Close,
    Drop,
}

impl Broken {
    fn at(self, place: Self) {
        assert!(self != place, "broken: {place:?}");
    }
}

/// A faulty driver that counts as open.
struct Driven(Broken);

impl Drop for Driven {
    fn drop(&mut self) {
        self.0.at(Broken::Drop);
    }
}

impl Driver for Driven {
    fn start(&mut self, cx: &mut Context<'_>) {
        cx.sink.notice(Notice::Listening {
            local: local().into(),
        });
        self.0.at(Broken::Start);
    }

    fn ready(&mut self, _: Readiness, _: &mut Context<'_>) {}

    fn connection(&mut self, _: ConnectionId, _: ConnectionCommand, _: &mut Context<'_>) {
        self.0.at(Broken::Order);
    }

    fn send(&mut self, _: Target, _: &Message, _: Reason, _: &mut Context<'_>) {}

    fn resolved(&mut self, _: ResolvedName, _: &mut Context<'_>) {}

    fn work(&mut self, _: &mut Context<'_>) -> bool {
        false
    }

    fn deadline(&self, _: Instant) -> Option<Instant> {
        None
    }

    fn unsent(&mut self) -> Option<Vec<QueuedBytes>> {
        None
    }

    fn backlog(&self, _: &Target) -> Option<usize> {
        None
    }

    fn is_over(&self) -> bool {
        false
    }

    fn close(&mut self, _: &mut Context<'_>) {
        self.0.at(Broken::Close);
    }
}

/// The notices of all rows until the end.
fn notices(events: &Receiver<Event>) -> Vec<Notice> {
    let mut notices = Vec::new();
    loop {
        match events.recv_timeout(DEADLINE).unwrap() {
            Event::Rows(chunk) => notices.extend(chunk.notices().iter().cloned()),
            Event::Closed => return notices,
            _ => {}
        }
    }
}

fn ended(cause: Cause) -> Notice {
    Notice::Failed(Failure {
        operation: Operation::Run,
        address: String::new(),
        cause,
    })
}

#[test]
fn a_panic_anywhere_hands_over_the_rows_says_why_and_ends_the_session() {
    for broken in [Broken::Start, Broken::Order, Broken::Close, Broken::Drop] {
        let (wake, woken) = crossbeam_channel::unbounded();
        let wake = move || {
            wake.send(()).ok();
        };
        let handle = open_driver(Some(Box::new(Driven(broken))), None, wake).unwrap();
        let finish = ConnectionCommand::Finish { linger: false };
        handle.command(Command::Connection(ConnectionId::next(), finish));
        handle.command(Command::Stop);
        let reason = format!("broken: {broken:?}");
        let expected = [
            Notice::Listening {
                local: local().into(),
            },
            ended(Cause::Died { reason }),
        ];
        assert_eq!(notices(handle.events()), expected);
        woken.recv_timeout(DEADLINE).unwrap();
        handle.join();
    }
}

#[test]
fn a_session_that_cannot_wait_for_readiness_ends_and_says_so() {
    let (_commands, receiver) = crossbeam_channel::unbounded();
    let (facts, events) = crossbeam_channel::unbounded();
    let mut worker = Worker::new(Box::new(System), receiver, facts, Box::new(|| {})).unwrap();
    assert!(worker.goes_on(Ok(())));
    // EBADF of epoll_wait(2).
    assert!(!worker.goes_on(Err(io::Error::from_raw_os_error(9))));
    worker.parts.sink.close();
    assert_eq!(notices(&events), [ended(Cause::System { code: 9 })]);
}

#[test]
fn rows_that_cannot_be_handed_over_are_reported() {
    let (_commands, receiver) = crossbeam_channel::unbounded();
    let (facts, events) = crossbeam_channel::unbounded();
    let (clumsy, again) = (std::cell::Cell::new(true), "broken: wake");
    let wake = Box::new(move || assert!(!clumsy.replace(false), "{again}"));
    let worker = Worker::new(Box::new(System), receiver, facts, wake).unwrap();
    worker.run(Box::new(Driven(Broken::Start)), None);
    let found = notices(&events);
    let reason = "broken: Start".to_owned();
    assert_eq!(found.last(), Some(&ended(Cause::Died { reason })));
}
