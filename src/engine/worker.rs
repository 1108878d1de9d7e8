//! The worker: the thread of a session. [`Command::Stop`] ends it. The last event is always
//! [`Event::Closed`], however the session ends.

mod handle;
mod open;

pub use handle::SessionHandle;
pub use open::{open, open_if_recorded, open_prompt, open_recorded};

use crate::capture::recorder;
use crate::engine::command::{Command, Event, RelayCommand, SessionCommand, Target};
use crate::engine::context::ContextParts;
use crate::engine::context::reason::Reason;
use crate::engine::driver::{ALARM, Driver, WAKE};
use crate::engine::senders::{Senders, poll};
use crate::engine::sys::failure;
use crate::engine::sys::poll::{Events, Readiness};
use crate::engine::sys::timer::Timer;
use crate::engine::sys::world::World;
use crate::jobs::{self, Died};
use crate::traffic::Operation;
use crossbeam_channel::{Receiver, Sender, TryRecvError};
use std::io;
use std::time::{Duration, Instant};

/// Minimum interval between two reports of unsent bytes.
const UNSENT_INTERVAL: Duration = Duration::from_millis(50);

/// The recording to start with, and whether the session ends if it cannot start.
type StartRecording = Option<(recorder::RecordingRequest, bool)>;

struct Worker {
    commands: Receiver<Command>,
    parts: ContextParts,
    /// The automatic senders.
    senders: Senders,
    timer: Timer,
    /// Earliest time of the next report of unsent bytes.
    unsent_due: Option<Instant>,
}

impl Worker {
    fn new(
        world: Box<dyn World>,
        commands: Receiver<Command>,
        events: Sender<Event>,
        wake: Box<dyn Fn() + Send>,
    ) -> io::Result<Self> {
        let parts = ContextParts::new(world, WAKE, events, wake)?;
        Ok(Self {
            commands,
            timer: Timer::new(parts.poll.registry(), ALARM)?,
            parts,
            senders: Senders::default(),
            unsent_due: None,
        })
    }

    /// Runs until the session is over. A panic ends the session and becomes its last row.
    fn run(mut self, mut driver: Box<dyn Driver + Send>, recording: StartRecording) {
        let ended = jobs::caught(|| {
            self.event_loop(driver.as_mut(), recording);
            self.close(driver.as_mut());
        });
        self.end(driver, ended);
    }

