//! The session that a tab would open.

use super::Tab;
use crate::config::SessionConfig;
use crate::engine::{Interfaces, NoSuchInterface};
use crate::settings::preferences::Terms;

impl Tab {
    /// The configuration of the session that would be opened now, with the groups that are joined
    /// then; `None` while an address is wrong.
    ///
    /// # Errors
    /// [`NoSuchInterface`] if the interface of such a group does not exist.
    pub fn config(
        &self,
        interfaces: &Interfaces,
        terms: Terms,
    ) -> Option<Result<SessionConfig, NoSuchInterface>> {
        let config = self.drafts.config(interfaces, terms)?;
        let kept = &self.drafts.groups.joined;
        let joined = self.session.groups().iter();
        let joined = joined.filter(|joined| !kept.contains(joined)).chain(kept);
        let joined = joined.filter(|_| config.kind.has_groups());
        let groups: Result<Vec<_>, _> = joined.map(|group| group.resolve(interfaces)).collect();
        Some(groups.map(|groups| SessionConfig { groups, ..config }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Event;
    use crate::settings::{Preferences, TabSettings};
    use crate::traffic::{ChunkBuilder, Notice};
    use std::sync::Arc;

    #[test]
    fn a_group_joined_on_an_interface_that_is_gone_is_not_exported_as_any_interface() {
        let mut tab = Tab::new(0, TabSettings::default(), 1 << 20);
        let mut chunk = ChunkBuilder::default();
        let joined = Notice::GroupJoined {
            group: [239, 0, 0, 1].into(),
            interface: "gone0".into(),
        };
        chunk.notice(0, joined);
        tab.session.apply(Event::Rows(Arc::new(chunk.finish())));
        let config = tab.config(&Interfaces::default(), Preferences::default().terms());
        assert_eq!(config.unwrap().unwrap_err().name, "gone0");
    }
}
