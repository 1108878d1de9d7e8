//! The actions of a rule.

use super::context::RuleContext;
use super::mistake::RuleProblem;
use crate::payload::answer;
use crate::payload::answer::Replies;
use crate::payload::answer::modbus::{Device, DeviceSettings, Devices};
use crate::payload::charset::Charset;
use crate::payload::composition::Composition;
use crate::payload::message::{Message, NotComposed};
use crate::payload::reading::Reading;
use crate::payload::template::TemplateContext;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

/// The longest delay of an action in milliseconds: an hour.
pub const LONGEST_DELAY: u32 = 3_600_000;

/// An action and its delay, counted from the moment the rule applied, or from the previous
/// action.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[serde(rename = "Then")]
pub struct RuleAction {
    #[serde(rename = "act")]
    pub kind: ActionKind,
    /// In milliseconds.
    pub delay: u32,
    /// In milliseconds: the delay varies randomly by at most this much in either direction.
    pub jitter: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Act")]
pub enum ActionKind {
    /// Send a reply to the sender, or to another address.
    Reply {
        what: ReplyContent,
        /// `None` is the sender.
        #[serde(default)]
        to: Option<String>,
    },
    /// In a relay: pass this on instead of the original.
    Edit(ReplyContent),
    /// Discard the message: no later rule sees it, and a relay does not pass it on.
    Drop,
    /// In a relay: hold it until a person releases it.
    Hold,
    /// Close the TCP connection once everything is sent.
    Close,
    /// Reset the TCP connection (RST).
    Reset,
}

impl ActionKind {
    /// Whether a relay passes on something else for it, later, or nothing.
    pub fn decides_passing(&self) -> bool {
        matches!(self, Self::Edit(_) | Self::Drop | Self::Hold)
    }
}

impl Default for ActionKind {
    fn default() -> Self {
        Self::Reply {
            what: ReplyContent::default(),
            to: None,
        }
    }
}

/// The content of a reply.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReplyContent {
    /// The received bytes.
    #[default]
    Echo,
    /// A text by a person, with variables like `${data}`.
    Written(Composition),
    /// A message with these values of fields, by their paths; those that begin with `=` are
    /// computed from the request.
    Fields(BTreeMap<String, String>),
    /// The answer of a Modbus device, RTU or TCP. Until a client writes to it, a register holds
    /// its own address and a coil is off.
    Modbus,
    /// The same for a device that begins with values of its own.
    ModbusDevice(DeviceSettings),
    /// The answer of a time server (RFC 5905).
    Ntp,
    /// This address for every name (RFC 1035).
    Dns(String),
    /// A small file, one block for each acknowledgement (RFC 1350).
    Tftp,
}

impl ReplyContent {
    /// Compiles it.
    ///
    /// # Errors
    /// The mistake in it.
    pub fn compile(&self, context: &RuleContext) -> Result<PreparedPayload, RuleProblem> {
        let charset = context.charset;
        Ok(match self {
            Self::Echo => PreparedPayload::Echo,
            Self::Written(composition) => {
                let reply = |charset| composition.reply(charset).map_err(RuleProblem::Bytes);
                let same = composition.text.is_ascii() && !composition.escapes;
                PreparedPayload::Written {
                    message: reply(charset.unwrap_or_default())?,
                    gbk: match charset {
                        None if !same => reply(Charset::Gb18030).ok().map(Box::new),
                        _ => None,
                    },
                }
            }
            Self::Fields(fields) => {
                let described = context.described.as_ref();
                let described = described.ok_or(RuleProblem::NoDescription)?;
                let message = described.reply(fields);
                PreparedPayload::Written {
                    message: message.map_err(|mistake| RuleProblem::Field(mistake.into()))?,
                    gbk: None,
                }
            }
            Self::Modbus => PreparedPayload::Modbus(Arc::default()),
            Self::ModbusDevice(settings) => {
                let device = settings.device().map_err(RuleProblem::Register)?;
                PreparedPayload::Modbus(Arc::new(device))
            }
            Self::Ntp => PreparedPayload::Ntp,
            Self::Dns(text) => {
                let address = text.trim().parse();
                PreparedPayload::Dns(address.map_err(|_| RuleProblem::Address(text.clone()))?)
            }
            Self::Tftp => PreparedPayload::Tftp,
        })
    }
}

/// A compiled reply, to be completed when it is sent.
#[derive(Clone, Debug)]
pub enum PreparedPayload {
    Echo,
    /// A text, or a message of the description.
    Written {
        message: Message,
        /// The same message in GBK, if no encoding was chosen and the text depends on it: for
        /// requests in GBK.
        gbk: Option<Box<Message>>,
    },
    /// The device as it begins. A session keeps what is written to it.
    Modbus(Arc<Device>),
    Ntp,
    Dns(Ipv4Addr),
    Tftp,
}

