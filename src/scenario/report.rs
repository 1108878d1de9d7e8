//! The lines that `netpeer run --json` prints.

use crate::config::{SessionConfig, shell_quoted};
use crate::kind::Kind;
use crate::peer::Peer;
use serde::{Deserialize, Serialize};

/// Any of the lines.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Line {
    Outline(Outline),
    Step(Step),
    End(End),
}

impl Line {
    /// A line as it was printed; `None` if it is none.
    pub fn read(line: &str) -> Option<Self> {
        serde_json::from_str(line).ok()
    }
}

/// What a scenario is to do: the only line of `--dry-run`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outline {
    /// The longest time it may take: `60s`.
    pub within: String,
    pub sessions: Vec<Session>,
    pub programs: Vec<Program>,
    /// The steps in short.
    pub steps: Vec<String>,
}

/// A session to be opened. Addresses are as the file writes them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Session {
    pub name: String,
    pub kind: Kind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bind: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// All of it, unless an address is known only when the scenario is played.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config: Option<SessionConfig>,
}

/// A program to be started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Program {
    pub name: String,
    /// The program and its arguments, addresses by name in braces: `{server.port}`.
    pub run: Vec<String>,
}

impl Program {
    /// What is started, as a POSIX shell reads it.
    pub fn line(&self) -> String {
        let words = self.run.iter().map(|word| shell_quoted(word));
        words.collect::<Vec<_>>().join(" ")
    }
}

impl Session {
    /// Its addresses, each behind the name of its field: `bind 127.0.0.1:0 to {server}`.
    pub fn addresses(&self) -> String {
        let fields = [("bind", &self.bind), ("from", &self.from), ("to", &self.to)];
        let given = fields.into_iter();
        let given =
            given.filter_map(|(field, address)| Some(format!("{field} {}", address.as_ref()?)));
        given.collect::<Vec<_>>().join(" ")
    }
}

/// How a step went, printed when it is over.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Step {
    /// Counted from 1.
    pub step: usize,
    /// The step in short.
    pub what: String,
    pub passed: bool,
    /// Why it did not pass.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub said: String,
    /// What came instead of what was expected.
    #[serde(skip_deserializing, skip_serializing_if = "Vec::is_empty")]
    pub instead: Vec<Received>,
    /// What else failed meanwhile, in whatever session.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Received {
    pub from: Peer,
    /// Two lower-case digits a byte.
    pub hex: String,
}

/// The last line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    pub passed: bool,
    /// How many steps there are, and how many of them failed.
    pub steps: usize,
    pub failed: usize,
    /// How many it did not come to.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub not_played: usize,
    /// Why the scenario could not be played, or not to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

fn is_zero(count: &usize) -> bool {
    *count == 0
}

impl End {
    /// Why it could not be played, or not to its end, without the program's name before it.
    pub fn reason(&self) -> Option<&str> {
        let error = self.error.as_deref()?;
        Some(error.strip_prefix("netpeer: ").unwrap_or(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_said_with_the_addresses_it_has() {
        let session = Session {
            name: "near".into(),
            kind: Kind::RelayUdp,
            bind: Some("127.0.0.1:0".into()),
            from: None,
            to: Some("{far}".into()),
            config: None,
        };
        assert_eq!(session.addresses(), "bind 127.0.0.1:0 to {far}");
    }

    #[test]
    fn each_line_is_told_apart_from_the_others() {
        let outline =
            Line::read(r#"{"within":"60s","sessions":[],"programs":[],"steps":["Wait 1s"]}"#);
        assert!(matches!(outline, Some(Line::Outline(_))), "{outline:?}");
        let step = Line::read(r#"{"step":1,"what":"Wait 1s","passed":true}"#);
        assert!(matches!(step, Some(Line::Step(_))), "{step:?}");
        let end = Line::read(r#"{"passed":true,"steps":1,"failed":0}"#);
        assert!(matches!(end, Some(Line::End(_))), "{end:?}");
        assert!(Line::read("nonsense").is_none());
    }

    #[test]
    fn a_step_is_read_back_without_what_came_instead() {
        let step = Step {
            step: 2,
            what: "Expect a “x”".into(),
            passed: false,
            said: "Nothing came.".into(),
            instead: vec![Received {
                from: Peer::unnamed(),
                hex: "6f6b".into(),
            }],
            remarks: Vec::new(),
        };
        let line = serde_json::to_string(&step).unwrap();
        assert!(line.contains("6f6b") && !line.contains("remarks"), "{line}");
        let read: Step = serde_json::from_str(&line).unwrap();
        assert_eq!((read.step, read.said), (2, step.said));
        assert!(read.instead.is_empty());
    }
}
