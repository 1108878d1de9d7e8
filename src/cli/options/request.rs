//! A session requested on the command line: its options as a configuration.

use super::{
    ClientEnds, Ends, FramingOption, RelayOptions, SessionOptions, TcpClientOptions,
    TcpServerOptions, UdpOptions, UnixClientOptions, UnixDatagramOptions, UnixServerOptions,
    any_local,
};
use crate::cli::impairment::{NetworkOptions, StreamNetwork};
use crate::config::session::{SessionField, ValidSession};
use crate::config::{FramingChoice, FramingWord, SessionConfig, description};
use crate::engine::{Interfaces, Remote, Setup};
use crate::explain;
use crate::kind::{SessionKind, SessionRole};
use crate::peer::Peer;
use crate::traffic::MessageSchema;
use crate::words::Lang;
use std::sync::Arc;

/// A session requested on the command line.
pub struct SessionRequest {
    /// The configuration without the options that read files.
    plain: SessionConfig,
    pub session_options: SessionOptions,
    network: NetworkOptions,
    /// Whether the framing of its description is not wanted; datagrams never have it.
    is_unframed: bool,
    /// Whether a client sends a FIN once the input has ended and everything is sent.
    pub half_close: bool,
}

impl SessionRequest {
    fn new(
        plain: impl Into<SessionConfig>,
        session_options: SessionOptions,
        network: NetworkOptions,
    ) -> Self {
        Self {
            plain: plain.into(),
            session_options,
            network,
            half_close: false,
            is_unframed: false,
        }
    }

    /// The configuration of all options together.
    ///
    /// # Errors
    /// The error in a file of rules or of a simulated network, or in an option, as text.
    pub fn config(&self, lang: Lang) -> Result<ValidSession, String> {
        let charset = self.session_options.text_options.chosen_encoding();
        let rule_set = self.session_options.answers.rule_set(lang)?;
        let describe = &self.session_options.describe;
        let described = describe.schema(lang)?;
        let framing = self.plain.framing.clone().or_else(|| {
            let kind = self.plain.kind;
            let takes = kind.is_stream() && kind.has_framing() && !self.is_unframed;
            let schema = described.as_ref().filter(|_| takes);
            schema.and_then(description::framing)
        });
        let config = SessionConfig {
            framing,
            rules: rule_set.rules.clone(),
            limits: rule_set.limits,
            conditions: self.network.conditions(lang)?,
            charset,
            describe: self.session_options.describe.written(),
            writing: self.session_options.text_options.composition(""),
            ..self.plain.clone()
        };
        let described = described.map(|schema| {
            let framing = config.session_framing();
            Arc::new(MessageSchema { schema, framing })
        });
        let book = config.book(described, &Interfaces::read());
        let mistake = book.as_ref().err();
        if let Some(message) = mistake.and_then(|mistake| rule_set.in_file(mistake, lang)) {
            return Err(message);
        }
        let kind = config.kind;
        config.validated(book).map_err(|mistakes| {
            let message = mistakes.iter().map(|mistake| {
                let option = option(mistake.field, kind);
                explain::config_mistake(lang, option, &mistake.problem)
            });
            message.collect::<Vec<_>>().join("\n")
        })
    }

    fn client(
        setup: Setup,
        ends: &ClientEnds,
        framing: FramingOption,
        session_options: SessionOptions,
        network: StreamNetwork,
    ) -> Self {
        let setup = Setup {
            close_with_peer: !ends.half_open,
            reconnect: ends.reconnect.map(|duration| duration.0),
            ..setup
        };
        Self {
            half_close: ends.half_close,
            ..Self::framed(setup, framing, session_options, network.0)
        }
    }

    fn framed(
        plain: impl Into<SessionConfig>,
        FramingOption {
            framing,
            framing_sent,
        }: FramingOption,
        session_options: SessionOptions,
        network: NetworkOptions,
    ) -> Self {
        let is_unframed = framing == Some(FramingChoice(None));
        let plain = SessionConfig {
            framing: framing.and_then(|FramingChoice(framing)| framing),
            framing_sent: framing_sent.map(|FramingWord(framing)| framing),
            ..plain.into()
        };
        Self {
            is_unframed,
            ..Self::new(plain, session_options, network)
        }
    }
}

