//! The steps of a scenario.

use super::load::{FloodStep, ImpairStep, RulesStep};
use crate::cli::pattern::{self, Expectation};
use crate::cli::values;
use crate::config::{ArgumentMistake, Span, ValueMistake};
use crate::payload::charset::Charset;
use crate::payload::checksum::Checksum;
use crate::payload::hex;
use crate::payload::message::Message;
use serde::Deserialize;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Characters of what is sent that stand in a report.
const SHOWN: usize = 60;

/// What happens next. Sessions and programs go by their names.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Step {
    /// Sends, and waits until the kernel took it.
    Send(SendStep),
    /// Waits until this comes.
    Expect(ExpectStep),
    /// Waits this long.
    Wait(Span),
    /// What was counted so far.
    Assert(AssertStep),
    /// Has a session follow these rules from now on, instead of any others.
    Rules(RulesStep),
    /// Has a session a network as bad as this from now on, or a good one again.
    Impair(ImpairStep),
    /// Sends a load of numbered messages, and waits until it is sent.
    Flood(FloodStep),
    /// Ends a session.
    Close(String),
    /// Types a line into a program. Addresses in it may speak of sessions: `{server.port}`.
    Type { program: String, line: String },
    /// Waits until a program prints a line like this, be it on its standard error.
    Prints(Prints),
}

#[derive(Debug, Deserialize)]
#[serde(try_from = "WrittenSend")]
#[serde(rename = "Send")]
pub struct SendStep {
    pub session: String,
    /// A name, an address or a port of this machine; without it the last that sent a datagram, the server, or all
    /// clients.
    pub to: Option<String>,
    pub message: Arc<Message>,
    /// How long there may be nobody to send to.
    pub within: Span,
}

#[derive(Debug, Deserialize)]
#[serde(try_from = "WrittenExpect")]
#[serde(rename = "Expect")]
pub struct ExpectStep {
    pub session: String,
    pub what: Expected,
    pub within: Span,
    /// A name, an address or a port of this machine; without it, anybody.
    pub from: Option<String>,
}

#[derive(Debug)]
pub enum Expected {
    Pattern(Expectation),
    /// So many datagrams, or bytes of a stream.
    Count(usize),
}

/// Rows counted since the session was opened: datagrams, or reads and writes. What is still
/// on its way has a second to arrive.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[serde(rename = "Assert")]
pub struct AssertStep {
    pub session: String,
    pub received: Option<u64>,
    pub sent: Option<u64>,
    /// Datagrams the kernel dropped because the receive buffer was full.
    pub lost: Option<u64>,
    /// Datagrams that its bad network lost on purpose, both ways.
    pub dropped_on_purpose: Option<u64>,
    /// Replies sent by rule since it has its rules, and those the limits did not allow.
    pub answered: Option<u64>,
    pub refused: Option<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(try_from = "WrittenPrints")]
pub struct Prints {
    pub program: String,
    pub pattern: Expectation,
    pub within: Span,
}

/// `Send` as it is written: one of `text` and `hex`, and what is appended.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenSend {
    session: String,
    to: Option<String>,
    text: Option<String>,
    hex: Option<String>,
    checksum: Option<String>,
    #[serde(default = "two_seconds")]
    within: Span,
}

/// `Expect` as it is written: one of five, and what has to stand behind all but a count.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenExpect {
    session: String,
    exact: Option<String>,
    contains: Option<String>,
    regex: Option<String>,
    hex: Option<String>,
    count: Option<usize>,
    checksum: Option<String>,
    #[serde(default = "two_seconds")]
    within: Span,
    from: Option<String>,
}

/// `Prints` as it is written: one of three, about one line.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPrints {
    program: String,
    exact: Option<String>,
    contains: Option<String>,
    regex: Option<String>,
    #[serde(default = "two_seconds")]
    within: Span,
}

