//! A tab as a session's configuration, and back.

use super::{DescriptionDraft, FramingDraft, ImpairmentDraft, RulesDraft, TabSettings};
use crate::config::{SessionConfig, typed_name};
use crate::engine::{Endpoint, Host, Interfaces, Remote};
use crate::kind::SessionRole;
use crate::payload::charset::Charset;
use crate::payload::composition::Composition;
use crate::peer::Peer;
use crate::settings::preferences::Terms;

impl TabSettings {
    /// The configuration of the session that the tab would open; `None` while an address is wrong.
    /// Groups are not included: they are joined once the session is open. `interfaces` resolves the
    /// names of interfaces in addresses.
    pub fn config(&self, interfaces: &Interfaces, terms: Terms) -> Option<SessionConfig> {
        let setup = self.network.setup(interfaces, terms).ok()?;
        let kind = setup.kind;
        let target = match kind.role() {
            SessionRole::Datagrams => self.send.destination(interfaces, kind).ok(),
            SessionRole::Client | SessionRole::Server | SessionRole::Relay => None,
        };
        let rules = self.rules.rules.iter().filter(|_| self.rules.on);
        let bad = &self.bad_network;
        let (framing, framing_sent) = self.receive.framings(kind.is_stream());
        Some(SessionConfig {
            target,
            rules: rules.cloned().collect(),
            limits: self.rules.limits,
            conditions: bad.on.then(|| bad.conditions.clone()),
            framing,
            framing_sent: framing_sent.filter(|_| !kind.is_relay()),
            describe: self.receive.description.written(),
            charset: self.charset(),
            writing: Composition {
                text: String::new(),
                ..self.send.composition.clone()
            },
            ..SessionConfig::from(setup)
        })
    }

    /// The tab that opens this session: [`Self::config`] returns the configuration. Exceptions
    /// are the preferences of all tabs (the time-out of a connection, the receive buffer), the
    /// defaults of every tab (the reconnect interval, a relay's idle time), and groups: the tab
    /// only proposes the first one.
    pub fn of(config: &SessionConfig) -> Self {
        let role = config.kind.role();
        let mut tab = Self::of_kind(config.kind);
        let network = &mut tab.network;
        match config.local {
            Some(Peer::Ip(local)) => {
                let (host, port) = match role {
                    SessionRole::Client => (&mut network.client_host, &mut network.client_port),
                    _ => (&mut network.local_host, &mut network.local_port),
                };
                (*host, *port) = typed(&local.into());
            }
            Some(Peer::Named(name)) => network.local_name = typed_name(name),
            Some(Peer::Unnamed(_)) | None if role == SessionRole::Datagrams => {
                network.local_name.clear()
            }
            Some(Peer::Unnamed(_)) | None => {}
        }
        match &config.remote {
            Some(Remote::Endpoint(to)) => {
                (network.remote_host, network.remote_port) = typed(to);
            }
            Some(Remote::Named(name)) => network.remote_name = typed_name(*name),
            None => {}
        }
        network.close_with_peer = config.close_with_peer;
        network.nodelay = config.nodelay;
        network.reconnect = config.reconnect.is_some();
        let allowed: Vec<String> = config.allow.iter().map(ToString::to_string).collect();
        network.allow = allowed.join(", ");
        let send = &mut tab.send;
        match &config.target {
            Some(Remote::Endpoint(to)) => (send.target_host, send.target_port) = typed(to),
            Some(Remote::Named(name)) => send.target_name = typed_name(*name),
            None if role == SessionRole::Datagrams => send.target_host.clear(),
            None => {}
        }
        send.composition = config.writing.clone();
        if let Some(group) = config.groups.first() {
            tab.groups.address = group.group.to_string();
        }
        let (received, sent) = tab.receive.framing_drafts(config.kind.is_stream());
        *received = FramingDraft::of(config.framing.as_ref());
        *sent = FramingDraft::of(config.framing_sent.as_ref());
        tab.receive.description = DescriptionDraft::of(config.describe.as_deref());
        tab.receive.read_as.session = config.charset;
        tab.rules = RulesDraft {
            on: !config.rules.is_empty(),
            rules: config.rules.clone(),
            limits: config.limits,
        };
        if let Some(conditions) = config.conditions.clone() {
            tab.bad_network = ImpairmentDraft {
                on: true,
                conditions,
            };
        }
        tab
    }

    /// The encoding chosen for sent text, otherwise for received text. It applies before there is a
    /// peer to follow.
    pub fn charset(&self) -> Option<Charset> {
        self.send.charset.or(self.receive.read_as.session)
    }
}

/// Host and port as texts of two fields.
fn typed(to: &Endpoint) -> (String, String) {
    let host = match &to.host {
        Host::Name(name) => name.clone(),
        Host::Ip { ip, scope: 0 } => ip.to_string(),
        Host::Ip { ip, scope } => format!("{ip}%{scope}"),
    };
    (host, to.port.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::UnitDuration;
    use crate::config::session::sample;
    use crate::engine::Setup;
    use proptest::prelude::*;

    /// The part of a configuration that a tab keeps.
    fn kept(config: SessionConfig) -> SessionConfig {
        SessionConfig {
            idle: UnitDuration(Setup::IDLE),
            reconnect: config.reconnect.map(|_| UnitDuration(Setup::RECONNECT)),
            groups: Vec::new(),
            ..config
        }
    }

    proptest! {
        #[test]
        fn the_tab_of_a_session_opens_it_again(config in sample::sessions()) {
            let config = kept(config);
            let terms = Terms {
                connect_timeout: config.connect_timeout.0,
                receiving: config.receiving,
            };
            let tab = TabSettings::of(&config);
            let back = tab.config(&Interfaces::default(), terms);
            prop_assert_eq!(back.as_ref(), Some(&config), "{:?}", tab);
        }
    }

    #[test]
    fn a_tab_with_a_wrong_address_is_no_session() {
        let terms = crate::settings::Preferences::default().terms();
        let mut tab = TabSettings::default();
        assert!(tab.config(&Interfaces::default(), terms).is_some());
        tab.network.local_port = "80 80".into();
        assert_eq!(tab.config(&Interfaces::default(), terms), None);
    }
}
