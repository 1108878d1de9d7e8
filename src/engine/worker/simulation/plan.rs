//! Plan of a run: the session, its commands, and the traffic of its peers.

use super::front_end::Planned;
use crate::automation::Limits;
use crate::automation::impair::{DatagramPlan, Delay, DirectionPlan, Impairment, Loss, StreamPlan};
use crate::automation::rules::{ActionKind, Condition, ReplyContent, Rule, RuleAction, preset};
use crate::engine::command::{
    Command, ConnectionCommand, RelayCommand, Remote, SessionCommand, Setup, Target,
};
use crate::engine::driver::Driver;
use crate::engine::kinds;
use crate::engine::rulebook::Rulebook;
use crate::engine::sys::endpoint::{Endpoint, Host};
use crate::engine::sys::interfaces::Interfaces;
use crate::engine::worker::simulation::memory::{MILLI, Memory, ScheduledEvent, SimulationState};
use crate::kind::SessionKind;
use crate::payload::charset::Charset;
use crate::peer::{Name, Peer};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

/// Number of clients and of other peers.
pub(super) const CLIENTS: usize = 5;
/// Length of an ordinary user message in bytes.
const LENGTH: usize = 37;

/// Length of each user message in bytes. Those of a crowded session are more than its queues hold.
pub(super) fn length(kind: SessionKind, crowded: bool) -> usize {
    match (crowded, kind.traits().is_stream) {
        (false, _) => LENGTH,
        (true, false) => 60_000,
        (true, true) => 256 << 10,
    }
}

fn is_named(kind: SessionKind) -> bool {
    matches!(kind, SessionKind::UnixServer | SessionKind::UnixClient)
}

/// A Unix socket. An abstract name has no file, whose state would depend on the system.
fn named_socket(text: &str) -> Name {
    Name::new(format!("\0netpeer simulation {text}").as_bytes()).unwrap()
}

fn ours(kind: SessionKind) -> Peer {
    match is_named(kind) {
        true => Peer::Named(named_socket("ours")),
        false => ([10, 0, 0, 1], 7_000).into(),
    }
}

/// The IP address of a peer by number; a client's target is number 1.
fn address(number: u8) -> SocketAddr {
    ([10, 0, 2, number], 9_000).into()
}

/// A peer by number.
fn far(kind: SessionKind, number: u8) -> Peer {
    match is_named(kind) {
        true => Peer::Named(named_socket(&number.to_string())),
        false => address(number).into(),
    }
}

fn host() -> Endpoint {
    Endpoint {
        host: Host::Name("far.test".into()),
        port: 9_000,
    }
}

pub(super) fn driver(kind: SessionKind, world: &Memory) -> Box<dyn Driver + Send> {
    let is_client = matches!(kind, SessionKind::TcpClient | SessionKind::UnixClient);
    let remote = match far(kind, 1) {
        Peer::Named(name) => Remote::Named(name),
        _ => Endpoint::from(address(1)).into(),
    };
    let setup = Setup {
        local: (!is_client).then(|| ours(kind)),
        remote: Some(remote),
        timeout: Duration::from_secs(1),
        close_with_peer: world.lock().random.bool(),
        ..Setup::new(kind)
    };
    kinds::driver(setup).unwrap()
}

/// Plans when the kernel takes nothing in a crowded session. Returns the time in nanoseconds
/// during which the front end reads nothing.
pub(super) fn crowd(world: &Memory) -> Range<u64> {
    let mut inside = world.lock();
    if !inside.crowded {
        return 0..0;
    }
    if inside.random.bool() {
        inside.jam = 600 * MILLI;
    }
    match inside.random.bool() {
        true => 200 * MILLI..500 * MILLI,
        false => 0..0,
    }
}

/// Plans a session's commands and its peers' traffic.
pub(super) fn plan(
    kind: SessionKind,
    echoes: bool,
    impaired: bool,
    world: &Memory,
) -> VecDeque<(u64, Planned)> {
    let mut inside = world.lock();
    if inside.random.u8(..10) == 0 {
        inside.panics = Some(inside.random.u32(1..80));
    }
    traffic(kind, &mut inside);
    let crowded = inside.crowded;
    let random = &mut inside.random;
    let mut plan = Vec::new();
    if echoes {
        let echo = Some(Arc::new(echo()));
        plan.push((0, Planned::Command(SessionCommand::Follow(echo).into())));
    }
    if impaired {
        let bad = Some(Arc::new(bad(crowded, random)));
        plan.push((0, Planned::Command(SessionCommand::Impair(bad).into())));
        if random.bool() {
            let at = random.u64(0..500 * MILLI);
            plan.push((at, Planned::Command(SessionCommand::Impair(None).into())));
        }
    }
    match kind {
        SessionKind::RelayUdp if crowded => intercept(0, random, &mut plan),
        SessionKind::RelayUdp | SessionKind::RelayTcp => {
            if random.bool() {
                intercept(random.u64(0..200), random, &mut plan);
            }
        }
        _ => {
            let (orders, times) = match crowded {
                true if kind.traits().is_stream => (36, 300..500),
                true => (150, 300..500),
                false => (random.usize(0..30), 0..500),
            };
            for number in 0..orders {
                let at = random.u64(times.start * MILLI..times.end * MILLI);
                let order = order(kind, number, length(kind, crowded), random);
                plan.push((at, order));
            }
        }
    }
    if random.u8(..5) == 0 {
        let at = random.u64(0..600 * MILLI);
        plan.push((at, Planned::Command(Command::Stop)));
    }
    plan.sort_by_key(|(at, _)| *at);
    // No command follows the stop.
    let stop = plan
        .iter()
        .position(|(_, planned)| matches!(planned, Planned::Command(Command::Stop)));
    plan.truncate(stop.map_or(plan.len(), |stop| stop + 1));
    plan.into()
}