    /// Reports how the session ended and closes the event sink.
    fn end(&mut self, driver: Box<dyn Driver + Send>, ended: Result<(), Died>) {
        // A driver that panicked is not called again: its sockets close when it is dropped.
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

    /// The event loop: takes turns until the session is over, and waits between them.
    fn event_loop(&mut self, driver: &mut dyn Driver, recording: StartRecording) {
        let mut events = Events::new();
        let mut next = self.start(driver, recording);
        loop {
            let timeout = match next {
                Next::Over => return,
                Next::AtOnce => Some(Duration::ZERO),
                Next::After(pause) => {
                    // A sleep, not a poll: any datagram would end the poll.
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

    fn start(&mut self, driver: &mut dyn Driver, recording: StartRecording) -> Next {
        if let Some((request, is_needed)) = recording
            && !self.record(request)
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

    /// Handles readiness, commands, resolver answers and due work. Returns the condition of the
    /// next turn. It never blocks.
    fn turn(&mut self, driver: &mut dyn Driver, ready: impl Iterator<Item = Readiness>) -> Next {
        self.parts.now = self.parts.clock.instant();
        self.parts.waker.looks();
        for ready in ready.filter(is_of_driver) {
            driver.ready(ready, &mut self.parts.cx());
        }
        if self.handle_commands(driver) == AfterCommands::Stop {
            return Next::Over;
        }
        while let Some(answer) = self.parts.resolver.answer() {
            driver.resolved(answer, &mut self.parts.cx());
        }
        let due = self.senders.work(driver, &mut self.parts.cx());
        let mut more = driver.work(&mut self.parts.cx()) || due;
        // Before rows are handed over: waking the front end takes longer than a reply.
        if self.respond(driver) {
            more |= driver.work(&mut self.parts.cx());
        }
        more |= self.senders.is_released(driver);
        more |= poll::is_released(driver, &self.parts.poller);
        self.senders.observe_hold_queue(&self.parts.hold_queue);
        self.senders.observe_poller(&self.parts.poller);
        self.senders
            .observe_answering(self.parts.responder.counters());
        let was_full = !self.parts.sink.has_room();
        self.parts.sink.flush();
        // Bytes left in the sockets cause no new readiness.
        more |= was_full && self.parts.sink.has_room();
        self.report_unsent(driver);
        let sink = &self.parts.sink;
        // A front end that waits for each row is not delayed by coalescing.
        let gather = driver.gather(self.parts.now).filter(|_| !sink.is_prompt());
        match gather {
            _ if driver.is_over() => Next::Over,
            Some(pause) => Next::After(self.until_next_send().map_or(pause, |due| pause.min(due))),
            None if more => Next::AtOnce,
            None => Next::Ready(self.deadline(driver)),
        }
    }

    /// Returns whether polling succeeded. If not, the session ends with a row.
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
        self.senders.close(&mut self.parts.cx());
        self.parts.responder.close(&mut self.parts.sink);
        driver.close(&mut self.parts.cx());
        self.senders.close_file(&mut self.parts.cx());
    }

    fn handle_commands(&mut self, driver: &mut dyn Driver) -> AfterCommands {
        loop {
            match self.commands.try_recv() {
                Ok(Command::Stop) | Err(TryRecvError::Disconnected) => return AfterCommands::Stop,
                Ok(command) => self.dispatch(command, driver),
                Err(TryRecvError::Empty) => return AfterCommands::GoOn,
            }
        }
    }

    /// Dispatches a command.
    fn dispatch(&mut self, command: Command, driver: &mut dyn Driver) {
        let parts = &mut self.parts;
        match command {
            Command::Send { to, message } => {
                parts.composer.begin();
                let receiver = match &to {
                    Target::Connection(id) => driver.peer_of(*id),
                    to => to.peer(),
                };
                parts.responder.record_user_send(receiver, parts.now);
                let reason = Reason::followed(parts.sink.accept());
                driver.send(to, &message, reason, &mut parts.cx());
            }
            Command::Session(SessionCommand::Follow(book)) => {
                if book.is_some() {
                    // Interfaces and their addresses may have changed since the last read.
                    parts.interfaces = parts.world.interfaces();
                }
                parts.responder.follow(book, parts.now);
            }
            Command::Session(SessionCommand::Frame(framing)) => parts.framing.set(framing),
            Command::Session(SessionCommand::Impair(conditions)) => {
                parts.impair.set(conditions, parts.now);
            }
            Command::Session(SessionCommand::Record(request)) => {
                self.record(*request);
            }
            Command::Session(SessionCommand::EndRecording) => parts.sink.end_recording(),
            Command::Session(SessionCommand::NoDelay(on)) => driver.set_nodelay(on),
            Command::Sender(command) => self.senders.command(command, &mut parts.cx()),
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
            // Handled by `handle_commands`, which ends the session.
            Command::Stop => {}
        }
    }

    /// Starts to record to a file. Returns whether that succeeded.
    fn record(&mut self, request: recorder::RecordingRequest) -> bool {
        let waker = self.parts.waker.clone();
        self.parts.sink.record(request, move || waker.wake())
    }

    /// Performs the rule actions that are due. Returns whether there were any.
    fn respond(&mut self, driver: &mut dyn Driver) -> bool {
        let now = self.parts.clock.instant();
        let mut any = false;
        while let Some(action) = self.parts.responder.next(now) {
            any = true;
            driver.perform(action, &mut self.parts.cx());
        }
        self.parts.responder.report(now, &mut self.parts.sink);
        any
    }

    /// When the next automatic action is due.
    fn due(&self) -> Option<Instant> {
        let due = [
            self.senders.deadline(self.parts.now),
            self.parts.responder.deadline(),
            self.parts.impair.deadline(),
            self.parts.poller.deadline(),
        ];
        due.into_iter().flatten().min()
    }

    fn until_next_send(&self) -> Option<Duration> {
        let due = self.due()?;
        Some(due.saturating_duration_since(self.parts.clock.instant()))
    }

    fn report_unsent(&mut self, driver: &mut dyn Driver) {
        let now = self.parts.clock.instant();
        // The rows of these bytes come first.
        if !self.parts.sink.is_empty() || self.unsent_due.is_some_and(|due| now < due) {
            return;
        }
        self.unsent_due = driver.unsent().map(|waiting| {
            // An empty sink always accepts an event.
            self.parts.sink.offer(Event::Unsent(waiting)).ok();
            now + UNSENT_INTERVAL
        });
    }

    /// When the next turn is due without readiness.
    fn deadline(&self, driver: &dyn Driver) -> Option<Instant> {
        if !self.parts.sink.has_room() {
            // Due work waits for room too: a wait for both would be a busy loop.
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

    /// The timeout of a poll that ends at `next` at the latest. `None` polls without a timeout:
    /// the timer ends it, or there is no deadline.
    fn timeout(&mut self, next: Option<Instant>) -> Option<Duration> {
        let left = next.map(|next| next.saturating_duration_since(self.parts.clock.instant()));
        // A timer set to a past time does not expire.
        let rings = left != Some(Duration::ZERO) && self.timer.set(next);
        left.filter(|_| !rings)
    }
}

/// Whether the event concerns a driver's socket, not the waker or the timer.
fn is_of_driver(ready: &Readiness) -> bool {
    !matches!(ready.token, WAKE | ALARM)
}

/// The condition of the next turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// No next turn: the session is over.
    Over,
    /// No condition: there is more to do.
    AtOnce,
    /// This pause, in which data gathers, regardless of readiness.
    After(Duration),
    /// Readiness, or this time.
    Ready(Option<Instant>),
}

#[derive(PartialEq, Eq)]
enum AfterCommands {
    GoOn,
    Stop,
}

#[cfg(test)]
mod simulation;
#[cfg(test)]
mod tests;