impl From<UdpOptions> for SessionRequest {
    fn from(options: UdpOptions) -> Self {
        let UdpOptions {
            bind,
            to,
            receiving,
            framing,
            session_options,
            network,
            join,
        } = options;
        let setup = Setup {
            receiving: receiving.into(),
            ..Setup::udp(bind.unwrap_or_else(|| any_local(to.as_ref())))
        };
        let plain = SessionConfig {
            target: to.map(Remote::from),
            groups: join,
            ..SessionConfig::from(setup)
        };
        Self::framed(plain, framing, session_options, network.0)
    }
}

impl From<TcpClientOptions> for SessionRequest {
    fn from(options: TcpClientOptions) -> Self {
        let setup = Setup {
            local: options.from.map(Peer::from),
            timeout: options.timeout.0,
            nodelay: !options.nagle,
            ..Setup::tcp_client(options.remote)
        };
        Self::client(
            setup,
            &options.ends,
            options.framing,
            options.session_options,
            options.network,
        )
    }
}

impl From<TcpServerOptions> for SessionRequest {
    fn from(options: TcpServerOptions) -> Self {
        let setup = Setup {
            close_with_peer: !options.half_open,
            nodelay: !options.nagle,
            ..Setup::tcp_server(options.bind)
        };
        let (session_options, network) = (options.session_options, options.network);
        Self::framed(setup, options.framing, session_options, network.0)
    }
}

impl From<UnixClientOptions> for SessionRequest {
    fn from(options: UnixClientOptions) -> Self {
        let setup = Setup {
            remote: Some(Remote::Named(options.remote)),
            ..Setup::new(SessionKind::UnixClient)
        };
        Self::client(
            setup,
            &options.ends,
            options.framing,
            options.session_options,
            options.network,
        )
    }
}

impl From<UnixServerOptions> for SessionRequest {
    fn from(options: UnixServerOptions) -> Self {
        let setup = Setup {
            close_with_peer: !options.half_open,
            ..Setup::bound(SessionKind::UnixServer, Peer::Named(options.bind))
        };
        let (session_options, network) = (options.session_options, options.network);
        Self::framed(setup, options.framing, session_options, network.0)
    }
}

impl From<UnixDatagramOptions> for SessionRequest {
    fn from(options: UnixDatagramOptions) -> Self {
        let setup = Setup {
            local: options.bind.map(Peer::Named),
            ..Setup::new(SessionKind::UnixDatagram)
        };
        let network = options.network.0;
        let plain = SessionConfig {
            target: options.to.map(Remote::Named),
            ..SessionConfig::from(setup)
        };
        Self::framed(plain, options.framing, options.session_options, network)
    }
}

impl From<RelayOptions> for SessionRequest {
    fn from(options: RelayOptions) -> Self {
        match options {
            RelayOptions::Udp(options) => {
                let setup = Setup {
                    idle: options.idle.0,
                    receiving: options.receiving.into(),
                    ..options.ends.setup(SessionKind::RelayUdp)
                };
                Self::new(setup, options.session_options, options.network.0)
            }
            RelayOptions::Tcp(options) => {
                let setup = options.ends.setup(SessionKind::RelayTcp);
                let (session_options, network) = (options.session_options, options.network.0);
                let framing = FramingOption {
                    framing: options.framing.framing,
                    framing_sent: None,
                };
                Self::framed(setup, framing, session_options, network)
            }
        }
    }
}

impl Ends {
    fn setup(self, kind: SessionKind) -> Setup {
        Setup {
            allowed: self.allow,
            ..Setup::relay(kind, self.bind, self.to)
        }
    }
}

/// The option of a field of the configuration.
fn option(field: SessionField, kind: SessionKind) -> &'static str {
    match (field, kind.role()) {
        (SessionField::Local, SessionRole::Client) => "--from",
        (SessionField::Local, _) => "--bind",
        (SessionField::Remote, SessionRole::Client) => "HOST:PORT",
        (SessionField::Remote | SessionField::Target, _) => "--to",
        (SessionField::Reconnect, _) => "--reconnect",
        (SessionField::Groups, _) => "--join",
        // A mistake in a file has its place there instead.
        (SessionField::Rules, _) => "--reply",
        (SessionField::Conditions, _) => "--impair",
        (SessionField::Framing, _) => "--framing",
        (SessionField::FramingSent, _) => "--framing-sent",
        (field, _) => field.key(),
    }
}
