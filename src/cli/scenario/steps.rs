//! The steps of a scenario.

use super::load::{FloodStep, ImpairStep, RulesStep};
use super::sent_content::{SentContent, SentFields};
use crate::cli::fields_expectation::FieldsExpectation;
use crate::cli::pattern::{self, Expectation};
use crate::cli::values;
use crate::config::{ArgumentMistake, UnitDuration, ValueMistake};
use crate::payload::charset::Charset;
use crate::payload::checksum::Checksum;
use crate::payload::hex;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// The maximum number of characters of a message in a report.
const SHOWN: usize = 60;

/// A step. Sessions and programs are named.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Step {
    /// Sends a message, and waits until the kernel has accepted it.
    Send(SendStep),
    /// Waits for a message.
    Expect(ExpectStep),
    /// Waits for this time.
    Wait(UnitDuration),
    /// Compares counters with expected values.
    Assert(AssertStep),
    /// Replaces the rules of a session.
    Rules(RulesStep),
    /// Sets or disables the simulated network of a session.
    Impair(ImpairStep),
    /// Sends numbered messages, and waits until all are sent.
    Flood(FloodStep),
    /// Ends a session.
    Close(String),
    /// Types a line into a program. It may contain names in braces: `{server.port}`.
    Type { program: String, line: String },
    /// Waits until a program prints a matching line on either output.
    Prints(Prints),
}

/// Sends a message.
#[derive(Debug, Deserialize)]
#[serde(try_from = "WrittenSend")]
#[serde(rename = "Send")]
pub struct SendStep {
    pub session: String,
    /// A name, an address, or a port of this machine. The default is the last sender of a datagram,
    /// the server, or all clients.
    pub to: Option<String>,
    pub content: SentContent,
    /// The time limit for sending, including the wait for a peer.
    pub within: UnitDuration,
}

/// Waits for a message, or for a number of datagrams or bytes of a stream.
#[derive(Debug, Deserialize)]
#[serde(try_from = "WrittenExpect")]
#[serde(rename = "Expect")]
pub struct ExpectStep {
    pub session: String,
    pub what: ExpectCondition,
    pub within: UnitDuration,
    /// A name, an address, or a port of this machine; `None` is any peer.
    pub from: Option<String>,
}

/// The condition that a step waits for.
#[derive(Debug)]
pub enum ExpectCondition {
    Pattern(Expectation),
    /// A number of datagrams, or of bytes of a stream, which has no messages.
    Count(usize),
}

/// Expected numbers of rows since the session was opened: datagrams, or reads and writes. The step
/// waits up to a second for them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[serde(rename = "Assert")]
pub struct AssertStep {
    pub session: String,
    pub received: Option<u64>,
    pub sent: Option<u64>,
    /// Datagrams that the kernel dropped because the receive buffer was full.
    pub lost: Option<u64>,
    /// Datagrams that the simulated network dropped, in both directions.
    pub dropped_on_purpose: Option<u64>,
    /// Replies sent since the rules were set, and replies that the limits refused.
    pub answered: Option<u64>,
    pub refused: Option<u64>,
}

/// Waits for a printed line.
#[derive(Debug, Deserialize)]
#[serde(try_from = "WrittenPrints")]
pub struct Prints {
    pub program: String,
    pub pattern: Expectation,
    pub within: UnitDuration,
}

/// The fields of `Send` in the file: one of `text`, `hex` and `fields`, and an optional checksum,
/// which fields have themselves.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenSend {
    session: String,
    to: Option<String>,
    text: Option<String>,
    hex: Option<String>,
    fields: Option<BTreeMap<String, String>>,
    checksum: Option<String>,
    #[serde(default = "two_seconds")]
    within: UnitDuration,
}

/// The fields of `Expect` in the file: one of six conditions, and an optional checksum, which a
/// count cannot have.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenExpect {
    session: String,
    exact: Option<String>,
    contains: Option<String>,
    regex: Option<String>,
    hex: Option<String>,
    fields: Option<Vec<String>>,
    count: Option<usize>,
    checksum: Option<String>,
    #[serde(default = "two_seconds")]
    within: UnitDuration,
    from: Option<String>,
}

