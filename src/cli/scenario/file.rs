//! The file format of scenarios.

use super::names::{self, NamedAddresses};
use super::sent_content::SentContent;
use super::session::{ScenarioSession, SetupMistake};
use super::steps::{ExpectCondition, ExpectStep, SendStep, Step};
use crate::automation::rules::RuleProblem;
use crate::cli::pattern::Expectation;
use crate::config::session::ConfigMistake;
use crate::config::{FileMistake, RonProblem, UnitDuration, ValueMistake, ron_file};
use crate::course::Exercise;
use crate::engine::Transport;
use crate::payload::regular;
use crate::peer::Peer;
use crate::scenario::report;
use regex::Regex;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// A scenario file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// The time limit of the whole scenario.
    #[serde(default = "a_minute")]
    pub within: UnitDuration,
    /// The task, where the scenario is an exercise of a course.
    pub exercise: Option<Exercise>,
    pub sessions: OrderedMap<ScenarioSession>,
    #[serde(default)]
    pub programs: Vec<ScenarioProgram>,
    pub steps: Vec<Step>,
}

/// A program that takes part; it ends with the scenario.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[serde(rename = "Program")]
pub struct ScenarioProgram {
    #[serde(deserialize_with = "names::name")]
    pub name: String,
    /// The program and its arguments.
    #[serde(deserialize_with = "words")]
    pub run: Vec<String>,
    /// A regular expression for the line, on either output, in which the program prints its
    /// address. Its first group is the address, or a port alone, that `{name}` stands for. The
    /// program counts as started once it has printed the line.
    #[serde(default, deserialize_with = "address")]
    pub address: Option<Regex>,
    /// Variables of its environment, which may contain names in braces.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// The kind of the port that the program binds. A free port is chosen for it, and `{name}`
    /// stands for the address from the start, also in its own arguments and variables. The
    /// program counts as started once the port is bound.
    pub port: Option<ProgramPort>,
    /// The time limit for that line, or for that port.
    #[serde(default = "ten_seconds")]
    pub within: UnitDuration,
}

/// The kind of a port that a program binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum ProgramPort {
    Udp,
    Tcp,
}

