//! The session that a tab would open.

use super::Tab;
use crate::config::SessionConfig;
use crate::config::session::Group;
use crate::settings::preferences::Terms;
use crate::ui::UiContext;
use std::net::IpAddr;

impl Tab {
    /// The configuration of the session that would be opened now, with the joined groups; `None`
    /// while an address is wrong.
    pub fn config(&self, cx: UiContext<'_>, terms: Terms) -> Option<SessionConfig> {
        let config = self.drafts.config(cx.interfaces, terms)?;
        let group = |(group, name): &(IpAddr, String)| Group {
            group: *group,
            interface: cx.interfaces.index_of(name).unwrap_or(0),
        };
        let joined = self.session.groups().iter();
        let joined = joined.filter(|_| config.kind.has_groups());
        Some(SessionConfig {
            groups: joined.map(group).collect(),
            ..config
        })
    }
}
