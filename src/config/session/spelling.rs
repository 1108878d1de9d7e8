//! A session as a person would type it: as a command line for a shell, and as a scenario.

use super::{SessionConfig, SessionField, allow};
use crate::automation::impair::Impairment;
use crate::automation::rules::{ActionKind, ReplyContent};
use crate::automation::{Limits, ReplyRate};
use crate::config::impairment::{ImpairmentOptions, TrafficDirection};
use crate::config::named_network;
use crate::config::units::RateLimit;
use crate::config::{FramingWord, PATIENCE, UnitDuration, answers, ron_file, writing};
use crate::engine::{Receiving, Setup};
use crate::kind::{Addresses, SessionRole};
use crate::payload::composition::TextFormat;
use crate::traffic::framing::Framing;

/// The files that a command line may name.
const RULES: &str = "rules.ron";
const IMPAIR: &str = "impair.ron";

/// A file that a command line names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandFile {
    pub name: &'static str,
    pub text: String,
}

impl SessionConfig {
    /// `netpeer udp --bind 127.0.0.1:8080 --rules rules.ron`, quoted where necessary.
    pub fn command_line(&self) -> String {
        let words = self.words();
        let quoted: Vec<String> = words.iter().map(|word| quoted(word)).collect();
        quoted.join(" ")
    }

    /// The files that the command line names.
    pub fn files(&self) -> Vec<CommandFile> {
        let file = |name, text| CommandFile { name, text };
        let rules = (!self.rules.is_empty() && self.shortcut().is_none())
            .then(|| file(RULES, ron_file::written(&self.rules)));
        let conditions = self.bad().filter(|bad| {
            let is_named = named_network::name_of(bad).is_some();
            !is_named && ImpairmentOptions::of(bad, self.place()).is_none()
        });
        let conditions = conditions.map(|bad| file(IMPAIR, ron_file::written(bad)));
        rules.into_iter().chain(conditions).collect()
    }

    /// The same session as a scenario for `netpeer run`, with room for steps.
    pub fn scenario(&self) -> String {
        let text = |text: String| ron_file::scenario_text(&text, 3);
        let mut fields = Vec::new();
        let traits = self.kind.traits();
        let relays_tcp = traits.role == SessionRole::Relay && traits.is_stream;
        fields.extend(relays_tcp.then(|| ("tcp", "true".into())));
        let local = self.local.map(|local| text(local.to_string()));
        let remote = self.remote.as_ref().map(|to| text(to.to_string()));
        if traits.role == SessionRole::Client {
            fields.extend(remote.map(|remote| ("to", remote)));
            fields.extend(local.map(|local| ("from", local)));
            fields.push(("timeout", text(self.connect_timeout.to_string())));
        } else {
            fields.extend(local.map(|local| ("bind", local)));
            fields.extend(remote.map(|remote| ("to", remote)));
        }
        let half_open = self.is_half_open();
        fields.extend(half_open.then(|| ("half_open", "true".into())));
        let nagle = self.delays_writes();
        fields.extend(nagle.then(|| ("nagle", "true".into())));
        let pause = self.reconnect.map(|pause| text(pause.to_string()));
        fields.extend(pause.map(|pause| ("reconnect", pause)));
        let idle = self.other_idle().map(|idle| text(idle.to_string()));
        fields.extend(idle.map(|idle| ("idle", idle)));
        if SessionField::Allow.is_of(self.kind) && !self.allow.is_empty() {
            let networks = allow::texts(&self.allow);
            fields.push(("allow", ron_file::scenario_text(&networks, 3)));
        }
        if SessionField::Groups.is_of(self.kind) && !self.groups.is_empty() {
            fields.push(("groups", ron_file::scenario_text(&self.groups, 3)));
        }
        if SessionField::Receiving.is_of(self.kind) && self.receiving != Receiving::default() {
            fields.push(("receiving", ron_file::scenario_text(&self.receiving, 3)));
        }
        let charset = self
            .charset
            .map(|charset| ron_file::scenario_text(&charset, 3));
        fields.extend(charset.map(|charset| ("charset", charset)));
        let describe = self.describe.as_ref();
        let describe = describe.map(|path| ron_file::scenario_text(path, 3));
        fields.extend(describe.map(|path| ("describe", path)));
        for (name, framing) in self.framing_words() {
            fields.push((name, ron_file::scenario_text(framing, 3)));
        }
        if !self.rules.is_empty() {
            fields.push(("rules", ron_file::scenario_text(&self.rules, 3)));
            fields.push(("limits", ron_file::scenario_text(&self.limits, 3)));
        }
        if let Some(bad) = self.bad() {
            fields.push(("conditions", ron_file::scenario_text(bad, 3)));
        }
        let fields: String = fields
            .into_iter()
            .map(|(name, value)| format!("            {name}: {value},\n"))
            .collect();
        let to = self.target.as_ref().map_or_else(String::new, |to| {
            let to = ron_file::scenario_text(&to.to_string(), 0);
            format!("        // Send(session: \"session\", to: {to}, text: \"…\"),\n")
        });
        format!(
            "(\n    within: \"1h\",\n    sessions: {{\n        \"session\": {}(\n{fields}        ),\n    }},\n    steps: [\n{to}        Wait(\"59m\"),\n    ],\n)\n",
            traits.scenario,
        )
    }

