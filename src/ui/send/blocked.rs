//! The reasons why a message cannot be sent.

use crate::payload::TextMistake;
use crate::schema::FormulaMistake;
use crate::settings::tab::AddressFault;
use crate::ui::UiContext;
use crate::words::grouped;
use crate::{explain, t};

/// Why it cannot go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Blocked {
    NotOpen,
    /// A TCP server without clients.
    Nobody,
    /// The chosen client has left.
    Gone,
    Mistake(TextMistake),
    /// Nothing describes the messages, so they have no fields.
    NoDescription,
    /// A field cannot have its value.
    Field(Box<FormulaMistake>),
    Address(AddressFault),
    TooLong {
        length: usize,
        limit: usize,
    },
    /// We ended our direction of every connection it would go to.
    Finished,
    /// The interval of a repetition is no number of milliseconds, or out of range.
    Interval,
    /// A sequence without end has no pause: it would be an unintended flood.
    NoPause,
    Count,
    /// No file was named.
    NoPath,
    /// No number of bytes a datagram can have.
    Block,
    Rate,
    /// The speed of a replay is no number, or out of range.
    Speed,
    /// TCP has no empty message.
    Empty,
}

impl Blocked {
    /// Why it cannot go, in words; nothing for an empty box.
    pub fn explain(&self, cx: UiContext<'_>) -> Option<String> {
        Some(match self {
            Self::NotOpen => t!(cx.lang, "send.not_open"),
            Self::Nobody => t!(cx.lang, "send.nobody"),
            Self::Finished => t!(cx.lang, "send.finished"),
            Self::Gone => t!(cx.lang, "send.not_chosen"),
            Self::Mistake(mistake) => explain::mistake(cx.lang, mistake),
            Self::NoDescription => t!(cx.lang, "rules.needs_description"),
            Self::Field(mistake) => explain::formula_mistake(cx.lang, mistake),
            Self::Address(fault) => explain::address_fault(cx.lang, fault),
            Self::TooLong { length, limit } => {
                let (bytes, limit) = (grouped(*length as u64), grouped(*limit as u64));
                t!(cx.lang, "send.too_long", bytes = bytes, limit = limit)
            }
            Self::Interval => t!(cx.lang, "repeat.bad_interval"),
            Self::NoPause => t!(cx.lang, "sequence.no_pause"),
            Self::Count => t!(cx.lang, "repeat.bad_count"),
            Self::NoPath => t!(cx.lang, "file.no_path"),
            Self::Block => t!(cx.lang, "file.bad_block"),
            Self::Speed => t!(cx.lang, "replay.bad_speed"),
            Self::Rate => t!(cx.lang, "file.bad_rate"),
            Self::Empty => return None,
        })
    }

    /// Whether the user made it, rather than circumstances.
    pub fn is_fault(&self) -> bool {
        !matches!(
            self,
            Self::NotOpen
                | Self::Nobody
                | Self::Finished
                | Self::Empty
                | Self::NoPath
                | Self::NoDescription
        )
    }
}
