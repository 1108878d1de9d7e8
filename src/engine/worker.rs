//! The thread behind a session. It is cancelled by [`Command::Stop`], and however it ends, the
//! last event is [`Event::Closed`].

mod handle;
mod open;

pub use handle::SessionHandle;
pub use open::{open, open_if_recorded, open_prompt, open_recorded};

use crate::capture::recorder;
use crate::engine::command::{Command, Event, RelayCommand, SessionCommand, Target};
use crate::engine::context::Parts;
use crate::engine::context::reason::Reason;
use crate::engine::driver::{ALARM, Driver, WAKE};
use crate::engine::senders::Senders;
use crate::engine::sys::failure;
use crate::engine::sys::poll::{Events, Readiness};
use crate::engine::sys::timer::Timer;
use crate::engine::sys::world::World;
use crate::jobs::{self, Died};
use crate::traffic::Operation;
use crossbeam_channel::{Receiver, Sender, TryRecvError};
use std::io;
use std::time::{Duration, Instant};

/// How often the list of unsent bytes is reported.
const UNSENT_INTERVAL: Duration = Duration::from_millis(50);

/// What is recorded, and whether there is no session without that.
type Recording = Option<(recorder::Order, bool)>;

struct Worker {
    orders: Receiver<Command>,
    parts: Parts,
    /// What is done without further orders.
    senders: Senders,
    timer: Timer,
    /// When the next list of unsent bytes may be.
    unsent_due: Option<Instant>,
}

impl Worker {
    fn new(
        world: Box<dyn World>,
        orders: Receiver<Command>,
        events: Sender<Event>,
        wake: Box<dyn Fn() + Send>,
    ) -> io::Result<Self> {
        let parts = Parts::new(world, WAKE, events, wake)?;
        Ok(Self {
            orders,
            timer: Timer::new(parts.poll.registry(), ALARM)?,
            parts,
            senders: Senders::default(),
            unsent_due: None,
        })
    }

    /// Runs until the session is over. A panic ends the session, and is its last row.
    fn run(mut self, mut driver: Box<dyn Driver + Send>, recording: Recording) {
        let ended = jobs::caught(|| {
            self.hold(driver.as_mut(), recording);
            self.close(driver.as_mut());
        });
        self.end(driver, ended);
    }

    /// Says how it ended.
    fn end(&mut self, driver: Box<dyn Driver + Send>, ended: Result<(), Died>) {
        // A driver that panicked is asked for nothing more: its sockets close as it is dropped.
        let dropped = jobs::caught(|| drop(driver));
        let died = ended.and(dropped).err();
        let closed = jobs::caught(|| {
            if let Some(died) = died.clone() {
                self.parts
                    .sink
                    .failure(Operation::Run, "", failure::died_of(died));
            }
            self.parts.sink.close();
        });
        if let Err(second) = closed {
            self.parts.sink.give_up(died.unwrap_or(second));
        }
    }

    /// Takes turns until the session is over, and waits in between.
    fn hold(&mut self, driver: &mut dyn Driver, recording: Recording) {
        let mut events = Events::new();
        let mut next = self.start(driver, recording);
        loop {
            let timeout = match next {
                Next::Over => return,
                Next::AtOnce => Some(Duration::ZERO),
                Next::After(pause) => {
                    // A sleep, not a poll: every datagram would end the poll.
                    std::thread::sleep(pause);
                    Some(Duration::ZERO)
                }
                Next::Ready(due) => self.timeout(due),
            };
            let polled = self.parts.poll.wait(&mut events, timeout);
            if !self.goes_on(polled) {
                return;
            }
            next = self.turn(driver, events.ready());
        }
    }

    fn start(&mut self, driver: &mut dyn Driver, recording: Recording) -> Next {
        if let Some((order, is_needed)) = recording
            && !self.record(order)
            && is_needed
        {
            return Next::Over;
        }
        driver.start(&mut self.parts.cx());
        match driver.is_over() {
            true => Next::Over,
            false => Next::AtOnce,
        }
    }