/// Plans the traffic of the peers.
fn traffic(kind: SessionKind, inside: &mut SimulationState) {
    match kind {
        SessionKind::Udp | SessionKind::RelayUdp => {
            let (count, lengths) = match (inside.crowded, kind) {
                (true, SessionKind::Udp) => (80, 10_000..60_000),
                (true, _) => (800, 1..60),
                (false, _) => (inside.random.usize(0..40), 1..60),
            };
            for _ in 0..count {
                let from = address(inside.random.u8(2..6));
                let after = inside.random.u64(0..400 * MILLI);
                // Some arrive in bursts larger than the receive buffer.
                let burst = if inside.random.u8(..10) == 0 { 12 } else { 1 };
                for _ in 0..burst {
                    let length = inside.random.usize(lengths.clone());
                    let bytes = inside.letters(length);
                    inside.later(after, ScheduledEvent::Datagram(0, from, bytes));
                }
            }
        }
        SessionKind::TcpServer | SessionKind::RelayTcp | SessionKind::UnixServer => {
            for number in (1..).take(CLIENTS) {
                inside.soon(300, ScheduledEvent::Client(far(kind, number)));
            }
        }
        SessionKind::TcpClient | SessionKind::UnixClient | SessionKind::UnixDatagram => {}
    }
}

/// Plans what a person does with the hold queue of a relay from this millisecond on.
fn intercept(begin: u64, random: &mut fastrand::Rng, plan: &mut Vec<(u64, Planned)>) {
    let mut push = |at: u64, command: RelayCommand| {
        plan.push((at * MILLI, Planned::Command(command.into())));
    };
    push(begin, RelayCommand::HoldAll(true));
    for _ in 0..random.usize(0..12) {
        let number = Some(random.u64(1..40));
        let command = match random.u8(..8) {
            0 => RelayCommand::Release { number: None },
            1..5 => RelayCommand::Release { number },
            _ => RelayCommand::Discard { number },
        };
        push(random.u64(500..650), command);
    }
    push(random.u64(600..700), RelayCommand::HoldAll(false));
    if random.u8(..4) > 0 {
        let number = None;
        push(700, RelayCommand::Release { number });
    }
}

fn order(kind: SessionKind, number: usize, length: usize, random: &mut fastrand::Rng) -> Planned {
    let mut bytes = number.to_string().into_bytes();
    bytes.resize(length, b' ');
    if kind == SessionKind::Udp {
        let to = match random.u8(..5) {
            0 => host(),
            _ => address(random.u8(2..6)).into(),
        };
        return Planned::Command(Command::send(Target::Endpoint(to), bytes));
    }
    let is_crowded = length > LENGTH;
    let is_server = matches!(kind, SessionKind::TcpServer | SessionKind::UnixServer);
    let number = match is_server && !is_crowded {
        true => random.u8(1..6),
        false => 1,
    };
    let far = far(kind, number);
    // An end would empty the queue of a crowded session.
    let ends = if is_crowded { 800 } else { 40 };
    let command = match random.u16(..ends) {
        0 => ConnectionCommand::Disconnect,
        1 => ConnectionCommand::Reset,
        2 => ConnectionCommand::FinishWriting,
        3 => ConnectionCommand::Finish { linger: false },
        _ => return Planned::Send(far, bytes),
    };
    Planned::Connection(far, command)
}

/// A rule that echoes every message.
fn echo() -> Rulebook {
    let what = ReplyContent::Written(preset::composition("${data}"));
    let rule = Rule {
        name: "echo".into(),
        on: true,
        when: Condition::Always,
        then: vec![RuleAction {
            kind: ActionKind::Reply { what, to: None },
            delay: 3,
            jitter: 0,
        }],
    };
    let interfaces = Interfaces::default();
    Rulebook::new(&[rule], Limits::none(), Charset::Utf8, &interfaces).unwrap()
}

/// A simulated network all of whose effects are reported.
fn bad(crowded: bool, random: &mut fastrand::Rng) -> Impairment {
    let delay = Delay {
        millis: 5.0,
        jitter: 4.0,
        ..Delay::default()
    };
    let direction = DirectionPlan {
        datagrams: DatagramPlan {
            loss: Loss::Random {
                percent: 20.0,
                correlation: 0.0,
            },
            duplicate: 10.0,
            delay: delay.clone(),
            ..DatagramPlan::default()
        },
        stream: StreamPlan {
            // Millions of segments would take hours.
            split: match crowded {
                true => random.usize(0..2) * 4_096,
                false => random.usize(0..20),
            },
            slow_read: match crowded {
                true => 0,
                false => random.u64(0..2) * 5_000,
            },
            delay,
            ..StreamPlan::default()
        },
    };
    Impairment {
        seed: random.u64(..),
        outgoing: direction.clone(),
        incoming: direction,
    }
}
