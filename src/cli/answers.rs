//! The automatic replies of a session: options, and the file of rules.

use super::values;
use crate::automation::Limits;
use crate::automation::rules::{Rule, RuleMistake, RulePart, preset};
use crate::config::answers::{echo, named, reply};
use crate::config::units::RateLimit;
use crate::config::{FileMistake, RonProblem, ron_file};
use crate::explain;
use crate::payload::printable;
use crate::words::Lang;
use clap::{Args, ValueEnum};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// The options of automatic replies.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "replies")]
pub struct Answers {
    #[arg(long, value_parser = values::path(), value_name = "FILE.ron")]
    rules: Option<PathBuf>,
    #[arg(long, value_enum, value_name = "NAME")]
    ready: Option<ReadyReply>,
    #[arg(long, conflicts_with = "reply")]
    echo: bool,
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    reply: Option<String>,
    #[arg(long, value_name = "N|none", allow_hyphen_values = true)]
    replies_per_second: Option<RateLimit>,
    #[arg(long, value_name = "N|none", allow_hyphen_values = true)]
    replies_per_peer: Option<RateLimit>,
    #[arg(long)]
    allow_larger: bool,
    #[arg(long)]
    answer_own: bool,
    #[arg(long)]
    no_loop_breaker: bool,
    #[arg(long, conflicts_with_all = [
        "replies_per_second", "replies_per_peer", "allow_larger", "answer_own", "no_loop_breaker",
    ])]
    no_limits: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ReadyReply {
    Echo,
    Ok,
    UpperCase,
    Modbus,
    Http,
    Ntp,
    Dns,
    Tftp,
}

/// Rules with their limits. A file of rules has both, or is a list of rules alone.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSet {
    #[serde(default)]
    pub rules: Vec<Rule>,
    #[serde(default)]
    pub limits: Limits,
    /// The file of the first rules.
    #[serde(skip)]
    file: Option<RulesFile>,
}

#[derive(Debug)]
struct RulesFile {
    path: PathBuf,
    text: String,
    /// The number of its rules.
    count: usize,
}

impl Answers {
    /// The rules and limits of all options; the rules are not compiled.
    ///
    /// # Errors
    /// The error in the file with its position, as text.
    pub fn rule_set(&self, lang: Lang) -> Result<RuleSet, String> {
        let mut rule_set = match &self.rules {
            Some(path) => {
                let text = ron_file::text(path);
                let text = text.map_err(|error| explain::unreadable(lang, path, &error))?;
                let rule_set =
                    RuleSet::read(&text).map_err(|mistake| placed(path, &mistake, lang))?;
                RuleSet {
                    file: Some(RulesFile {
                        path: path.clone(),
                        count: rule_set.rules.len(),
                        text,
                    }),
                    ..rule_set
                }
            }
            None => RuleSet::default(),
        };
        let (echo, reply) = (self.echo.then(echo), self.reply.as_deref().map(reply));
        rule_set
            .rules
            .extend(self.ready.into_iter().flat_map(ReadyReply::rules));
        rule_set.rules.extend(echo.into_iter().chain(reply));
        let limits = &mut rule_set.limits;
        if self.no_limits {
            *limits = Limits::none();
        }
        if let Some(most) = self.replies_per_second {
            limits.per_second = most.0.into();
        }
        if let Some(most) = self.replies_per_peer {
            limits.per_peer = most.0.into();
        }
        limits.larger |= self.allow_larger;
        limits.own |= self.answer_own;
        limits.breaker &= !self.no_loop_breaker;
        Ok(rule_set)
    }
}

impl RuleSet {
    /// Explains the mistake in a rule, with its position in the file; `None` if the rule is from
    /// an option.
    pub fn in_file(&self, mistake: &RuleMistake, lang: Lang) -> Option<String> {
        let file = self.file.as_ref();
        let RulesFile { path, text, .. } = file.filter(|file| mistake.rule < file.count)?;
        let list = match is_list(text) {
            true => "",
            false => "rules.",
        };
        let mistake = rule_mistake(&self.rules, mistake.clone(), text, list);
        Some(placed(path, &mistake, lang))
    }

    /// Reads a file without compiling its rules.
    ///
    /// # Errors
    /// The first error, with its position.
    pub fn read(text: &str) -> Result<Self, FileMistake> {
        match is_list(text) {
            true => ron_file::parse(text).map(|rules| Self {
                rules,
                ..Self::default()
            }),
            false => ron_file::parse(text),
        }
    }
}

/// Whether a file is a list alone: it then begins with a bracket, after any comments.
fn is_list(text: &str) -> bool {
    ron_file::begins_with(text, '[')
}

impl ReadyReply {
    fn rules(self) -> Vec<Rule> {
        let (ready, name) = match self {
            Self::Echo => return vec![echo()],
            Self::Ok => (preset::Preset::Fixed, "ok"),
            Self::UpperCase => (preset::Preset::UpperCase, "upper-case"),
            Self::Modbus => (preset::Preset::Modbus, "modbus"),
            Self::Http => (preset::Preset::Http, "http"),
            Self::Ntp => (preset::Preset::Ntp, "ntp"),
            Self::Dns => (preset::Preset::Dns, "dns"),
            Self::Tftp => (preset::Preset::Tftp, "tftp"),
        };
        ready.rules(name.into(), "")
    }
}

/// The path of a file, the position, and the mistake.
fn placed(path: &Path, mistake: &FileMistake, lang: Lang) -> String {
    let message = explain::file_mistake(lang, mistake);
    format!("{}:{message}", printable::path(path))
}

