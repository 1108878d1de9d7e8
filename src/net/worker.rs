//! The thread behind a session.

use super::alarm::Alarm;
use super::composer::Composer;
use super::errands::Errands;
use super::impair::Impair;
use super::messages::{Command, Event, Setup};
use super::outbox::Outbox;
use super::reason::Reason;
use super::relay::{RelayTcp, RelayUdp};
use super::resolve::Resolver;
use super::responder::Responder;
use super::role::{ALARM, Desk, Role, WAKE};
use super::socket::Transport;
use super::{Clock, Interfaces, failure, tcp_client::TcpClient, tcp_server::TcpServer, udp::Udp};
use crate::automation::Custody;
use crate::recorder;
use crate::traffic::{Failure, Operation};
use crossbeam_channel::{Receiver, Sender, TryRecvError};
use mio::{Events, Poll, Waker};
use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Events that may wait for the face; each may hold a megabyte of rows.
const CHANNEL: usize = 64;
/// How often the list of unsent bytes is reported.
const UNSENT_INTERVAL: Duration = Duration::from_millis(50);

/// A face's end of a session. Dropping it stops the worker.
pub struct Link {
    commands: Sender<Command>,
    events: Receiver<Event>,
    waker: Arc<Waker>,
    thread: Option<JoinHandle<()>>,
}

/// Starts a worker. `wake` is called, from the worker's thread, after an event was put
/// into a channel; it must not block.
///
/// # Errors
/// If the system has no descriptor or thread left for it. What becomes of the sockets
/// themselves is told by events.
pub fn open(setup: Setup, wake: impl Fn() + Send + 'static) -> Result<Link, Failure> {
    open_recorded(setup, None, wake)
}

/// The same of a session that is recorded from its first row on.
///
/// # Errors
/// Those of [`open`].
pub fn open_recorded(
    setup: Setup,
    recording: Option<recorder::Order>,
    wake: impl Fn() + Send + 'static,
) -> Result<Link, Failure> {
    let failed = |error: io::Error| failure::not_begun(&error);
    let poll = Poll::new().map_err(failed)?;
    let waker = Arc::new(Waker::new(poll.registry(), WAKE).map_err(failed)?);
    let (commands, orders) = crossbeam_channel::unbounded();
    let (facts, events) = crossbeam_channel::bounded(CHANNEL);
    let clock = Clock::start();
    let alarm = Alarm::new(poll.registry(), ALARM).map_err(failed)?;
    let worker = Worker {
        poll,
        orders,
        outbox: Outbox::new(facts, Box::new(wake), clock),
        composer: Composer::new(clock),
        responder: Responder::default(),
        impair: Impair::default(),
        custody: Custody::default(),
        errands: Errands::default(),
        alarm,
        waker: Arc::clone(&waker),
        resolver: Resolver::new(Arc::clone(&waker)),
        interfaces: Interfaces::read(),
        unsent_due: None,
    };
    let role: Box<dyn Role + Send> = match setup {
        Setup::Udp { local, receiving } => Box::new(Udp::new(local, receiving)),
        Setup::TcpClient {
            local,
            remote,
            timeout,
            close_with_peer,
        } => Box::new(TcpClient::new(local, remote, timeout, close_with_peer)),
        Setup::TcpServer {
            local,
            close_with_peer,
        } => Box::new(TcpServer::new(local, close_with_peer)),
        Setup::Relay {
            transport: Transport::Udp,
            local,
            target,
            idle,
            receiving,
            ..
        } => Box::new(RelayUdp::new(local, target, idle, receiving)),
        Setup::Relay {
            transport: Transport::Tcp,
            local,
            target,
            timeout,
            ..
        } => Box::new(RelayTcp::new(local, target, timeout)),
    };
    let thread = std::thread::Builder::new()
        .name("session".into())
        .spawn(move || worker.run(role, recording))
        .map_err(failed)?;
    Ok(Link {
        commands,
        events,
        waker,
        thread: Some(thread),
    })
}

