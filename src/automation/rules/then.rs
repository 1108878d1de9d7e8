//! What a rule does.

use super::mistake::Problem;
use crate::payload::answer;
use crate::payload::answer::Replies;
use crate::payload::answer::modbus::Registers;
use crate::payload::charset::Charset;
use crate::payload::composition::Composition;
use crate::payload::message::{Message, NotComposed};
use crate::payload::reading::Reading;
use crate::payload::template::Moment;
use serde::{Deserialize, Serialize};
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

/// The longest a rule may wait before it does something, in milliseconds: an hour.
pub const LONGEST_DELAY: u32 = 3_600_000;

/// Something a rule does, so long after it applied or after what it did before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Then {
    pub act: Act,
    /// Milliseconds.
    pub delay: u32,
    /// By at most so many milliseconds it is sooner or later, each time by another.
    pub jitter: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Act {
    /// Send something back, or to another address.
    Reply {
        what: What,
        /// `None` is whoever sent it.
        #[serde(default)]
        to: Option<String>,
    },
    /// In a relay: pass this on instead of what came.
    Edit(What),
    /// Nothing more happens to it: no later rule sees it, and a relay does not pass it on.
    Drop,
    /// In a relay: keep it until it is released by hand.
    Hold,
    /// Close the TCP connection once what was sent is out.
    Close,
    /// Reset the TCP connection (RST).
    Reset,
}

impl Default for Act {
    fn default() -> Self {
        Self::Reply {
            what: What::default(),
            to: None,
        }
    }
}

/// What is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum What {
    /// The bytes that came.
    #[default]
    Echo,
    /// What a person wrote, with variables like `${data}`.
    Written(Composition),
    /// What a Modbus device answers, RTU or TCP; each register holds its own address,
    /// until another value is written to it.
    Modbus,
    /// What a time server answers (RFC 5905).
    Ntp,
    /// This address for every name (RFC 1035).
    Dns(String),
    /// A small file, a block for each acknowledgement (RFC 1350).
    Tftp,
}

impl What {
    /// `charset` is the encoding that was chosen, if one was.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn compile(&self, charset: Option<Charset>) -> Result<Answer, Problem> {
        Ok(match self {
            Self::Echo => Answer::Echo,
            Self::Written(composition) => {
                let reply = |charset| composition.reply(charset).map_err(Problem::Bytes);
                let same = composition.text.is_ascii() && !composition.escapes;
                Answer::Written {
                    message: reply(charset.unwrap_or_default())?,
                    gbk: match charset {
                        None if !same => reply(Charset::Gb18030).ok(),
                        _ => None,
                    },
                }
            }
            Self::Modbus => Answer::Modbus(Arc::default()),
            Self::Ntp => Answer::Ntp,
            Self::Dns(text) => {
                let address = text.trim().parse();
                Answer::Dns(address.map_err(|_| Problem::Address(text.clone()))?)
            }
            Self::Tftp => Answer::Tftp,
        })
    }
}

/// Something to send that is ready to be completed.
#[derive(Clone, Debug)]
pub enum Answer {
    Echo,
    Written {
        message: Message,
        /// The same in GBK, where no encoding was chosen and its text is another there: for
        /// who asks in GBK.
        gbk: Option<Message>,
    },
    Modbus(Arc<Registers>),
    Ntp,
    Dns(Ipv4Addr),
    Tftp,
}

impl Answer {
    /// Its bytes, `micros` after 1970; those that are written anew each time are at most
    /// `limit`. What came may be no request of that kind.
    ///
    /// # Errors
    /// If they are too few for their checksum, or would be too many.
    pub fn bytes(
        &self,
        moment: &Moment<'_>,
        micros: i64,
        limit: usize,
        random: &mut fastrand::Rng,
    ) -> Result<Replies, NotComposed> {
        let data = moment.request.data;
        Ok(match self {
            Self::Echo => Replies::from(Arc::<[u8]>::from(data)),
            Self::Written { message, gbk } => {
                let asked = |_: &&Message| Reading::of(data) == Reading::Text(Charset::Gb18030);
                let message = gbk.as_ref().filter(asked).unwrap_or(message);
                message.render(moment, limit, random)?.into()
            }
            Self::Modbus(registers) => answer::modbus::either(data, registers),
            Self::Ntp => answer::ntp::answer(data, micros).into(),
            Self::Dns(address) => answer::dns::answer(data, *address, moment.request.stream),
            Self::Tftp => answer::tftp::answer(data).into(),
        })
    }

    /// Whether it is written with the circumstances of the moment.
    pub fn is_written(&self) -> bool {
        matches!(self, Self::Written { message, .. } if message.fixed().is_none())
    }
}

/// A [`Then`] that is ready to be done.
#[derive(Clone, Debug)]
pub struct Deed {
    pub act: Ready,
    pub delay: Duration,
    pub jitter: Duration,
}

/// An [`Act`] that is ready to be done.
#[derive(Clone, Debug)]
pub enum Ready {
    Reply { answer: Answer, to: Option<String> },
    Edit(Answer),
    Drop,
    Hold,
    Close,
    Reset,
}

impl Then {
    /// What is wrong with it.
    pub fn problem(&self, charset: Charset) -> Option<Problem> {
        self.compile(Some(charset)).err()
    }

    /// # Errors
    /// What is wrong with it.
    pub(super) fn compile(&self, charset: Option<Charset>) -> Result<Deed, Problem> {
        if self.delay.max(self.jitter) > LONGEST_DELAY {
            return Err(Problem::Delay);
        }
        let act = match &self.act {
            Act::Reply { what, to } => Ready::Reply {
                answer: what.compile(charset)?,
                to: to.clone(),
            },
            Act::Edit(what) => Ready::Edit(what.compile(charset)?),
            Act::Drop => Ready::Drop,
            Act::Hold => Ready::Hold,
            Act::Close => Ready::Close,
            Act::Reset => Ready::Reset,
        };
        Ok(Deed {
            act,
            delay: Duration::from_millis(self.delay.into()),
            jitter: Duration::from_millis(self.jitter.into()),
        })
    }
}

impl Deed {
    /// How long to wait this time.
    pub fn wait(&self, random: &mut fastrand::Rng) -> Duration {
        if self.jitter.is_zero() {
            return self.delay;
        }
        let jitter = self.jitter.as_secs_f64() * (2.0 * random.f64() - 1.0);
        let seconds = (self.delay.as_secs_f64() + jitter).max(0.0);
        Duration::try_from_secs_f64(seconds).unwrap_or(self.delay)
    }
}