/// The mistake in one of `rules` with its position in the file `text`. `list` is the path of the
/// list of rules: `rules.` for a field, empty if the file is the list.
pub fn rule_mistake(rules: &[Rule], mistake: RuleMistake, text: &str, list: &str) -> FileMistake {
    let rule = format!("{list}{}", mistake.rule);
    let part = match mistake.part {
        RulePart::When => format!("{rule}.when"),
        RulePart::Then(number) => format!("{rule}.then.{number}"),
    };
    let problem = RonProblem::Value(named(rules, mistake));
    ron_file::mistake_in(text, &[part, rule], problem)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::automation::ReplyRate;
    use crate::config::answers::book;
    use crate::engine::{Interfaces, Rulebook};
    use crate::payload::charset::Charset;

    const PAGES: [&str; 2] = [
        include_str!("../../docs/en/rules.md"),
        include_str!("../../docs/zh/rules.md"),
    ];

    #[test]
    fn a_file_is_a_list_or_has_limits_too() {
        let list = RuleSet::read("// Mine.\n/* [( */ [(name: \"a\")]").unwrap();
        assert_eq!((list.rules.len(), list.limits), (1, Limits::default()));
        let both = RuleSet::read("(rules: [()], limits: (per_second: 5, per_peer: None))").unwrap();
        let limits = Limits {
            per_second: ReplyRate::AtMost(5),
            per_peer: ReplyRate::Unlimited,
            ..Limits::default()
        };
        assert_eq!((both.rules.len(), both.limits), (1, limits));
        let message = RuleSet::read("(\nruls: [])").unwrap_err().to_string();
        assert!(
            message.starts_with("2:") && message.contains("ruls"),
            "{message}"
        );
    }

    #[test]
    fn the_rules_of_the_book_can_be_followed() {
        for page in PAGES {
            let (_, from) = page.split_once("```ron\n[").unwrap();
            let (list, _) = from.split_once("```").unwrap();
            let rule_set = RuleSet::read(&format!("[{list}")).unwrap();
            assert_eq!(rule_set.rules.len(), 4);
            let followed = book(&rule_set.rules, rule_set.limits, Charset::Utf8);
            assert!(followed.is_ok(), "{:?}", followed.err());
        }
    }

    #[test]
    fn the_modbus_device_of_the_book_can_be_followed() {
        for page in PAGES {
            let mut lines = page.lines();
            let device = lines.find(|line| line.starts_with("`ModbusDevice("));
            let device = device.unwrap().trim_matches('`');
            let text = format!("[(then: [(act: Reply(what: {device}))])]");
            let rule_set = RuleSet::read(&text).unwrap();
            let followed = book(&rule_set.rules, rule_set.limits, Charset::Utf8);
            assert!(followed.is_ok(), "{:?}", followed.err());
        }
    }

    #[test]
    fn options_are_rules_and_limits() {
        let answers = Answers {
            ready: Some(ReadyReply::Http),
            reply: Some("got ${data}".into()),
            replies_per_peer: Some(RateLimit(None)),
            no_loop_breaker: true,
            ..Answers::default()
        };
        let rule_set = answers.rule_set(Lang::English).unwrap();
        let names: Vec<&str> = rule_set
            .rules
            .iter()
            .map(|rule| rule.name.as_str())
            .collect();
        assert_eq!(names, ["http (HEAD)", "http", "reply"]);
        let limits = Limits {
            per_peer: ReplyRate::Unlimited,
            breaker: false,
            ..Limits::default()
        };
        assert_eq!(rule_set.limits, limits);
    }

    #[test]
    fn a_rule_that_is_wrong_has_file_and_place() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("rules.ron");
        let answers = Answers {
            rules: Some(path.clone()),
            ..Answers::default()
        };
        let cases = [
            (
                "[\n(),\n(name: \"x\",\n when: Every(0))]",
                ".ron:4:2: rule 2 “x”: ",
            ),
            (
                "(limits: (),\nrules: [(when: Matches(\"(\"))])",
                ".ron:2:10: rule 1: ",
            ),
            (
                "[(then: [\n(act: Drop),\n(act: Reply(what: Dns(\"x\")))])]",
                ".ron:3:1: rule 1: ",
            ),
            ("[\n(then: [])]", ".ron:2:1: rule 1: "),
        ];
        for (text, place) in cases {
            std::fs::write(&path, text).unwrap();
            let rule_set = answers.rule_set(Lang::English).unwrap();
            let (rules, none) = (&rule_set.rules, None::<Charset>);
            let book = Rulebook::new(rules, rule_set.limits, none, &Interfaces::default());
            let mistake = book.unwrap_err();
            let message = rule_set.in_file(&mistake, Lang::English).unwrap();
            assert!(message.contains(place), "{text}: {message}");
            assert!(rule_set.in_file(&mistake, Lang::Chinese).is_some());
        }
    }

    #[test]
    fn a_rule_that_is_wrong_is_named() {
        let answers = Answers {
            reply: Some("${nothing}".into()),
            ..Answers::default()
        };
        for lang in Lang::ALL {
            let rule_set = answers.rule_set(lang).unwrap();
            let mistake = book(&rule_set.rules, rule_set.limits, Charset::Utf8).unwrap_err();
            let message = explain::value_mistake(lang, &mistake);
            assert!(message.contains("reply"), "{message}");
        }
    }

    #[test]
    fn every_ready_made_rule_is_right() {
        for ready in ReadyReply::value_variants() {
            let book = book(&ready.rules(), Limits::default(), Charset::Utf8);
            assert!(book.is_ok());
        }
    }
}
