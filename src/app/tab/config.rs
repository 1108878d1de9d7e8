//! A tab as the session it would open.

use super::Tab;
use crate::config::SessionConfig;
use crate::config::session::Group;
use crate::kind::Role;
use crate::payload::composition::Composition;
use crate::settings::preferences::Terms;
use crate::ui::Look;
use std::net::IpAddr;

impl Tab {
    /// The session that would be opened now, and what it would do by itself; `None` while an
    /// address is wrong.
    pub fn config(&self, look: Look<'_>, terms: Terms) -> Option<SessionConfig> {
        let drafts = &self.drafts;
        let setup = drafts.network.setup_now(look, terms)?;
        let kind = setup.kind;
        let group = |(group, name): &(IpAddr, String)| Group {
            group: *group,
            interface: look.interfaces.index_of(name).unwrap_or(0),
        };
        let joined = self.session.groups().iter().filter(|_| kind.has_groups());
        let target = (kind.role() == Role::Datagrams)
            .then(|| drafts.send.destination(look, kind).ok())
            .flatten();
        Some(SessionConfig {
            target,
            groups: joined.map(group).collect(),
            rules: match drafts.rules.on {
                true => drafts.rules.rules.clone(),
                false => Vec::new(),
            },
            limits: drafts.rules.limits,
            conditions: (drafts.bad_network.on).then(|| drafts.bad_network.conditions.clone()),
            framing: drafts.receive.framing.framing(),
            charset: self.charset(),
            writing: Composition {
                text: String::new(),
                ..drafts.send.composition.clone()
            },
            ..SessionConfig::from(setup)
        })
    }
}
