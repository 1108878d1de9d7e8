//! What the doctor looks at: the state of this machine, as far as a question is about it.
//!
//! Everything here is data that can be kept and judged again. What could not be read says why.

mod firewall;
mod local;
mod lookup;
mod path;
mod peer;
mod question;
mod session;

pub use firewall::{Denial, Direction, FirewallFacts, FirewallRule, ReversePath, RuleVerdict};
pub use local::{InterfaceFacts, KernelCounters, LimitFacts, LocalFacts, Owner, Recent, SocketRow};
pub use path::{EchoFacts, FragmentFacts, GatewayFacts, Neighbour, PathFacts, Route};
pub use peer::{ConnectOutcome, ConnectionFacts, ConnectionSample, PeerFacts, WaitingConnection};
pub use question::{Question, Transport};
pub use session::{
    ConnectionEnd, Count, EarlierAddress, EndOfConnection, JoinedGroup, MOST, OpenConnection,
    SAMPLE_BYTES, SAMPLES, Sample, SessionFacts, SessionSettings,
};

use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};

/// The longest time that gathering takes.
pub const LONGEST: Duration = Duration::from_secs(2);

/// What is known when a question is asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    pub question: Question,
    /// The session that asks; `None` if a command does.
    pub session: Option<SessionFacts>,
    pub local: LocalFacts,
    pub firewall: FirewallFacts,
    pub path: PathFacts,
    pub peer: PeerFacts,
}

/// Something that was looked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Seen<T> {
    Known(T),
    Unseen(Unseen),
}

/// Why something could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unseen {
    /// Only root may read it: the command that shows it.
    NotPermitted { command: String },
    /// This system has no such source.
    NotHere,
    /// It was not read in time.
    TooSlow,
    /// The source is in a form that is not understood, or reading it failed with this message.
    Unreadable(String),
    /// Finding out sends something to others, which was not asked for.
    NotAsked,
}

impl<T> Seen<T> {
    /// What is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unseen(_) => None,
        }
    }
}

/// What may be done to find out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Permission {
    /// Whether packets may be sent to the target and to machines on the way: ARP, ICMP, TCP.
    pub probes: bool,
}

impl Evidence {
    /// Gathers what bears on a question. Takes at most [`LONGEST`]; what is not read by then is
    /// [`Unseen::TooSlow`]. Blocks: run it as a job.
    pub fn gather(
        question: Question,
        session: Option<SessionFacts>,
        permission: Permission,
    ) -> Self {
        let until = Instant::now() + LONGEST;
        Self {
            local: LocalFacts::gather(&question, session.as_ref(), until),
            firewall: FirewallFacts::gather(&question, session.as_ref(), until),
            path: PathFacts::gather(&question, session.as_ref(), permission, until),
            peer: PeerFacts::gather(&question, session.as_ref(), permission, until),
            session,
            question,
        }
    }
}