/// The fields of `Prints` in the file: one of three conditions on a line.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPrints {
    program: String,
    exact: Option<String>,
    contains: Option<String>,
    regex: Option<String>,
    #[serde(default = "two_seconds")]
    within: UnitDuration,
}

impl Step {
    /// The session that sends in this step, if any.
    pub fn sender(&self) -> Option<&str> {
        match self {
            Self::Send(send) => Some(&send.session),
            Self::Flood(flood) => Some(&flood.session),
            _ => None,
        }
    }
}

impl fmt::Display for Step {
    /// A short text, the same in every language, escaped for the terminal; with `#` unchanged, for
    /// JSON.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let json = f.alternate();
        match self {
            Self::Send(send) => {
                let whole = pattern::shown(&send.content.shown(), json);
                let text: String = whole.chars().take(SHOWN).collect();
                let rest = if text.len() < whole.len() { "…" } else { "" };
                write!(f, "Send {} “{text}{rest}”", send.session)
            }
            Self::Expect(expect) => match &expect.what {
                ExpectCondition::Pattern(pattern) => {
                    write!(f, "Expect {} {}", expect.session, pattern.shown(json))
                }
                ExpectCondition::Count(count) => {
                    write!(f, "Expect {} count {count}", expect.session)
                }
            },
            Self::Wait(duration) => write!(f, "Wait {duration}"),
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
        let sum = written.checksum.as_deref().map(checksum).transpose()?;
        let content = match (written.text, written.hex, written.fields) {
            (Some(text), None, None) => SentContent::bytes(text.into_bytes(), sum),
            (None, Some(digits), None) => {
                SentContent::bytes(hex::parse(&digits).map_err(ValueMistake::Hex)?, sum)
            }
            (None, None, Some(_)) if sum.is_some() => return Err(ValueMistake::ChecksumOfFields),
            (None, None, Some(fields)) => SentContent::Fields(SentFields::new(fields)),
            _ => return Err(ValueMistake::one_of("Send", &["text", "hex", "fields"])),
        };
        Ok(Self {
            session: written.session,
            to: written.to,
            content,
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
            fields,
            count,
            ..
        } = written;
        let sum = written.checksum.as_deref().map(checksum).transpose()?;
        let mut patterns = pattern(exact, contains, regex, hex)?;
        patterns.extend(fields.map(|words| Expectation::Fields(FieldsExpectation::new(words))));
        let what = match (patterns.as_slice(), count) {
            ([pattern], None) => ExpectCondition::Pattern(match sum {
                Some(sum) => pattern.clone().checked(sum),
                None => pattern.clone(),
            }),
            ([], Some(_)) if sum.is_some() => {
                return Err(ValueMistake::ChecksumOfCount);
            }
            ([], Some(count)) => ExpectCondition::Count(count),
            _ => {
                let fields = ["exact", "contains", "regex", "hex", "fields", "count"];
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

/// The conditions that are given.
fn pattern(
    exact: Option<String>,
    contains: Option<String>,
    regex: Option<String>,
    hex: Option<String>,
) -> Result<Vec<Expectation>, ValueMistake> {
    // A text matches in UTF-8 and in GBK, whichever encoding its sender uses.
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

/// The checksum of this name, in its default byte order as in templates.
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

fn two_seconds() -> UnitDuration {
    UnitDuration(Duration::from_secs(2))
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
            (
                r#"Send(session: "a", fields: {}, text: "")"#,
                "`hex`, `fields`",
            ),
            (
                r#"Send(session: "a", fields: {}, checksum: "modbus")"#,
                "`checksum` has no place beside `fields`",
            ),
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
        for (step, message) in wrong {
            let text = format!("(sessions: {{}}, steps: [\n{step}])");
            let error = Scenario::read(&text).expect_err(step).to_string();
            assert!(
                error.starts_with("2:") && error.contains(message),
                "{error}"
            );
        }
    }
}