impl Step {
    /// The session that sends in this step.
    pub fn sender(&self) -> Option<&str> {
        match self {
            Self::Send(send) => Some(&send.session),
            Self::Flood(flood) => Some(&flood.session),
            _ => None,
        }
    }
}

impl fmt::Display for Step {
    /// In a few words that are the same in every language, safe to print; with `#`, for JSON.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let json = f.alternate();
        match self {
            Self::Send(send) => {
                let bytes = send
                    .message
                    .fixed()
                    .map(|bytes| pattern::shown(bytes, json));
                let bytes = bytes.unwrap_or_default();
                let text: String = bytes.chars().take(SHOWN).collect();
                let rest = if text.len() < bytes.len() { "…" } else { "" };
                write!(f, "Send {} “{text}{rest}”", send.session)
            }
            Self::Expect(expect) => match &expect.what {
                Expected::Pattern(pattern) => {
                    write!(f, "Expect {} {}", expect.session, pattern.shown(json))
                }
                Expected::Count(count) => write!(f, "Expect {} count {count}", expect.session),
            },
            Self::Wait(span) => write!(f, "Wait {span}"),
            Self::Assert(assert) => write!(f, "Assert {}", assert.session),
            Self::Rules(rules) => write!(f, "Rules {}", rules.session),
            Self::Impair(impair) => write!(f, "Impair {}", impair.session),
            Self::Flood(flood) => {
                write!(
                    f,
                    "Flood {} {} × {} B",
                    flood.session, flood.count, flood.size
                )
            }
            Self::Close(session) => write!(f, "Close {session}"),
            Self::Type { program, line } => {
                let line = pattern::shown(line.as_bytes(), json);
                write!(f, "Type {program} “{line}”")
            }
            Self::Prints(prints) => {
                write!(
                    f,
                    "Prints {} {}",
                    prints.program,
                    prints.pattern.shown(json)
                )
            }
        }
    }
}

impl TryFrom<WrittenSend> for SendStep {
    type Error = ValueMistake;

    fn try_from(written: WrittenSend) -> Result<Self, ValueMistake> {
        let mut bytes = match (written.text, written.hex) {
            (Some(text), None) => text.into_bytes(),
            (None, Some(digits)) => hex::parse(&digits).map_err(ValueMistake::Hex)?,
            _ => return Err(ValueMistake::one_of("Send", &["text", "hex"])),
        };
        if let Some(name) = &written.checksum {
            // It covers all bytes, however few they are.
            let value = checksum(name)?.of(&bytes);
            bytes.extend(value.unwrap_or_default());
        }
        Ok(Self {
            session: written.session,
            to: written.to,
            message: Arc::new(Message::from(Arc::from(bytes))),
            within: written.within,
        })
    }
}

impl TryFrom<WrittenExpect> for ExpectStep {
    type Error = ValueMistake;

    fn try_from(written: WrittenExpect) -> Result<Self, ValueMistake> {
        let WrittenExpect {
            exact,
            contains,
            regex,
            hex,
            count,
            ..
        } = written;
        let sum = written.checksum.as_deref().map(checksum).transpose()?;
        let what = match (pattern(exact, contains, regex, hex)?.as_slice(), count) {
            ([pattern], None) => Expected::Pattern(match sum {
                Some(sum) => pattern.clone().checked(sum),
                None => pattern.clone(),
            }),
            ([], Some(_)) if sum.is_some() => {
                return Err(ValueMistake::ChecksumOfCount);
            }
            ([], Some(count)) => Expected::Count(count),
            _ => {
                let fields = ["exact", "contains", "regex", "hex", "count"];
                return Err(ValueMistake::one_of("Expect", &fields));
            }
        };
        Ok(Self {
            session: written.session,
            what,
            within: written.within,
            from: written.from,
        })
    }
}

impl TryFrom<WrittenPrints> for Prints {
    type Error = ValueMistake;