#[derive(Deserialize)]
#[serde(transparent)]
struct SessionName(#[serde(deserialize_with = "names::name")] String);

/// A map that keeps the order of the file.
#[derive(Debug)]
pub struct OrderedMap<T>(pub Vec<(String, T)>);

impl ProgramPort {
    pub fn transport(self) -> Transport {
        match self {
            Self::Udp => Transport::Udp,
            Self::Tcp => Transport::Tcp,
        }
    }
}

impl ScenarioProgram {
    /// The texts that may contain names in braces.
    pub fn places(&self) -> impl Iterator<Item = &str> {
        let texts = self.run.iter().chain(self.env.values());
        texts.map(String::as_str)
    }
}

impl Scenario {
    /// Reads a scenario and checks its values.
    ///
    /// # Errors
    /// The first error, with its position.
    pub fn read(text: &str) -> Result<Self, FileMistake> {
        let mut scenario: Self = ron_file::parse_scenario(text)?;
        for (name, session) in &mut scenario.sessions.0 {
            session.read_description(text, &format!("sessions.{name}.describe"))?;
            // Rules name fields of the description.
            session.compile(text, &format!("sessions.{name}.rules."))?;
        }
        let sessions = &scenario.sessions.0;
        for (at, step) in scenario.steps.iter_mut().enumerate() {
            let described = |name: &str| {
                let (_, session) = sessions.iter().find(|(known, _)| known == name)?;
                session.described()
            };
            let fields = format!("steps.{at}.fields");
            let wrong = |path: &str, problem| {
                let ways = [
                    format!("{fields}.{path}"),
                    fields.clone(),
                    format!("steps.{at}"),
                ];
                ron_file::mistake_in(text, &ways, problem)
            };
            match step {
                Step::Expect(ExpectStep {
                    session,
                    what: ExpectCondition::Pattern(Expectation::Fields(tests)),
                    ..
                }) => tests
                    .bind(described(session.as_str()).as_ref())
                    .map_err(|problem| wrong("", RonProblem::Field(problem)))?,
                Step::Send(SendStep {
                    session,
                    content: SentContent::Fields(values),
                    ..
                }) => values
                    .bind(described(session.as_str()).as_ref())
                    .map_err(|mistake| {
                        let path = mistake.path().to_owned();
                        wrong(&path, mistake.into())
                    })?,
                _ => {}
            }
        }
        let fixed = scenario.fixed();
        for (name, session) in &scenario.sessions.0 {
            let (field, problem) = match session.config(&fixed) {
                Err(SetupMistake::Config(mistakes)) => {
                    let Some(ConfigMistake { field, problem }) = mistakes.into_iter().next() else {
                        continue;
                    };
                    let field = session.name_of(field);
                    (field, RonProblem::Config { field, problem })
                }
                Err(SetupMistake::Argument(field, mistake)) => {
                    (field, RonProblem::Address { field, mistake })
                }
                // Addresses that refer to other sessions are resolved when those are open.
                Ok(_) | Err(SetupMistake::Nowhere(_)) => continue,
            };
            let way = format!("sessions.{name}");
            let ways = [format!("{way}.{field}"), way];
            return Err(ron_file::mistake_in(text, &ways, problem));
        }
        if scenario.steps.is_empty() {
            let problem = RonProblem::Value(ValueMistake::NoSteps);
            return Err(ron_file::mistake_in(text, &["steps".to_owned()], problem));
        }
        Ok(scenario)
    }

    /// The outline. The texts of steps are escaped for the terminal, with `json` unchanged.
    pub fn outline(&self, json: bool) -> report::Outline {
        let fixed = self.fixed();
        let sessions = self.sessions.0.iter();
        let sessions = sessions.map(|(name, session)| session.outline(name, &fixed));
        let programs = self.programs.iter().map(|program| report::ReportedProgram {
            name: program.name.clone(),
            run: program.run.clone(),
        });
        let steps = self.steps.iter().map(|step| match json {
            true => format!("{step:#}"),
            false => step.to_string(),
        });
        report::Outline {
            within: self.within.to_string(),
            sessions: sessions.collect(),
            programs: programs.collect(),
            steps: steps.collect(),
        }
    }

    /// The local addresses of sessions that the file itself states.
    fn fixed(&self) -> NamedAddresses {
        let mut fixed = NamedAddresses::default();
        for (name, session) in &self.sessions.0 {
            let config = session.written(&fixed).ok();
            let local = config.and_then(|config| config.local);
            // Port 0 lets the system choose.
            let chosen = |local: &Peer| local.address().is_some_and(|local| local.port() == 0);
            if let Some(local) = local.filter(|local| !chosen(local)) {
                fixed.0.insert(name.clone(), local);
            }
        }
        fixed
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OrderedMap<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder<T>(std::marker::PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for InOrder<T> {
            type Value = OrderedMap<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map of names")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<OrderedMap<T>, A::Error> {
                let mut entries: Vec<(String, T)> = Vec::new();
                while let Some(SessionName(name)) = map.next_key()? {
                    if entries.iter().any(|(other, _)| *other == name) {
                        return Err(A::Error::custom(ValueMistake::Repeated(name)));
                    }
                    entries.push((name, map.next_value()?));
                }
                Ok(OrderedMap(entries))
            }
        }

        deserializer.deserialize_map(InOrder(std::marker::PhantomData))
    }
}

fn words<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let words: Vec<String> = Vec::deserialize(deserializer)?;
    match words.is_empty() {
        true => Err(D::Error::custom(ValueMistake::NoProgram)),
        false => Ok(words),
    }
}

fn address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Regex>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else {
        return Ok(None);
    };
    let regex = Regex::new(&text).map_err(|_| {
        let problem = RuleProblem::Regex(regular::mistake(&text));
        D::Error::custom(ValueMistake::Regex(problem))
    })?;
    match regex.captures_len() {
        // The only capture is the whole match.
        1 => Err(D::Error::custom(ValueMistake::NoGroup)),
        _ => Ok(Some(regex)),
    }
}

fn a_minute() -> UnitDuration {
    UnitDuration(Duration::from_secs(60))
}