impl Link {
    /// Gives an order. After the worker has ended, orders go nowhere.
    pub fn order(&self, command: Command) {
        // The only way this can fail is that the worker has ended, which an event tells.
        self.commands.send(command).ok();
        self.waker.wake().ok();
    }

    pub fn events(&self) -> &Receiver<Event> {
        &self.events
    }

    /// Stops the worker and waits until its thread has ended; its last events go
    /// unread. Not for the window's thread.
    pub fn join(mut self) {
        let thread = self.thread.take();
        // The worker waits for its last word to be read, or for nobody to be there.
        drop(self);
        if let Some(thread) = thread {
            // A panic in the worker has already been reported by the panic hook.
            thread.join().ok();
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.order(Command::Stop);
    }
}

struct Worker {
    poll: Poll,
    orders: Receiver<Command>,
    outbox: Outbox,
    resolver: Resolver,
    composer: Composer,
    responder: Responder,
    impair: Impair,
    custody: Custody,
    /// What is done without further orders.
    errands: Errands,
    alarm: Alarm,
    waker: Arc<Waker>,
    interfaces: Interfaces,
    /// When the next list of unsent bytes may be.
    unsent_due: Option<Instant>,
}

impl Worker {
    fn run(mut self, mut role: Box<dyn Role + Send>, recording: Option<recorder::Order>) {
        let mut events = Events::with_capacity(1024);
        if let Some(order) = recording {
            self.record(order);
        }
        role.start(&mut self.desk());
        let mut more = true;
        while !role.is_over() {
            let timeout = if more {
                Some(Duration::ZERO)
            } else {
                self.timeout(role.as_ref())
            };
            match self.poll.poll(&mut events, timeout) {
                Err(error) if error.kind() != io::ErrorKind::Interrupted => {
                    self.outbox
                        .failure(Operation::Receive, "", failure::cause(&error));
                    break;
                }
                _ => {}
            }
            for event in events.iter().filter(|event| is_of_role(event)) {
                role.ready(event, &mut self.desk());
            }
            if self.obey(role.as_mut()) == Obeyed::Stop {
                break;
            }
            while let Some(answer) = self.resolver.next() {
                role.resolved(answer, &mut self.desk());
            }
            let due = self.run_errands(role.as_mut());
            more = role.work(&mut self.desk()) || due;
            // Before the rows are handed over: waking the face takes longer than a reply.
            if self.respond(role.as_mut()) {
                more |= role.work(&mut self.desk());
            }
            self.errands.note_custody(&self.custody);
            let was_full = !self.outbox.has_room();
            self.outbox.flush();
            // What was left in the sockets makes no new readiness.
            more |= was_full && self.outbox.has_room();
            self.report_unsent(role.as_mut());
            if let Some(pause) = role.gather() {
                // A sleep, not a poll: every datagram would end the poll.
                std::thread::sleep(self.until_errand().map_or(pause, |due| pause.min(due)));
                more = true;
            }
        }
        let mut errands = std::mem::take(&mut self.errands);
        errands.close(role.as_ref(), &mut self.desk());
        self.responder.close(&mut self.outbox);
        role.close(&mut self.desk());
        drop(role);
        self.outbox.close();
    }

    fn obey(&mut self, role: &mut dyn Role) -> Obeyed {
        loop {
            match self.orders.try_recv() {
                Ok(Command::Stop) | Err(TryRecvError::Disconnected) => return Obeyed::Stop,
                Ok(command) => self.pass_on(command, role),
                Err(TryRecvError::Empty) => return Obeyed::GoOn,
            }
        }
    }