    /// Does what these sockets, orders, answers and the time give to do, and says what to wait
    /// for. It waits for nothing itself.
    fn turn(&mut self, driver: &mut dyn Driver, ready: impl Iterator<Item = Readiness>) -> Next {
        self.parts.now = self.parts.clock.instant();
        self.parts.waker.looks();
        for ready in ready.filter(is_of_driver) {
            driver.ready(ready, &mut self.parts.cx());
        }
        if self.obey(driver) == Obeyed::Stop {
            return Next::Over;
        }
        while let Some(answer) = self.parts.resolver.answer() {
            driver.resolved(answer, &mut self.parts.cx());
        }
        let due = self.senders.work(driver, &mut self.parts.cx());
        let mut more = driver.work(&mut self.parts.cx()) || due;
        // Before the rows are handed over: waking the face takes longer than a reply.
        if self.respond(driver) {
            more |= driver.work(&mut self.parts.cx());
        }
        more |= self.senders.is_released(driver);
        self.senders.note_hold_queue(&self.parts.hold_queue);
        self.senders.note_answering(self.parts.responder.told());
        let was_full = !self.parts.sink.has_room();
        self.parts.sink.flush();
        // What was left in the sockets makes no new readiness.
        more |= was_full && self.parts.sink.has_room();
        self.report_unsent(driver);
        let sink = &self.parts.sink;
        // Whoever waits for each row is not kept waiting for more of them.
        let gather = driver.gather(self.parts.now).filter(|_| !sink.is_prompt());
        match gather {
            _ if driver.is_over() => Next::Over,
            Some(pause) => Next::After(self.until_errand().map_or(pause, |due| pause.min(due))),
            None if more => Next::AtOnce,
            None => Next::Ready(self.deadline(driver)),
        }
    }

    /// Whether readiness can still be waited for; if not, the session ends with a row.
    fn goes_on(&mut self, polled: io::Result<()>) -> bool {
        match polled {
            Err(error) => {
                self.parts
                    .sink
                    .failure(Operation::Run, "", failure::cause(&error));
                false
            }
            Ok(()) => true,
        }
    }

    fn close(&mut self, driver: &mut dyn Driver) {
        self.senders.close(driver, &mut self.parts.cx());
        self.parts.responder.close(&mut self.parts.sink);
        driver.close(&mut self.parts.cx());
    }

    fn obey(&mut self, driver: &mut dyn Driver) -> Obeyed {
        loop {
            match self.orders.try_recv() {
                Ok(Command::Stop) | Err(TryRecvError::Disconnected) => return Obeyed::Stop,
                Ok(command) => self.pass_on(command, driver),
                Err(TryRecvError::Empty) => return Obeyed::GoOn,
            }
        }
    }

    /// Gives an order to whom it concerns.
    fn pass_on(&mut self, command: Command, driver: &mut dyn Driver) {
        let parts = &mut self.parts;
        match command {
            Command::Send { to, message } => {
                parts.composer.begin();
                let receiver = match &to {
                    Target::Connection(id) => driver.peer_of(*id),
                    to => to.peer(),
                };
                parts.responder.typed(receiver, parts.now);
                let reason = Reason::followed(parts.sink.accept());
                driver.send(to, &message, reason, &mut parts.cx());
            }
            Command::Session(SessionCommand::Follow(book)) => {
                if book.is_some() {
                    // There may be others by now, or addresses may have changed.
                    parts.interfaces = parts.world.interfaces();
                }
                parts.responder.follow(book, parts.now);
            }
            Command::Session(SessionCommand::Impair(conditions)) => {
                parts.impair.set(conditions, parts.now);
            }
            Command::Session(SessionCommand::Record(order)) => {
                self.record(order);
            }
            Command::Session(SessionCommand::EndRecording) => parts.sink.end_recording(),
            Command::Sender(command) => self.senders.order(command, &mut parts.cx()),
            Command::Connection(id, command) => {
                driver.connection(id, command, &mut parts.cx());
            }
            Command::Group(command) => {
                parts.interfaces = parts.world.interfaces();
                driver.group(command, &mut parts.cx());
            }
            Command::Relay(RelayCommand::HoldAll(all)) => parts.hold_queue.hold_all(all),
            Command::Relay(RelayCommand::Release { number }) => {
                driver.release(number, &mut parts.cx());
            }
            Command::Relay(RelayCommand::Discard { number }) => {
                driver.discard(number, &mut parts.cx());
            }
            // Ends the session before it is given to anybody.
            Command::Stop => {}
        }
    }

