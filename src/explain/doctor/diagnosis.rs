//! What the doctor says.

use super::catalogue::Situation;
use crate::engine::evidence::{Transport, Unseen};
use crate::payload::checksum::Checksum;

/// The answer to a question.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Diagnosis {
    /// What explains the silence, the first being the verdict; empty if nothing is wrong as far as
    /// this machine shows.
    pub findings: Vec<Finding>,
    pub ruled_out: Vec<Situation>,
    pub unknown: Vec<Missing>,
    /// Whether nothing came that is waited for.
    pub is_silent: bool,
    /// What to do next, where no cause of a silence was seen.
    pub next: Option<NextStep>,
    /// What was sent to others as probes, and what came back.
    pub probed: Vec<Clue>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    pub situation: Situation,
    pub certainty: Certainty,
    /// What was seen, as facts.
    pub clues: Vec<Clue>,
    /// What we can do about it, if anything.
    pub cure: Option<Cure>,
}

/// How surely evidence shows a situation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    Shown,
    Likely,
}

/// A fact that is part of a finding: the key of its words, and its values by their names there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clue {
    pub key: &'static str,
    pub values: Vec<(&'static str, String)>,
}

impl Clue {
    /// A clue with this key and these values.
    pub(super) fn new<const N: usize>(
        key: &'static str,
        values: [(&'static str, String); N],
    ) -> Self {
        Self {
            key,
            values: values.into(),
        }
    }
}

/// Something that the window can do with one click.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cure {
    /// Bind the session to this address.
    BindTo(std::net::SocketAddr),
    /// Send to this address.
    SendTo(std::net::SocketAddr),
    AllowBroadcast,
    JoinGroup(std::net::IpAddr),
    SetTtl(u32),
    ClearFilter,
    StopSimulation,
    /// Use this encoding, or this end of lines: `lf`, `crlf`, `cr`.
    Encoding(String),
    LineEnd(String),
    /// Append this checksum, in place of the last bytes of this message.
    Checksum {
        checksum: Checksum,
        wrong: Vec<u8>,
    },
    /// Read the typed message as hexadecimal digits.
    SendAsHex,
    /// Read escapes, such as `\r\n`, in the typed message.
    Escapes,
    /// Put this command into the clipboard.
    CopyCommand(String),
}

impl Cure {
    /// The command to run, if that is the cure.
    pub fn command(&self) -> Option<&str> {
        match self {
            Self::CopyCommand(command) => Some(command),
            _ => None,
        }
    }
}

/// A situation that could not be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    pub situation: Situation,
    pub reason: Unseen,
}

impl Missing {
    /// Whether what the session itself has seen points at it.
    pub fn is_near(&self) -> bool {
        matches!(
            self.reason,
            Unseen::WhichInterface { .. }
                | Unseen::LargerUnanswered { .. }
                | Unseen::NothingSent { .. }
                | Unseen::NatMayForget { .. }
                | Unseen::Strays { .. }
                | Unseen::ModbusSent { .. }
                | Unseen::OtherClient { .. }
                | Unseen::NarrowMask { .. }
                | Unseen::ReadsSlowly
                | Unseen::WatchSender { .. }
                | Unseen::FullWidth { .. }
                | Unseen::EscapeSent { .. }
                | Unseen::OneNetwork { .. }
                | Unseen::EncodingSent { .. }
                | Unseen::LengthSent { .. }
                | Unseen::MarkSent { .. }
        )
    }
}

/// What to do to find out more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextStep {
    /// What it tells, and why that is not known.
    pub situation: Situation,
    pub reason: Unseen,
    /// Whether it is to be done on the other machine.
    pub is_there: bool,
    /// Whether it shows the firewall of this machine.
    pub is_firewall: bool,
    /// The transport and the port that the question is about.
    pub at: (Transport, Option<u16>),
    /// The command to run, or what the window can set for it.
    pub cure: Option<Cure>,
}

/// What a check found.
pub(super) enum Outcome {
    Is(Certainty, Vec<Clue>),
    IsNot,
    Unseen(Unseen),
    /// The question is not about anything of the kind.
    DoesNotApply,
}