    fn try_from(written: WrittenPrints) -> Result<Self, ValueMistake> {
        let patterns = pattern(written.exact, written.contains, written.regex, None)?;
        let [pattern] = patterns.as_slice() else {
            return Err(ValueMistake::one_of(
                "Prints",
                &["exact", "contains", "regex"],
            ));
        };
        Ok(Self {
            program: written.program,
            pattern: pattern.clone(),
            within: written.within,
        })
    }
}

/// Those that are given.
fn pattern(
    exact: Option<String>,
    contains: Option<String>,
    regex: Option<String>,
    hex: Option<String>,
) -> Result<Vec<Expectation>, ValueMistake> {
    // What reads as this text is it, whichever way its sender encodes it.
    let gbk = |text: &str| Some(Charset::Gb18030.encode(text).ok()?.into_owned());
    let regex = regex.as_deref();
    let regex = regex.map(|text| Expectation::regex(text, None)).transpose();
    let hex = hex.as_deref().map(Expectation::hex).transpose();
    let given = [
        exact.map(|text| Expectation::exact(text.as_bytes()).or_gbk(gbk(&text))),
        contains.map(|text| {
            let bytes = gbk(&text);
            Expectation::Part(text.into_bytes()).or_gbk(bytes)
        }),
        regex.map_err(ValueMistake::Regex)?,
        hex.map_err(ValueMistake::Hex)?,
    ];
    Ok(given.into_iter().flatten().collect())
}

/// The checksum of this name, as templates have it.
fn checksum(name: &str) -> Result<Checksum, ValueMistake> {
    Checksum::named(name).ok_or_else(|| {
        let known = match values::sum(name) {
            Err(ArgumentMistake::Checksum { known }) => known,
            _ => Vec::new(),
        };
        let known = known.into_iter().map(str::to_owned).collect();
        ValueMistake::Checksum { known }
    })
}

fn two_seconds() -> Span {
    Span(Duration::from_secs(2))
}

#[cfg(test)]
mod tests {
    use crate::cli::scenario::file::Scenario;

    #[test]
    fn one_of_several_is_needed() {
        let wrong = [
            (r#"Send(session: "a")"#, "one of `text`, `hex`"),
            (
                r#"Send(session: "a", text: "", hex: "")"#,
                "one of `text`, `hex`",
            ),
            (r#"Send(session: "a", hex: "4g")"#, "hexadecimal"),
            (r#"Send(session: "a", txt: "")"#, "txt"),
            (r#"Expect(session: "a")"#, "one of `exact`"),
            (
                r#"Expect(session: "a", exact: "", count: 1)"#,
                "one of `exact`",
            ),
            (r#"Expect(session: "a", regex: "(")"#, "regular expression"),
            (
                r#"Send(session: "a", text: "", checksum: "crc-16")"#,
                "CRC-16/MODBUS, ",
            ),
            (
                r#"Expect(session: "a", count: 1, checksum: "modbus")"#,
                "`count`",
            ),
            (r#"Prints(program: "a")"#, "one of `exact`"),
            (r#"Assert(session: "a", recieved: 1)"#, "recieved"),
            (r#"Rules(session: "a", ruls: [])"#, "ruls"),
            (
                r#"Rules(session: "a", rules: [(whn: Always)])"#,
                "no field `steps.0",
            ),
            (
                r#"Rules(session: "a", rules: [(name: "x", when: Every(0))])"#,
                "rule 1 “x”",
            ),
            (
                r#"Impair(session: "a", conditions: (outgoing: (datagrams: (duplicate: 101))))"#,
                "100",
            ),
            (r#"Flood(session: "a", count: 1, size: 19)"#, "20 to"),
            (r#"Flood(session: "a", count: 1, rate: 0)"#, "more than 0"),
        ];
        for (step, said) in wrong {
            let text = format!("(sessions: {{}}, steps: [\n{step}])");
            let error = Scenario::read(&text).expect_err(step).to_string();
            assert!(error.starts_with("2:") && error.contains(said), "{error}");
        }
    }
}