    fn words(&self) -> Vec<String> {
        let mut words = vec!["netpeer".to_owned()];
        let traits = self.kind.traits();
        words.extend(traits.command.iter().map(|&word| word.to_owned()));
        let local = self.local.map(|local| local.to_string());
        let remote = self.remote.as_ref().map(ToString::to_string);
        if traits.role == SessionRole::Client {
            words.extend(remote);
            option(&mut words, "--from", local);
            // Unix clients have no such option.
            let waits = self.kind.addresses() == Addresses::Internet;
            let timeout = self.connect_timeout;
            let timeout = (waits && timeout != PATIENCE).then(|| timeout.to_string());
            option(&mut words, "--timeout", timeout);
            if let Some(pause) = self.reconnect {
                words.push("--reconnect".into());
                words.extend((pause.0 != Setup::RECONNECT).then(|| pause.to_string()));
            }
        } else {
            option(&mut words, "--bind", local);
            option(&mut words, "--to", remote);
        }
        if traits.role == SessionRole::Datagrams {
            let target = self.target.as_ref().map(ToString::to_string);
            option(&mut words, "--to", target);
        }
        if SessionField::Groups.is_of(self.kind) {
            for group in &self.groups {
                push(&mut words, "--join", &group.to_string());
            }
        }
        if SessionField::Receiving.is_of(self.kind) {
            let Receiving { buffer, merge } = self.receiving;
            let other = buffer != Receiving::default().buffer;
            option(
                &mut words,
                "--receive-buffer",
                other.then(|| buffer.to_string()),
            );
            words.extend(merge.then(|| "--merge".into()));
        }
        let idle = self.other_idle().map(|idle| idle.to_string());
        option(&mut words, "--idle", idle);
        if SessionField::Allow.is_of(self.kind) {
            for network in &self.allow {
                push(&mut words, "--allow", &network.to_string());
            }
        }
        let half_open = self.is_half_open();
        words.extend(half_open.then(|| "--half-open".into()));
        words.extend(self.delays_writes().then(|| "--nagle".into()));
        // A relay sends only forwarded data.
        if traits.role != SessionRole::Relay {
            words.extend(writing::words(&self.writing));
        }
        let is_text = self.writing.format == TextFormat::Text;
        let charset = self.charset.filter(|_| is_text);
        option(&mut words, "--encoding", charset.map(|it| it.name().into()));
        // The description may bring one for streams.
        let may_bring = self.describe.is_some() && self.kind.is_stream();
        if may_bring && self.framing.is_none() && self.kind.has_framing() {
            push(&mut words, "--framing", "none");
        }
        for (name, framing) in self.framing_words() {
            let name = format!("--{}", name.replace('_', "-"));
            push(&mut words, &name, &FramingWord(framing.clone()).to_string());
        }
        option(&mut words, "--describe", self.describe.clone());
        self.push_rules(&mut words);
        self.push_conditions(&mut words);
        words
    }

    /// The framings that are chosen, where they apply, each with the name of its field.
    fn framing_words(&self) -> impl Iterator<Item = (&'static str, &Framing)> {
        let all = [
            (SessionField::Framing, &self.framing),
            (SessionField::FramingSent, &self.framing_sent),
        ];
        let is_here = |field: SessionField| self.kind.has_framing() && field.is_of(self.kind);
        let here = all.into_iter().filter(move |(field, _)| is_here(*field));
        here.filter_map(|(field, framing)| Some((field.key(), framing.as_ref()?)))
    }

    /// Whether its connections stay open when the peer ends its direction.
    fn is_half_open(&self) -> bool {
        SessionField::CloseWithPeer.is_of(self.kind) && !self.close_with_peer
    }

    /// Whether small writes wait for an acknowledgement (Nagle's algorithm).
    fn delays_writes(&self) -> bool {
        SessionField::NoDelay.is_of(self.kind) && !self.nodelay
    }

    /// After how long a relay forgets a client, where that is not usual.
    fn other_idle(&self) -> Option<UnitDuration> {
        let idle = Some(self.idle).filter(|_| SessionField::Idle.is_of(self.kind));
        idle.filter(|idle| *idle != UnitDuration(Setup::IDLE))
    }

    fn push_rules(&self, words: &mut Vec<String>) {
        if self.rules.is_empty() {
            return;
        }
        match self.shortcut() {
            Some(Shortcut::Echo) => words.push("--echo".into()),
            Some(Shortcut::Reply(text)) => push(words, "--reply", text),
            None => push(words, "--rules", RULES),
        }
        if self.limits == Limits::none() {
            return words.push("--no-limits".into());
        }
        for (option, rate) in [
            ("--replies-per-second", self.limits.per_second),
            ("--replies-per-peer", self.limits.per_peer),
        ] {
            let most = match rate {
                ReplyRate::Usual => continue,
                ReplyRate::Unlimited => RateLimit(None),
                ReplyRate::AtMost(rate) => RateLimit(Some(rate)),
            };
            push(words, option, &most.to_string());
        }
        let switches = [
            ("--allow-larger", self.limits.larger),
            ("--answer-own", self.limits.own),
            ("--no-loop-breaker", !self.limits.breaker),
        ];
        let on = switches.into_iter().filter(|(_, on)| *on);
        words.extend(on.map(|(option, _)| option.to_owned()));
    }

