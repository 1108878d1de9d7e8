//! The pages of the dock.

use crate::settings::dock::Page;
use crate::ui::icons::{self, Icon};
use egui::{Key, KeyboardShortcut, Modifiers};

/// How a page is found.
pub struct PageEntry {
    pub page: Page,
    pub icon: Icon,
    /// The key of the word below its icon.
    pub short: &'static str,
    /// The key of its title, which is the name of its button too.
    pub name: &'static str,
    pub shortcut: KeyboardShortcut,
}

const SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

/// Every page of the strip once.
pub static PAGES: [PageEntry; 15] = [
    PageEntry {
        page: Page::Details,
        icon: icons::DETAILS,
        short: "dock.details",
        name: "dock.details_name",
        shortcut: KeyboardShortcut::new(SHIFT, Key::D),
    },
    PageEntry {
        page: Page::Diagnose,
        icon: icons::DIAGNOSE,
        short: "dock.diagnose",
        name: "dock.diagnose_name",
        shortcut: KeyboardShortcut::new(SHIFT, Key::G),
    },
    PageEntry {
        page: Page::ConnectionLife,
        icon: icons::CONNECTION_LIFE,
        short: "dock.life",
        name: "dock.life_name",
        shortcut: KeyboardShortcut::new(SHIFT, Key::E),
    },
    PageEntry {
        page: Page::AutoReply,
        icon: icons::REPLY,
        short: "dock.reply",
        name: "dock.reply_name",
        shortcut: KeyboardShortcut::new(SHIFT, Key::A),
    },
    PageEntry {
        page: Page::Network,
        icon: icons::NETWORK,
        short: "dock.network",
        name: "dock.network_name",
        shortcut: KeyboardShortcut::new(SHIFT, Key::N),
    },
    PageEntry {
        page: Page::Intercepted,
        icon: icons::HELD,
        short: "dock.held",
        name: "dock.held_name",
        shortcut: KeyboardShortcut::new(SHIFT, Key::I),
    },
    PageEntry {
        page: Page::Measure,
        icon: icons::MEASURE,
        short: "dock.measure",
        name: "dock.measure_name",
        shortcut: KeyboardShortcut::new(SHIFT, Key::M),
    },
    PageEntry {
        page: Page::Rates,
        icon: icons::RATES,
        short: "dock.rates",
        name: "dock.rates_name",
        shortcut: KeyboardShortcut::new(SHIFT, Key::R),
    },
    PageEntry {
        page: Page::Plot,
        icon: icons::PLOT,
        short: "dock.plot",
        name: "dock.plot_name",
        shortcut: KeyboardShortcut::new(SHIFT, Key::P),
    },
    PageEntry {
        page: Page::Poll,
        icon: icons::POLL,
        short: "dock.poll",
        name: "dock.poll_name",
        shortcut: KeyboardShortcut::new(SHIFT, Key::O),
    },
    PageEntry {
        page: Page::Library,
        icon: icons::LIBRARY,
        short: "dock.library",
        name: "dock.library_name",
        shortcut: KeyboardShortcut::new(SHIFT, Key::H),
    },
    PageEntry {
        page: Page::Sequence,
        icon: icons::SEQUENCE,
        short: "dock.sequence",
        name: "dock.sequence_name",
        shortcut: KeyboardShortcut::new(SHIFT, Key::S),
    },
    PageEntry {
        page: Page::Open,
        icon: icons::OPEN,
        short: "dock.open",
        name: "dock.open_name",
        shortcut: KeyboardShortcut::new(Modifiers::COMMAND, Key::O),
    },
    PageEntry {
        page: Page::Export,
        icon: icons::EXPORT,
        short: "dock.export",
        name: "dock.export_name",
        shortcut: KeyboardShortcut::new(Modifiers::COMMAND, Key::S),
    },
    PageEntry {
        page: Page::Settings,
        icon: icons::SETTINGS,
        short: "dock.settings",
        name: "dock.settings_name",
        shortcut: KeyboardShortcut::new(Modifiers::COMMAND, Key::Comma),
    },
];

/// The page that has no button in the strip: that of the tab bar opens it.
pub static HELP: PageEntry = PageEntry {
    page: Page::Help,
    icon: icons::DETAILS,
    short: "dock.help",
    name: "dock.help_name",
    shortcut: KeyboardShortcut::new(Modifiers::NONE, Key::F1),
};

/// The page without a button in the strip that the choice of a description opens.
pub static DESCRIPTIONS: PageEntry = PageEntry {
    page: Page::Descriptions,
    icon: icons::DETAILS,
    short: "dock.descriptions",
    name: "dock.descriptions_name",
    shortcut: KeyboardShortcut::new(SHIFT, Key::F),
};

/// The page of the course, which the first page of a session and the commands open.
pub static COURSE: PageEntry = PageEntry {
    page: Page::Course,
    icon: icons::DETAILS,
    short: "dock.course",
    name: "dock.course_name",
    shortcut: KeyboardShortcut::new(SHIFT, Key::B),
};

impl Page {
    /// Whether it is about files or the program, and stands behind those about the session.
    pub fn is_aside(self) -> bool {
        matches!(self, Self::Open | Self::Export | Self::Settings)
    }

    pub fn entry(self) -> &'static PageEntry {
        PAGES
            .iter()
            .chain([&DESCRIPTIONS, &COURSE])
            .find(|entry| entry.page == self)
            .unwrap_or(&HELP)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_is_found_by_its_own_name_and_key() {
        assert_eq!(Page::Help.entry().name, HELP.name);
        assert_eq!(Page::Descriptions.entry().name, DESCRIPTIONS.name);
        assert_eq!(Page::Course.entry().name, COURSE.name);
        for (place, one) in PAGES.iter().enumerate() {
            assert_eq!(one.page.entry().name, one.name);
            for other in PAGES.iter().skip(place + 1) {
                assert_ne!(one.page, other.page);
                assert_ne!(one.shortcut, other.shortcut);
                assert_ne!((one.short, one.name), (other.short, other.name));
            }
        }
    }
}
