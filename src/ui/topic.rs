//! The topics of the help, and which one fits where one is.

use crate::settings::dock::Page;
use crate::ui::region::Region;

/// What a text of the help is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Topic {
    #[default]
    Session,
    Tabs,
    Filter,
    Log,
    Composer,
    Keys,
    Page(Page),
}

/// A topic with its words.
pub struct TopicEntry {
    pub topic: Topic,
    /// The key of its title.
    pub title: &'static str,
    /// The key of its text.
    pub text: &'static str,
}

/// Every topic once.
pub static TOPICS: [TopicEntry; 17] = [
    of(Topic::Session, "guide.session_title", "guide.session"),
    of(Topic::Tabs, "guide.tabs_title", "guide.tabs"),
    of(Topic::Filter, "guide.filter_title", "guide.filter"),
    of(Topic::Log, "guide.log_title", "guide.log"),
    of(Topic::Composer, "guide.composer_title", "guide.composer"),
    of(Topic::Keys, "guide.keys_title", "guide.keys"),
    page(Page::Details, "dock.details_name", "guide.details"),
    page(Page::AutoReply, "dock.reply_name", "guide.reply"),
    page(Page::Network, "dock.network_name", "guide.network"),
    page(Page::Held, "dock.held_name", "guide.held"),
    page(Page::Measure, "dock.measure_name", "guide.measure"),
    page(Page::Rates, "dock.rates_name", "guide.rates"),
    page(Page::Library, "dock.library_name", "guide.library"),
    page(Page::Sequence, "dock.sequence_name", "guide.sequence"),
    page(Page::Open, "dock.open_name", "guide.open"),
    page(Page::Export, "dock.export_name", "guide.export"),
    page(Page::Settings, "dock.settings_name", "guide.settings"),
];

const fn of(topic: Topic, title: &'static str, text: &'static str) -> TopicEntry {
    TopicEntry { topic, title, text }
}

const fn page(page: Page, title: &'static str, text: &'static str) -> TopicEntry {
    of(Topic::Page(page), title, text)
}

impl Topic {
    /// What helps in this part of the window, where this page of the dock is open.
    pub fn of(region: Option<Region>, open: Option<Page>) -> Option<Self> {
        Some(match region? {
            Region::Tabs => Self::Tabs,
            Region::Left => Self::Session,
            Region::Toolbar => Self::Filter,
            Region::Log => Self::Log,
            Region::Composer => Self::Composer,
            Region::Dock => Self::Page(open.filter(|open| *open != Page::Help)?),
        })
    }

    /// Its words.
    pub fn entry(self) -> &'static TopicEntry {
        let [first, ..] = &TOPICS;
        TOPICS
            .iter()
            .find(|entry| entry.topic == self)
            .unwrap_or(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::dock::PAGES;

    #[test]
    fn every_page_and_region_has_a_topic_of_its_own() {
        for page in &PAGES {
            assert_eq!(Topic::Page(page.page).entry().title, page.name);
        }
        for region in Region::ALL {
            let topic = Topic::of(Some(region), Some(Page::Measure)).unwrap();
            assert_eq!(topic.entry().topic, topic);
        }
        assert_eq!(Topic::of(Some(Region::Dock), Some(Page::Help)), None);
    }
}