    fn push_conditions(&self, words: &mut Vec<String>) {
        let Some(bad) = self.bad() else { return };
        if let Some(name) = named_network::name_of(bad) {
            push(words, "--impair", name.word());
            return push(words, "--seed", &bad.seed.to_string());
        }
        let Some(given) = ImpairmentOptions::of(bad, self.place()) else {
            return push(words, "--impair", IMPAIR);
        };
        for (setting, text) in &given.chosen {
            push(words, &format!("--{}", setting.name), text);
        }
        option(words, "--seed", given.seed.map(|seed| seed.to_string()));
        let direction = given.direction.and_then(TrafficDirection::option);
        words.extend(direction.map(|option| format!("--{option}")));
    }

    /// The simulated network, if it changes anything.
    fn bad(&self) -> Option<&Impairment> {
        let conditions = self.conditions.as_ref();
        conditions.filter(|conditions| !conditions.is_nothing())
    }

    /// The option that stands for these rules, if there is one.
    fn shortcut(&self) -> Option<Shortcut<'_>> {
        let [rule] = self.rules.as_slice() else {
            return None;
        };
        if *rule == answers::echo() {
            return Some(Shortcut::Echo);
        }
        let [then] = rule.then.as_slice() else {
            return None;
        };
        let ActionKind::Reply {
            what: ReplyContent::Written(composition),
            ..
        } = &then.kind
        else {
            return None;
        };
        let text = &composition.text;
        (*rule == answers::reply(text)).then_some(Shortcut::Reply(text))
    }
}

enum Shortcut<'a> {
    Echo,
    Reply(&'a str),
}

/// An option, where it has a value.
fn option(words: &mut Vec<String>, name: &str, value: Option<String>) {
    if let Some(value) = value {
        push(words, name, &value);
    }
}

/// Appends an option and its value; as one word if the value looks like an option.
fn push(words: &mut Vec<String>, option: &str, value: &str) {
    match value.starts_with('-') {
        true => words.push(format!("{option}={value}")),
        false => words.extend([option.to_owned(), value.to_owned()]),
    }
}

/// The word, quoted for the shells of this system: a POSIX shell, or cmd and PowerShell.
pub fn quoted(word: &str) -> String {
    match cfg!(windows) {
        true => quoted_for_windows(word),
        false => quoted_for_posix(word),
    }
}

fn quoted_for_posix(word: &str) -> String {
    match is_plain(word, "_-./:@%+,=") {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

/// Between double quotes, cmd and PowerShell read the same word if it has none of `"`, `$` and
/// `` ` ``. A word that has one is quoted for PowerShell (7.3 and later), since cmd has no way
/// that holds for all programs.
fn quoted_for_windows(word: &str) -> String {
    // PowerShell divides an option at a point or a colon.
    let is_whole = !word.starts_with('-') || !word.contains(['.', ':']);
    if is_plain(word, r"_-./:+=\") && is_whole && !word.ends_with('\\') {
        word.to_owned()
    } else if word.contains(['"', '$', '`']) {
        format!("'{}'", word.replace('\'', "''"))
    } else {
        // A program reads a backslash before a quote as an escape (`CommandLineToArgvW`).
        let last = word.len() - word.trim_end_matches('\\').len();
        format!("\"{word}{}\"", r"\".repeat(last))
    }
}

/// Whether the word needs no quotes: letters, digits and these characters.
fn is_plain(word: &str, others: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || others.contains(c);
    !word.is_empty() && word.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_for_the_shells_of_each_system() {
        for (word, posix, windows) in [
            ("127.0.0.1:80", "127.0.0.1:80", "127.0.0.1:80"),
            ("", "''", "\"\""),
            ("a b", "'a b'", "\"a b\""),
            ("[::1]:80", "'[::1]:80'", "\"[::1]:80\""),
            ("it's & 100%", r"'it'\''s & 100%'", "\"it's & 100%\""),
            ("a,b@c", "a,b@c", "\"a,b@c\""),
            ("--to=a.b", "--to=a.b", "\"--to=a.b\""),
            (r"C:\a b\", r"'C:\a b\'", r#""C:\a b\\""#),
            (r"C:\a\b.ron", r"'C:\a\b.ron'", r"C:\a\b.ron"),
            ("${seq} it's", r"'${seq} it'\''s'", "'${seq} it''s'"),
            (r#"say "hi""#, r#"'say "hi"'"#, r#"'say "hi"'"#),
        ] {
            assert_eq!(quoted_for_posix(word), posix);
            assert_eq!(quoted_for_windows(word), windows);
        }
    }
}