impl PreparedPayload {
    /// The highest number of a group of the rule's regular expression that it quotes.
    pub(super) fn highest_group(&self) -> Option<usize> {
        match self {
            Self::Written { message, .. } => message.highest_group(),
            _ => None,
        }
    }

    /// The bytes of the reply, at `micros` microseconds since 1970. Bytes that vary each time
    /// are at most `limit`. A request may change the device in `devices` that answers it. There
    /// may be no reply, if the message is not a request of the protocol.
    ///
    /// # Errors
    /// If there are too few bytes for the checksum, or more than `limit`; or a field that cannot
    /// have its value.
    pub fn bytes(
        &self,
        moment: &TemplateContext<'_>,
        micros: i64,
        limit: usize,
        random: &mut fastrand::Rng,
        devices: &mut Devices,
    ) -> Result<Replies, NotComposed> {
        let data = moment.request.data;
        Ok(match self {
            Self::Echo => Replies::from(Arc::<[u8]>::from(data)),
            Self::Written { message, gbk } => {
                let asked = |_: &&Message| Reading::of(data) == Reading::Text(Charset::Gb18030);
                let message = gbk.as_deref().filter(asked).unwrap_or(message);
                message.render(moment, limit, random)?.into()
            }
            Self::Modbus(device) => devices.answer(device, data),
            Self::Ntp => answer::ntp::answer(data, micros).into(),
            Self::Dns(address) => answer::dns::answer(data, *address, moment.request.stream),
            Self::Tftp => answer::tftp::answer(data).into(),
        })
    }

    /// Whether it has variables, or values that are computed.
    pub fn is_written(&self) -> bool {
        match self {
            Self::Written { message, .. } => message.fixed().is_none(),
            _ => false,
        }
    }
}

/// A compiled [`RuleAction`].
#[derive(Clone, Debug)]
pub struct PreparedAction {
    pub kind: PreparedActionKind,
    pub delay: Duration,
    pub jitter: Duration,
}

/// A compiled [`ActionKind`].
#[derive(Clone, Debug)]
pub enum PreparedActionKind {
    Reply {
        answer: PreparedPayload,
        to: Option<String>,
    },
    Edit(PreparedPayload),
    Drop,
    Hold,
    Close,
    Reset,
}

impl PreparedAction {
    /// The reply that it sends or passes on.
    fn payload(&self) -> Option<&PreparedPayload> {
        match &self.kind {
            PreparedActionKind::Reply { answer, .. } | PreparedActionKind::Edit(answer) => {
                Some(answer)
            }
            _ => None,
        }
    }

    /// The Modbus device that answers, as it begins.
    pub(super) fn modbus_device(&self) -> Option<&Arc<Device>> {
        match self.payload()? {
            PreparedPayload::Modbus(device) => Some(device),
            _ => None,
        }
    }

    /// The same, if the condition's expression has the groups that it quotes; `most` is the number
    /// of the last one.
    ///
    /// # Errors
    /// [`RuleProblem::NoGroup`] otherwise.
    pub(super) fn with_groups(self, most: Option<usize>) -> Result<Self, RuleProblem> {
        match self.payload().and_then(PreparedPayload::highest_group) {
            Some(group) if most.is_none_or(|most| group > most) => {
                Err(RuleProblem::NoGroup { group, most })
            }
            _ => Ok(self),
        }
    }
}

impl RuleAction {
    /// The mistake in it.
    pub fn problem(&self, context: &RuleContext) -> Option<RuleProblem> {
        self.compile(context).err()
    }

    /// Compiles it.
    ///
    /// # Errors
    /// The mistake in it.
    pub(super) fn compile(&self, context: &RuleContext) -> Result<PreparedAction, RuleProblem> {
        if self.delay.max(self.jitter) > LONGEST_DELAY {
            return Err(RuleProblem::Delay);
        }
        let kind = match &self.kind {
            ActionKind::Reply { what, to } => PreparedActionKind::Reply {
                answer: what.compile(context)?,
                to: to.clone(),
            },
            ActionKind::Edit(what) => PreparedActionKind::Edit(what.compile(context)?),
            ActionKind::Drop => PreparedActionKind::Drop,
            ActionKind::Hold => PreparedActionKind::Hold,
            ActionKind::Close => PreparedActionKind::Close,
            ActionKind::Reset => PreparedActionKind::Reset,
        };
        Ok(PreparedAction {
            kind,
            delay: Duration::from_millis(self.delay.into()),
            jitter: Duration::from_millis(self.jitter.into()),
        })
    }
}

impl PreparedAction {
    /// The delay for this time: `delay` ± a random part of `jitter`, at least 0.
    pub fn wait(&self, random: &mut fastrand::Rng) -> Duration {
        if self.jitter.is_zero() {
            return self.delay;
        }
        let jitter = self.jitter.as_secs_f64() * (2.0 * random.f64() - 1.0);
        let seconds = (self.delay.as_secs_f64() + jitter).max(0.0);
        Duration::try_from_secs_f64(seconds).unwrap_or(self.delay)
    }
}