    /// Gives an order to whom it concerns.
    fn pass_on(&mut self, command: Command, role: &mut dyn Role) {
        if matches!(
            command,
            Command::Follow(Some(_)) | Command::JoinGroup { .. } | Command::LeaveGroup { .. }
        ) {
            // There may be others by now, or addresses may have changed.
            self.interfaces = Interfaces::read();
        }
        let command = match command {
            Command::Record(order) => return self.record(order),
            Command::EndRecording => return self.outbox.end_recording(),
            Command::Impair(conditions) => {
                return self.impair.set(conditions, Instant::now());
            }
            Command::HoldAll(all) => return self.custody.hold_all(all),
            Command::Follow(book) => return self.responder.follow(book, Instant::now()),
            Command::Send { to, message } => {
                self.composer.begin();
                return role.send(to, &message, Reason::default(), &mut self.desk());
            }
            other => other,
        };
        let mut errands = std::mem::take(&mut self.errands);
        if let Some(command) = errands.order(command, &mut self.desk()) {
            role.order(command, &mut self.desk());
        }
        self.errands = errands;
    }

    /// Begins to write what happens to a file.
    fn record(&mut self, order: recorder::Order) {
        let waker = Arc::clone(&self.waker);
        let wake = move || {
            waker.wake().ok();
        };
        self.outbox.record(order, wake);
    }

    /// Does what is due; says whether more is.
    fn run_errands(&mut self, role: &mut dyn Role) -> bool {
        let mut errands = std::mem::take(&mut self.errands);
        errands.note_answering(self.responder.told());
        let more = errands.work(role, &mut self.desk());
        self.errands = errands;
        more
    }

    /// Does what rules want done by now; says whether that was anything.
    fn respond(&mut self, role: &mut dyn Role) -> bool {
        let now = Instant::now();
        let mut any = false;
        while let Some(due) = self.responder.next(now) {
            any = true;
            role.carry_out(due, &mut self.desk());
        }
        self.responder.tell(now, &mut self.outbox);
        any
    }

    /// When something is to be done by itself.
    fn due(&self) -> Option<Instant> {
        let due = [
            self.errands.deadline(),
            self.responder.deadline(),
            self.impair.deadline(),
        ];
        due.into_iter().flatten().min()
    }

    fn until_errand(&self) -> Option<Duration> {
        let due = self.due()?;
        Some(due.saturating_duration_since(Instant::now()))
    }

    fn report_unsent(&mut self, role: &mut dyn Role) {
        let now = Instant::now();
        // The rows these bytes belong to come first.
        if !self.outbox.is_empty() || self.unsent_due.is_some_and(|due| now < due) {
            return;
        }
        self.unsent_due = role.unsent().map(|waiting| {
            // An empty outbox takes it.
            self.outbox.offer(Event::Unsent(waiting)).ok();
            now + UNSENT_INTERVAL
        });
    }

    /// How long to wait for readiness; `None` if the alarm ends that, or nothing else does.
    fn timeout(&mut self, role: &dyn Role) -> Option<Duration> {
        let next = if self.outbox.has_room() {
            let handed_over = self.outbox.is_empty();
            let deadlines = [
                role.deadline(),
                self.outbox.deadline(),
                self.unsent_due.filter(|_| handed_over),
                self.due(),
            ];
            deadlines.into_iter().flatten().min()
        } else {
            // What is due has to wait for room; not for it in a circle.
            self.outbox.deadline()
        };
        let left = next.map(|next| next.saturating_duration_since(Instant::now()));
        // It does not ring for what is past.
        let rings = left != Some(Duration::ZERO) && self.alarm.set(next);
        left.filter(|_| !rings)
    }

    fn desk(&mut self) -> Desk<'_> {
        Desk {
            registry: self.poll.registry(),
            outbox: &mut self.outbox,
            resolver: &mut self.resolver,
            interfaces: &self.interfaces,
            composer: &mut self.composer,
            responder: &mut self.responder,
            impair: &mut self.impair,
            custody: &mut self.custody,
            waker: &self.waker,
        }
    }
}

/// Whether it is about a socket, not the worker's own.
fn is_of_role(event: &mio::event::Event) -> bool {
    !matches!(event.token(), WAKE | ALARM)
}

#[derive(PartialEq, Eq)]
enum Obeyed {
    GoOn,
    Stop,
}
