//! The report of `netpeer run --json`: one JSON object a line.

use crate::config::{SessionConfig, shell_quoted};
use crate::kind::SessionKind;
use crate::peer::Peer;
use serde::{Deserialize, Serialize};

/// A line of the report.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum ReportLine {
    Outline(Outline),
    Step(ReportedStep),
    End(OverallResult),
}

impl ReportLine {
    /// Parses a printed line; `None` if it is not part of a report.
    pub fn read(line: &str) -> Option<Self> {
        serde_json::from_str(line).ok()
    }
}

/// The outline of a scenario: the only line of `--dry-run`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outline {
    /// The time limit of the whole scenario: `60s`.
    pub within: String,
    pub sessions: Vec<ReportedSession>,
    pub programs: Vec<ReportedProgram>,
    /// A short text of each step.
    pub steps: Vec<String>,
}

/// A session that the scenario opens. Addresses are as in the file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReportedSession {
    pub name: String,
    pub kind: SessionKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bind: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Its configuration; `None` if an address is known only when the scenario runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config: Option<SessionConfig>,
}

/// A program that the scenario starts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportedProgram {
    pub name: String,
    /// The program and its arguments. Addresses are names in braces: `{server.port}`.
    pub run: Vec<String>,
}

impl ReportedProgram {
    /// The command line, quoted for the shells of this system.
    pub fn line(&self) -> String {
        let words = self.run.iter().map(|word| shell_quoted(word));
        words.collect::<Vec<_>>().join(" ")
    }
}

impl ReportedSession {
    /// Its addresses, each after the name of its field: `bind 127.0.0.1:0 to {server}`.
    pub fn addresses(&self) -> String {
        let fields = [("bind", &self.bind), ("from", &self.from), ("to", &self.to)];
        let given = fields.into_iter();
        let given =
            given.filter_map(|(field, address)| Some(format!("{field} {}", address.as_ref()?)));
        given.collect::<Vec<_>>().join(" ")
    }
}

/// The result of a step, printed when it has ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReportedStep {
    /// The number of the step, from 1.
    pub step: usize,
    /// A short text of the step.
    pub what: String,
    pub passed: bool,
    /// Why the step failed; empty if it passed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[serde(rename = "said")]
    pub message: String,
    /// The messages received instead of the expected one.
    #[serde(skip_deserializing, skip_serializing_if = "Vec::is_empty")]
    pub instead: Vec<Received>,
    /// Failures during the step, in any session.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<String>,
}

/// A received message and its sender.
#[derive(Clone, Debug, Serialize)]
pub struct Received {
    pub from: Peer,
    /// Two lower-case digits a byte.
    pub hex: String,
}

/// The last line of the report: the overall result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverallResult {
    pub passed: bool,
    /// The number of steps, and how many of them failed.
    pub steps: usize,
    pub failed: usize,
    /// The number of steps that did not run.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub not_played: usize,
    /// Why the scenario could not run, or not to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

fn is_zero(count: &usize) -> bool {
    *count == 0
}

impl OverallResult {
    /// Why the scenario could not run, or not to its end, without the prefix `netpeer: `.
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
        let session = ReportedSession {
            name: "near".into(),
            kind: SessionKind::RelayUdp,
            bind: Some("127.0.0.1:0".into()),
            from: None,
            to: Some("{far}".into()),
            config: None,
        };
        assert_eq!(session.addresses(), "bind 127.0.0.1:0 to {far}");
    }

    #[test]
    fn the_book_names_every_field_of_a_line() {
        use crate::config::ron_file::all_names;
        let pages = [
            include_str!("../../docs/en/scenarios.md"),
            include_str!("../../docs/zh/scenarios.md"),
        ];
        let results = all_names::<ReportedStep>()
            .into_iter()
            .chain(all_names::<OverallResult>());
        for name in results.chain(["instead", "from", "hex", "sessions", "programs"]) {
            let name = format!("`{name}`");
            assert!(pages.iter().all(|page| page.contains(&name)), "{name}");
        }
    }

    #[test]
    fn each_line_is_recognised() {
        let outline =
            ReportLine::read(r#"{"within":"60s","sessions":[],"programs":[],"steps":["Wait 1s"]}"#);
        assert!(
            matches!(outline, Some(ReportLine::Outline(_))),
            "{outline:?}"
        );
        let step = ReportLine::read(r#"{"step":1,"what":"Wait 1s","passed":true}"#);
        assert!(matches!(step, Some(ReportLine::Step(_))), "{step:?}");
        let end = ReportLine::read(r#"{"passed":true,"steps":1,"failed":0}"#);
        assert!(matches!(end, Some(ReportLine::End(_))), "{end:?}");
        assert!(ReportLine::read("nonsense").is_none());
    }

    #[test]
    fn a_step_is_read_back_without_what_came_instead() {
        let step = ReportedStep {
            step: 2,
            what: "Expect a “x”".into(),
            passed: false,
            message: "Nothing came.".into(),
            instead: vec![Received {
                from: Peer::unnamed(),
                hex: "6f6b".into(),
            }],
            remarks: Vec::new(),
        };
        let line = serde_json::to_string(&step).unwrap();
        assert!(line.contains("6f6b") && !line.contains("remarks"), "{line}");
        let read: ReportedStep = serde_json::from_str(&line).unwrap();
        assert_eq!((read.step, read.message), (2, step.message));
        assert!(read.instead.is_empty());
    }
}
