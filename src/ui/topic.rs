//! The topics of the help, and which one fits where one is.

use crate::settings::dock::Page;
use crate::ui::region::Region;

/// The topic of a help text.
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
    /// Its page of the book, with the anchor of a section: see [`Book::url`](crate::book::Book).
    pub page: &'static str,
}

/// Every topic once.
pub static TOPICS: [TopicEntry; 23] = [
    of(
        Topic::Session,
        "guide.session_title",
        "guide.session",
        "tasks",
    ),
    of(Topic::Tabs, "guide.tabs_title", "guide.tabs", "window#tabs"),
    of(
        Topic::Filter,
        "guide.filter_title",
        "guide.filter",
        "filter",
    ),
    of(Topic::Log, "guide.log_title", "guide.log", "log"),
    of(
        Topic::Composer,
        "guide.composer_title",
        "guide.composer",
        "tasks#send-bytes-instead-of-text",
    ),
    of(Topic::Keys, "guide.keys_title", "guide.keys", "keys"),
    page(
        Page::Details,
        "dock.details_name",
        "guide.details",
        "tasks#look-closer",
    ),
    page(
        Page::Diagnose,
        "dock.diagnose_name",
        "guide.diagnose",
        "doctor",
    ),
    page(
        Page::ConnectionLife,
        "dock.life_name",
        "guide.life",
        "connection",
    ),
    page(Page::AutoReply, "dock.reply_name", "guide.reply", "rules"),
    page(
        Page::Network,
        "dock.network_name",
        "guide.network",
        "impairment",
    ),
    page(
        Page::Intercepted,
        "dock.held_name",
        "guide.held",
        "tasks#stand-in-the-middle",
    ),
    page(
        Page::Measure,
        "dock.measure_name",
        "guide.measure",
        "tasks#measure-loss-and-round-trips",
    ),
    page(
        Page::Rates,
        "dock.rates_name",
        "guide.rates",
        "tasks#see-whether-you-lose-data-and-where",
    ),
    page(
        Page::Plot,
        "dock.plot_name",
        "guide.plot",
        "fields#plot-fields",
    ),
    page(
        Page::Poll,
        "dock.poll_name",
        "guide.poll",
        "fields#poll-table",
    ),
    page(
        Page::Library,
        "dock.library_name",
        "guide.library",
        "tasks#send-at-commands-repeat-count",
    ),
    page(
        Page::Sequence,
        "dock.sequence_name",
        "guide.sequence",
        "tasks#send-at-commands-repeat-count",
    ),
    page(Page::Open, "dock.open_name", "guide.open", "captures"),
    page(
        Page::Export,
        "dock.export_name",
        "guide.export",
        "tasks#keep-it-and-hand-it-on",
    ),
    page(
        Page::Settings,
        "dock.settings_name",
        "guide.settings",
        "window#settings",
    ),
    page(
        Page::Descriptions,
        "dock.descriptions_name",
        "guide.descriptions",
        "fields#kept-descriptions",
    ),
    page(Page::Course, "dock.course_name", "guide.course", "course"),
];

const fn of(
    topic: Topic,
    title: &'static str,
    text: &'static str,
    page: &'static str,
) -> TopicEntry {
    TopicEntry {
        topic,
        title,
        text,
        page,
    }
}

const fn page(
    shown: Page,
    title: &'static str,
    text: &'static str,
    page: &'static str,
) -> TopicEntry {
    of(Topic::Page(shown), title, text, page)
}

impl Topic {
    /// The topic for this part of the window while this page of the dock is open.
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
    use std::path::Path;

    #[test]
    fn every_topic_has_a_section_of_the_book() {
        let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/en");
        let anchor = |heading: &str| {
            let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
            let heading: String = heading.chars().filter(kept).collect();
            heading.trim().to_lowercase().replace(' ', "-")
        };
        for entry in &TOPICS {
            let (page, section) = entry.page.split_once('#').unwrap_or((entry.page, ""));
            let text = std::fs::read_to_string(docs.join(page).with_extension("md")).unwrap();
            let mut headings = text.lines().filter_map(|line| line.strip_prefix("## "));
            let is_there = headings.any(|heading| anchor(heading) == section);
            assert!(section.is_empty() || is_there, "{}", entry.page);
        }
    }

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