    /// Begins to write what happens to a file; says whether it does.
    fn record(&mut self, order: recorder::Order) -> bool {
        let waker = self.parts.waker.clone();
        self.parts.sink.record(order, move || waker.wake())
    }

    /// Does what rules want done by now; says whether that was anything.
    fn respond(&mut self, driver: &mut dyn Driver) -> bool {
        let now = self.parts.clock.instant();
        let mut any = false;
        while let Some(due) = self.parts.responder.next(now) {
            any = true;
            driver.carry_out(due, &mut self.parts.cx());
        }
        self.parts.responder.tell(now, &mut self.parts.sink);
        any
    }

    /// When something is to be done by itself.
    fn due(&self) -> Option<Instant> {
        let due = [
            self.senders.deadline(self.parts.now),
            self.parts.responder.deadline(),
            self.parts.impair.deadline(),
        ];
        due.into_iter().flatten().min()
    }

    fn until_errand(&self) -> Option<Duration> {
        let due = self.due()?;
        Some(due.saturating_duration_since(self.parts.clock.instant()))
    }

    fn report_unsent(&mut self, driver: &mut dyn Driver) {
        let now = self.parts.clock.instant();
        // The rows these bytes belong to come first.
        if !self.parts.sink.is_empty() || self.unsent_due.is_some_and(|due| now < due) {
            return;
        }
        self.unsent_due = driver.unsent().map(|waiting| {
            // An empty sink takes it.
            self.parts.sink.offer(Event::Unsent(waiting)).ok();
            now + UNSENT_INTERVAL
        });
    }

    /// When to take a turn though nothing becomes ready.
    fn deadline(&self, driver: &dyn Driver) -> Option<Instant> {
        if !self.parts.sink.has_room() {
            // What is due has to wait for room; not for it in a circle.
            return self.parts.sink.deadline();
        }
        let handed_over = self.parts.sink.is_empty();
        let deadlines = [
            driver.deadline(self.parts.now),
            self.parts.sink.deadline(),
            self.unsent_due.filter(|_| handed_over),
            self.due(),
        ];
        deadlines.into_iter().flatten().min()
    }

    /// How long to wait for readiness, at most until `next`; `None` if the timer ends that, or
    /// nothing else does.
    fn timeout(&mut self, next: Option<Instant>) -> Option<Duration> {
        let left = next.map(|next| next.saturating_duration_since(self.parts.clock.instant()));
        // It does not ring for what is past.
        let rings = left != Some(Duration::ZERO) && self.timer.set(next);
        left.filter(|_| !rings)
    }
}

/// Whether it is about a socket, not the worker's own.
fn is_of_driver(ready: &Readiness) -> bool {
    !matches!(ready.token, WAKE | ALARM)
}

/// What a turn leaves to wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// Nothing: the session is over.
    Over,
    /// Nothing: there is more to do.
    AtOnce,
    /// So much time, in which data gathers, whatever becomes ready.
    After(Duration),
    /// Readiness, or this moment.
    Ready(Option<Instant>),
}

#[derive(PartialEq, Eq)]
enum Obeyed {
    GoOn,
    Stop,
}

#[cfg(test)]
mod simulation;
#[cfg(test)]
mod tests;
