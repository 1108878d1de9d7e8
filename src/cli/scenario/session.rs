//! A session in a scenario file: its kind and its options.

use super::kind_name::{CALLED, KindName};
use super::names::{self, NamedAddresses};
use crate::automation::Limits;
use crate::automation::impair::Impairment;
use crate::automation::rules::Rule;
use crate::cli::{answers, description, impairment, values};
use crate::config::ron_file;
use crate::config::session::{ConfigMistake, MulticastGroup, SessionField, ValidSession, allow};
use crate::config::{ArgumentMistake, FileMistake, RonProblem, SessionConfig, UnitDuration};
use crate::engine::{Interfaces, Receiving, Remote, Rulebook, Setup};
use crate::kind::{Addresses, SessionKind, SessionRole};
use crate::payload::charset::Charset;
use crate::payload::printable;
use crate::peer::Peer;
use crate::peer::network::Network;
use crate::scenario::report;
use crate::schema::Schema;
use crate::traffic::MessageSchema;
use crate::traffic::framing::{Framing, SessionFraming};
use serde::de::{EnumAccess, VariantAccess as _, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

/// The default time-out of a connection, and the time-out of opening a socket.
pub const TO_OPEN: Duration = Duration::from_secs(5);
/// The default local address.
const ANY_PORT: &str = "127.0.0.1:0";

/// A session in a scenario file: `Udp(bind: "127.0.0.1:0")`.
#[derive(Debug)]
pub struct ScenarioSession {
    kind: SessionKind,
    options: Options,
    /// The rules of the options, once they are compiled.
    book: Option<Arc<Rulebook>>,
    /// The description, once it is read.
    schema: Option<Schema>,
}

/// The options of a session. Addresses may contain names of other sessions: `"server"`,
/// `"{server.ip}:80"`; a port alone is one of this machine. Rules and the simulated network apply
/// from the start.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    bind: Option<String>,
    #[serde(default, deserialize_with = "place")]
    to: Option<String>,
    from: Option<String>,
    timeout: Option<UnitDuration>,
    /// Whether a relay relays TCP rather than UDP.
    #[serde(default)]
    tcp: bool,
    /// Whether a connection stays open after the peer's FIN.
    #[serde(default)]
    half_open: bool,
    /// Whether small writes wait for an acknowledgement (Nagle's algorithm).
    #[serde(default)]
    nagle: bool,
    /// The interval at which a client reconnects.
    reconnect: Option<UnitDuration>,
    /// The time without a datagram after which a relay forgets a client.
    idle: Option<UnitDuration>,
    /// The networks whose addresses may use a relay.
    #[serde(default, with = "allow")]
    allow: Vec<Network>,
    #[serde(default)]
    groups: Vec<MulticastGroup>,
    receiving: Option<Receiving>,
    /// How what it receives is cut into the messages that rules look at.
    framing: Option<Framing>,
    /// That of what it sends, where it is another one.
    framing_sent: Option<Framing>,
    /// The description by which messages are read: the name of a ready-made one, or a file.
    describe: Option<String>,
    /// The encoding of replies by rules.
    charset: Option<Charset>,
    #[serde(default)]
    rules: Vec<Rule>,
    #[serde(default)]
    limits: Limits,
    #[serde(default, deserialize_with = "impairment::checked")]
    conditions: Option<Impairment>,
}

fn place<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    names::place(deserializer).map(Some)
}

/// Why a session cannot be opened.
pub enum SetupMistake {
    /// A name without an address.
    Nowhere(String),
    /// This, in the field of this name.
    Argument(&'static str, ArgumentMistake),
    Config(Vec<ConfigMistake>),
}

impl ScenarioSession {
    pub fn role(&self) -> SessionRole {
        self.kind.role()
    }

    /// The texts of its addresses.
    pub fn places(&self) -> impl Iterator<Item = &str> {
        let Options { bind, to, from, .. } = &self.options;
        [bind, to, from].into_iter().flatten().map(String::as_str)
    }

    /// The outline of the session. `known` has the addresses that the file states.
    pub fn outline(&self, name: &str, known: &NamedAddresses) -> report::ReportedSession {
        let Options { bind, to, from, .. } = &self.options;
        report::ReportedSession {
            name: name.to_owned(),
            kind: self.kind,
            bind: bind.clone(),
            from: from.clone(),
            to: to.clone(),
            config: self.written(known).ok(),
        }
    }

