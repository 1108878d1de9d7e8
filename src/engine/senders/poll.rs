//! Sends the requests of a poll table that are due.

use super::ROOM;
use crate::engine::command::{PollEnd, PollProblem, Target};
use crate::engine::context::Context;
use crate::engine::context::poller::{PollRequest, Poller};
use crate::engine::context::reason::Reason;
use crate::engine::driver::Driver;
use crate::engine::sys::limits::SEND_QUEUE;
use crate::payload::answer::modbus::Devices;
use crate::payload::message::Message;
use crate::payload::template::Request;
use crate::traffic::{Cause, Failure, Operation};
use std::sync::Arc;
use std::time::Instant;

/// Ends the waits that are over, and sends what is due.
pub fn work(driver: &mut dyn Driver, cx: &mut Context<'_>, now: Instant) {
    cx.poller.expire(now);
    cx.poller.blocked = false;
    let Some(to) = cx.poller.target().cloned() else {
        return;
    };
    match driver.backlog(&to) {
        // No peer is connected.
        None if to == Target::All => cx.poller.blocked = true,
        None => {
            let (address, cause) = (driver.words(&to), driver.why_closed(&to));
            cx.sink.failure(Operation::Send, address, cause);
            cx.poller.end(PollEnd::NoConnection);
        }
        Some(waiting) if waiting >= ROOM => cx.poller.blocked = true,
        // Each line is due at most once: its next deadline is later than now.
        Some(_) => {
            while let Some(request) = cx.poller.next(now) {
                send(&to, &request, driver, cx);
            }
        }
    }
}

/// Whether a blocked table can go on because the kernel took queued bytes. No readiness reports
/// that.
pub fn is_released(driver: &dyn Driver, poller: &Poller) -> bool {
    let to = poller.target().filter(|_| poller.blocked);
    let waiting = to.and_then(|to| driver.backlog(to));
    waiting.is_some_and(|waiting| waiting < ROOM)
}

fn send(to: &Target, request: &PollRequest, driver: &mut dyn Driver, cx: &mut Context<'_>) {
    let bytes = match bytes(to, request, driver, cx) {
        Ok(bytes) => bytes,
        Err(cause) => return not_made(to, request.id, cause, driver, cx),
    };
    let (unsent, time) = (cx.sink.unsent(), cx.sink.now());
    cx.poller.sent(request.id, &bytes, time);
    let message = Message::from(bytes);
    driver.send(to.clone(), &message, Reason::default(), cx);
    if cx.sink.unsent() != unsent {
        cx.poller.failed(request.id, PollProblem::NotSent);
    }
}

/// Records a request that could not be made. The log says it for the first of several only.
fn not_made(to: &Target, id: u32, cause: Cause, driver: &dyn Driver, cx: &mut Context<'_>) {
    let failure = Failure {
        operation: Operation::Send,
        address: driver.words(to),
        cause,
    };
    if !cx.poller.is_unmade(id) {
        let Failure {
            operation,
            address,
            cause,
        } = failure.clone();
        cx.sink.failure(operation, address, cause);
    }
    cx.poller.failed(id, PollProblem::NotMade(failure.into()));
}

/// The bytes of a request.
fn bytes(
    to: &Target,
    request: &PollRequest,
    driver: &dyn Driver,
    cx: &mut Context<'_>,
) -> Result<Arc<[u8]>, Cause> {
    let (peer, number) = (driver.words(to), request.number);
    let (none, mut devices) = (Request::default(), Devices::default());
    let message = &request.message;
    let made = cx
        .composer
        .answer(message, number, peer, none, SEND_QUEUE, &mut devices)?;
    Ok(made.bytes.unwrap_or_else(|| Arc::from([])))
}