fn ten_seconds() -> UnitDuration {
    UnitDuration(Duration::from_secs(10))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        Scenario::read(text).expect_err(text).to_string()
    }

    #[test]
    fn a_file_says_sessions_programs_and_steps() {
        let scenario = Scenario::read(
            r#"(
                sessions: {
                    "a": Udp(),
                    "b": tcp_server(bind: "127.0.0.1:0"),
                    "c": TcpClient(to: "{b}", timeout: "1s"),
                },
                programs: [(name: "p", run: ["true"], address: "on (.*)")],
                steps: [
                    Send(session: "a", to: "b", text: "hi\r\n"),
                    Expect(session: "a", hex: "aa ??", within: "1s", from: "b"),
                    Wait("200ms"),
                    Assert(session: "a", received: 1, lost: 0),
                    Close("a"),
                ],
            )"#,
        )
        .unwrap();
        let names: Vec<&str> = scenario
            .sessions
            .0
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(names, ["a", "b", "c"]);
        assert_eq!((scenario.programs.len(), scenario.steps.len()), (1, 5));
        assert_eq!(scenario.within, a_minute());
    }

    #[test]
    fn mistakes_have_line_and_column() {
        let unknown = error("(\n  sessions: {},\n  stepps: [],\n)");
        assert!(
            unknown.starts_with("3:3: ") && unknown.contains("stepps"),
            "{unknown}"
        );
        let step = error("(sessions: {}, steps: [\n  Sned(\"a\"),\n])");
        assert!(step.starts_with("2:") && step.contains("Sned"), "{step}");
        let time = error("(sessions: {}, steps: [\n\n  Wait(\"2 days\")])");
        assert!(time.starts_with("3:") && time.contains("200ms"), "{time}");
        let twice = error("(sessions: {\"a\": Udp(),\n\"a\": Udp()}, steps: [])");
        assert!(
            twice.starts_with("2:") && twice.contains("is given twice"),
            "{twice}"
        );
        assert!(error("(sessions: {}").starts_with("1:"));
        let kind = error("(sessions: {\n\"a\": Upd()}, steps: [])");
        assert!(
            kind.starts_with("2:") && kind.contains("Upd") && kind.contains("Udp, TcpClient"),
            "{kind}"
        );
        let none = error("(sessions: {\n\"a\": 5}, steps: [])");
        assert!(none.starts_with("2:") && none.contains("Udp"), "{none}");
        let foreign = error("(sessions: {\"a\": Udp(tcp: true)}, steps: [])");
        assert!(
            foreign.contains("`tcp`") && foreign.contains("bind"),
            "{foreign}"
        );
        let idle =
            error("(sessions: {\"a\": Relay(tcp: true, to: \"9\", idle: \"1s\")}, steps: [])");
        assert!(idle.contains("`idle`"), "{idle}");
        let pause =
            error("(sessions: {\"a\": TcpClient(to: \"9\",\nreconnect: \"0s\")}, steps: [])");
        assert!(pause.starts_with("2:1: `reconnect`: "), "{pause}");
        let address = error("(sessions: {\"a\": Udp(\nbind: \"x:y\")}, steps: [])");
        assert!(address.starts_with("2:1: `bind`: "), "{address}");
        let client = error("(sessions: {\"a\": TcpClient(\nto: \"h:99x\")}, steps: [])");
        assert!(client.starts_with("2:1: `to`: "), "{client}");
        for (program, message) in [
            ("run: []", "`run` is empty"),
            (r#"run: ["p"], address: "on (""#, "regular expression"),
            (r#"run: ["p"], address: "on .*""#, "needs a group"),
        ] {
            let text =
                format!("(sessions: {{}}, programs: [(name: \"p\",\n{program})], steps: [])");
            let report = error(&text);
            assert!(
                report.starts_with("2:") && report.contains(message),
                "{report}"
            );
        }
        let empty = error("(sessions: {},\nsteps: [])");
        assert!(empty.starts_with("2:1: `steps` is empty"), "{empty}");
        let rule = error("(sessions: {\"a\": Udp(\nrules: [(when: Every(0))])}, steps: [])");
        assert!(rule.starts_with("2:10: rule 1: "), "{rule}");
    }
}