    /// Compiles the rules. `list` is the path of their list in the file `text`.
    ///
    /// # Errors
    /// The first error, with its position.
    pub fn compile(&mut self, text: &str, list: &str) -> Result<(), FileMistake> {
        let options = &self.options;
        let rules = SessionConfig {
            rules: options.rules.clone(),
            limits: options.limits,
            charset: options.charset,
            ..SessionConfig::default()
        };
        let book = rules.book(self.described(), &Interfaces::read());
        let wrong = |mistake| answers::rule_mistake(&options.rules, mistake, text, list);
        self.book = book.map_err(wrong)?;
        Ok(())
    }

    /// Reads the description. `place` is the path of its field in the file `text`.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub fn read_description(&mut self, text: &str, place: &str) -> Result<(), FileMistake> {
        let Some(path) = &self.options.describe else {
            return Ok(());
        };
        let path = Path::new(path);
        let schema = description::named(path).map_err(|problem| {
            let shown = printable::path(path);
            let problem = RonProblem::DescriptionFile {
                path: shown,
                problem,
            };
            ron_file::mistake_in(text, &[place.to_owned()], problem)
        })?;
        self.schema = Some(schema);
        Ok(())
    }

    /// The description by which its messages are read.
    pub fn described(&self) -> Option<Arc<MessageSchema>> {
        let schema = self.schema.clone()?;
        let Options {
            framing,
            framing_sent,
            ..
        } = &self.options;
        let in_datagrams = !self.kind.is_stream();
        let framing = SessionFraming::new(framing.clone(), framing_sent.clone(), in_datagrams);
        Some(Arc::new(MessageSchema { schema, framing }))
    }

    /// The session with the addresses of `known`, once its rules are compiled.
    ///
    /// # Errors
    /// The error in an address, or in every field with an invalid value.
    pub fn config(&self, known: &NamedAddresses) -> Result<ValidSession, SetupMistake> {
        let valid = self.written(known)?.validated(Ok(self.book.clone()));
        valid.map_err(SetupMistake::Config)
    }

    /// The name of a field as this session writes it.
    pub fn name_of(&self, field: SessionField) -> &'static str {
        name(field, self.kind).unwrap_or(field.key())
    }

    /// The configuration of the session as it is written, with the addresses of `known`.
    ///
    /// # Errors
    /// The error in an address.
    pub fn written(&self, known: &NamedAddresses) -> Result<SessionConfig, SetupMistake> {
        let options = &self.options;
        let local = match self.kind.role() {
            SessionRole::Client => options.from.as_deref(),
            SessionRole::Datagrams | SessionRole::Server | SessionRole::Relay => {
                options.bind.as_deref()
            }
        };
        let local_field = name(SessionField::Local, self.kind).unwrap_or_default();
        let wrong = |field| move |mistake| SetupMistake::Argument(field, mistake);
        let fill = |text: &str| known.fill(text).map_err(SetupMistake::Nowhere);
        let (local, remote) = match self.kind.addresses() {
            Addresses::Internet => {
                let any = (self.kind.role() != SessionRole::Client).then_some(ANY_PORT);
                let address = |text: &str| {
                    let text = fill(text)?;
                    values::local(&names::with_host(&text)).map_err(wrong(local_field))
                };
                let endpoint = |text: &str| {
                    let text = fill(text)?;
                    values::endpoint(&names::with_host(&text)).map_err(wrong("to"))
                };
                let local = local.or(any).map(address).transpose()?;
                let remote = options.to.as_deref().map(endpoint).transpose()?;
                (local.map(Peer::from), remote.map(Remote::Endpoint))
            }
            Addresses::Named => {
                let name = |text: &str, field| values::name(&fill(text)?).map_err(wrong(field));
                let local = local.map(|text| name(text, local_field)).transpose()?;
                let remote = options.to.as_deref().map(|text| name(text, "to"));
                let remote = remote.transpose()?;
                (local.map(Peer::Named), remote.map(Remote::Named))
            }
        };
        let usual = SessionConfig::from(Setup::new(self.kind));
        Ok(SessionConfig {
            local,
            remote,
            connect_timeout: options.timeout.unwrap_or(UnitDuration(TO_OPEN)),
            idle: options.idle.unwrap_or(usual.idle),
            allow: options.allow.clone(),
            close_with_peer: !options.half_open,
            nodelay: !options.nagle,
            reconnect: options.reconnect,
            groups: options.groups.clone(),
            receiving: options.receiving.unwrap_or(usual.receiving),
            framing: options.framing.clone(),
            framing_sent: options.framing_sent.clone(),
            describe: options.describe.as_deref().map(description::path_text),
            charset: options.charset,
            rules: options.rules.clone(),
            limits: options.limits,
            conditions: options.conditions.clone(),
            ..usual
        })
    }
}

