//! Plan of a run: the session, its commands, and the traffic of its peers.

use super::{LENGTH, Planned};
use crate::automation::Limits;
use crate::automation::impair::{DatagramPlan, Delay, DirectionPlan, Impairment, Loss, StreamPlan};
use crate::automation::rules::{ActionKind, Condition, ReplyContent, Rule, RuleAction, preset};
use crate::engine::command::{Command, ConnectionCommand, SessionCommand, Setup, Target};
use crate::engine::driver::Driver;
use crate::engine::kinds;
use crate::engine::rulebook::Rulebook;
use crate::engine::sys::endpoint::{Endpoint, Host};
use crate::engine::sys::interfaces::Interfaces;
use crate::engine::worker::simulation::memory::{MILLI, Memory, ScheduledEvent};
use crate::kind::SessionKind;
use crate::payload::charset::Charset;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

fn ours() -> SocketAddr {
    ([10, 0, 0, 1], 7_000).into()
}

/// The address of a peer by number; a client's target is number 1.
fn far(number: u8) -> SocketAddr {
    ([10, 0, 2, number], 9_000).into()
}

fn named() -> Endpoint {
    Endpoint {
        host: Host::Name("far.test".into()),
        port: 9_000,
    }
}

pub(super) fn driver(kind: SessionKind, world: &Memory) -> Box<dyn Driver + Send> {
    let setup = Setup {
        local: (kind != SessionKind::TcpClient).then(|| ours().into()),
        remote: Some(Endpoint::from(far(1)).into()),
        timeout: Duration::from_secs(1),
        close_with_peer: world.lock().random.bool(),
        ..Setup::new(kind)
    };
    kinds::driver(setup).unwrap()
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
    match kind {
        SessionKind::Udp | SessionKind::RelayUdp => {
            for _ in 0..inside.random.usize(0..40) {
                let from = far(inside.random.u8(2..6));
                let after = inside.random.u64(0..400 * MILLI);
                // Some arrive in bursts larger than the receive buffer.
                let burst = if inside.random.u8(..10) == 0 { 12 } else { 1 };
                for _ in 0..burst {
                    let length = inside.random.usize(1..60);
                    let bytes = inside.letters(length);
                    inside.later(after, ScheduledEvent::Datagram(0, from, bytes));
                }
            }
        }
        SessionKind::TcpServer | SessionKind::RelayTcp => {
            for number in 1..6 {
                inside.soon(300, ScheduledEvent::Client(far(number)));
            }
        }
        _ => {}
    }
    let mut plan = Vec::new();
    if echoes {
        let echo = Some(Arc::new(echo()));
        plan.push((0, Planned::Command(SessionCommand::Follow(echo).into())));
    }
    if impaired {
        let bad = Some(Arc::new(bad(&mut inside.random)));
        plan.push((0, Planned::Command(SessionCommand::Impair(bad).into())));
        if inside.random.bool() {
            let at = inside.random.u64(0..500 * MILLI);
            plan.push((at, Planned::Command(SessionCommand::Impair(None).into())));
        }
    }
    let orders = match kind {
        SessionKind::RelayUdp | SessionKind::RelayTcp => 0,
        _ => inside.random.usize(0..30),
    };
    for number in 0..orders {
        let at = inside.random.u64(0..500 * MILLI);
        let order = order(kind, number, &mut inside.random);
        plan.push((at, order));
    }
    if inside.random.u8(..5) == 0 {
        let at = inside.random.u64(0..600 * MILLI);
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

fn order(kind: SessionKind, number: usize, random: &mut fastrand::Rng) -> Planned {
    let bytes = format!("{number:<LENGTH$}").into_bytes();
    if kind == SessionKind::Udp {
        let to = match random.u8(..5) {
            0 => named(),
            _ => far(random.u8(2..6)).into(),
        };
        return Planned::Command(Command::send(Target::Endpoint(to), bytes));
    }
    let far = match kind {
        SessionKind::TcpServer => far(random.u8(1..6)),
        _ => far(1),
    };
    let command = match random.u8(..40) {
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
fn bad(random: &mut fastrand::Rng) -> Impairment {
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
            split: random.usize(0..20),
            slow_read: random.u64(0..2) * 5_000,
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