impl Options {
    /// Checks which fields are present.
    ///
    /// # Errors
    /// The first field that this kind of session does not have, or a missing required one.
    fn check<E: serde::de::Error>(&self, kind: SessionKind) -> Result<(), E> {
        let given = [
            ("bind", self.bind.is_some()),
            ("to", self.to.is_some()),
            ("from", self.from.is_some()),
            ("timeout", self.timeout.is_some()),
            ("tcp", self.tcp),
            ("half_open", self.half_open),
            ("nagle", self.nagle),
            ("reconnect", self.reconnect.is_some()),
            ("idle", self.idle.is_some()),
            ("allow", !self.allow.is_empty()),
            ("groups", !self.groups.is_empty()),
            ("receiving", self.receiving.is_some()),
            ("framing", self.framing.is_some()),
            ("framing_sent", self.framing_sent.is_some()),
        ];
        let known = fields(kind);
        let foreign = |(name, is_given): &(&'static str, bool)| *is_given && !known.contains(name);
        if let Some((field, _)) = given.into_iter().find(foreign) {
            return Err(E::unknown_field(field, known));
        }
        // The local address has a default, the name of a Unix socket has none.
        let needs_name =
            kind.addresses() == Addresses::Named && SessionField::Local.is_needed(kind);
        match (&self.bind, &self.to) {
            (_, None) if SessionField::Remote.is_needed(kind) => Err(E::missing_field("to")),
            (None, _) if needs_name => Err(E::missing_field("bind")),
            _ => Ok(()),
        }
    }
}

/// The name of a field in a scenario; `None` for a field that steps or nothing defines.
fn name(field: SessionField, kind: SessionKind) -> Option<&'static str> {
    match field {
        SessionField::Local if kind.role() == SessionRole::Client => Some("from"),
        SessionField::Local => Some("bind"),
        SessionField::Remote => Some("to"),
        SessionField::ConnectTimeout => Some("timeout"),
        SessionField::CloseWithPeer => Some("half_open"),
        SessionField::NoDelay => Some("nagle"),
        SessionField::Version | SessionField::Target | SessionField::Writing => None,
        SessionField::Framing if !kind.has_framing() => None,
        SessionField::FramingSent if !kind.has_framing() || !field.is_of(kind) => None,
        field => Some(field.key()),
    }
}

/// The fields of each kind of session.
static FIELDS: LazyLock<Vec<(SessionKind, Vec<&'static str>)>> = LazyLock::new(|| {
    let of = |kind: SessionKind| {
        let known = SessionField::ALL
            .into_iter()
            .filter(|field| field.is_of(kind));
        let names = known.filter_map(|field| name(field, kind));
        let more = kind.is_relay().then_some("tcp");
        (kind, names.chain(more).collect())
    };
    SessionKind::ALL.into_iter().map(of).collect()
});

/// The fields of this kind of session.
fn fields(kind: SessionKind) -> &'static [&'static str] {
    let found = FIELDS.iter().find(|(other, _)| *other == kind);
    found.map(|(_, names)| names.as_slice()).unwrap_or_default()
}

impl<'de> Deserialize<'de> for ScenarioSession {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Whole;

        impl<'de> Visitor<'de> for Whole {
            type Value = ScenarioSession;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a session")
            }

            fn visit_enum<A: EnumAccess<'de>>(
                self,
                access: A,
            ) -> Result<ScenarioSession, A::Error> {
                let (KindName(kind), variant) = access.variant()?;
                let options: Options = variant.newtype_variant()?;
                let kind = match options.tcp && kind.is_relay() {
                    true => SessionKind::RelayTcp,
                    false => kind,
                };
                options.check(kind)?;
                Ok(ScenarioSession {
                    kind,
                    options,
                    book: None,
                    schema: None,
                })
            }
        }

        deserializer.deserialize_enum("Session", &CALLED, Whole)
    }
}
