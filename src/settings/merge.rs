//! Merges the settings of two windows: changes of either are kept.

use super::library::{History, Library, Snippet, SnippetGroup, Snippets};
use super::{Preferences, Settings, TabSettings};

impl Settings {
    /// Merges these settings with a file that other windows wrote. `known` is the state that this
    /// window last read or wrote; `theirs` is the file now. If both changed the same value, this
    /// window's is used. Lists are merged.
    pub fn merged(self, known: &Self, theirs: Self) -> Self {
        // Destructured, so that the compiler reports a new field that is not merged.
        let Self {
            version,
            lang,
            theme,
            window,
            place,
            preferences,
            active: _,
            tabs,
            library,
            dock,
            columns,
            course,
        } = theirs;
        let (active, tabs) = self.tabs_merged(known, tabs);
        Self {
            version,
            lang: newest(self.lang, &known.lang, lang),
            theme: newest(self.theme, &known.theme, theme),
            window: newest(self.window, &known.window, window),
            place: newest(self.place, &known.place, place),
            preferences: preferences_merged(self.preferences, &known.preferences, preferences),
            active,
            tabs,
            library: library_merged(self.library, &known.library, library),
            dock: newest(self.dock, &known.dock, dock),
            columns: newest(self.columns, &known.columns, columns),
            course: self.course.merged(&known.course, course),
        }
    }

    /// The merged tabs, and the index of the active one.
    fn tabs_merged(&self, known: &Self, theirs: Vec<TabSettings>) -> (usize, Vec<TabSettings>) {
        let tabs = merged(self.tabs.clone(), &known.tabs, theirs);
        let front = self.tabs.get(self.active);
        // Equal tabs are distinguished by their index as long as none was removed.
        let active = match tabs.starts_with(&self.tabs) {
            true => self.active,
            false => tabs
                .iter()
                .position(|tab| Some(tab) == front)
                .unwrap_or_default(),
        };
        (active, tabs)
    }
}

/// Our value, unless only the others changed it.
fn newest<T: PartialEq>(ours: T, known: &T, theirs: T) -> T {
    match ours == *known {
        true => theirs,
        false => ours,
    }
}

/// Our items without those that only the others removed, followed by the others' new ones.
fn merged<T: PartialEq>(ours: Vec<T>, known: &[T], theirs: Vec<T>) -> Vec<T> {
    let (mut all, new) = parted(ours, known, theirs);
    all.extend(new);
    all
}

/// Our remaining items, and the others' new ones.
fn parted<T: PartialEq>(mut ours: Vec<T>, known: &[T], mut theirs: Vec<T>) -> (Vec<T>, Vec<T>) {
    for old in known {
        if let Some(unchanged) = theirs.iter().position(|their| their == old) {
            theirs.remove(unchanged);
        } else if let Some(gone) = ours.iter().position(|our| our == old) {
            ours.remove(gone);
        }
    }
    (ours, theirs)
}

fn preferences_merged(ours: Preferences, known: &Preferences, theirs: Preferences) -> Preferences {
    let Preferences {
        log_mib,
        disk_mib,
        kept_days,
        connect_seconds,
        receive_kib,
        merge,
        enter_sends,
    } = theirs;
    Preferences {
        log_mib: newest(ours.log_mib, &known.log_mib, log_mib),
        disk_mib: newest(ours.disk_mib, &known.disk_mib, disk_mib),
        kept_days: newest(ours.kept_days, &known.kept_days, kept_days),
        connect_seconds: newest(
            ours.connect_seconds,
            &known.connect_seconds,
            connect_seconds,
        ),
        receive_kib: newest(ours.receive_kib, &known.receive_kib, receive_kib),
        merge: newest(ours.merge, &known.merge, merge),
        enter_sends: newest(ours.enter_sends, &known.enter_sends, enter_sends),
    }
}

fn library_merged(ours: Library, known: &Library, theirs: Library) -> Library {
    let entries = |history: &History| history.entries().to_vec();
    let (old, their) = (entries(&known.history), entries(&theirs.history));
    let (mut all, new) = parted(entries(&ours.history), &old, their);
    // After the messages sent here since then, because the history is cut at its end.
    let recent = all.iter().filter(|entry| !old.contains(entry)).count();
    let new: Vec<_> = new
        .into_iter()
        .filter(|entry| !all.contains(entry))
        .collect();
    all.splice(recent..recent, new);
    Library {
        history: History::of(all),
        snippets: snippets_merged(&ours.snippets, &known.snippets, &theirs.snippets),
        in_turn: newest(ours.in_turn, &known.in_turn, theirs.in_turn),
        descriptions: newest(ours.descriptions, &known.descriptions, theirs.descriptions),
    }
}

fn snippets_merged(ours: &Snippets, known: &Snippets, theirs: &Snippets) -> Snippets {
    let mut groups: Vec<SnippetGroup> = Vec::new();
    for SnippetGroup { name, .. } in ours.groups.iter().chain(&theirs.groups) {
        if groups.iter().any(|group| group.name == *name) {
            continue;
        }
        let old = of_group(known, name);
        let snippets = merged(of_group(ours, name), &old, of_group(theirs, name));
        let has = |snippets: &Snippets| snippets.groups.iter().any(|group| group.name == *name);
        // A group that either side removed does not come back empty.
        if !snippets.is_empty() || !has(known) || has(ours) && has(theirs) {
            let name = name.clone();
            groups.push(SnippetGroup { name, snippets });
        }
    }
    Snippets { groups }
}

/// The snippets of all groups with this name.
fn of_group(snippets: &Snippets, name: &str) -> Vec<Snippet> {
    let groups = snippets.groups.iter().filter(|group| group.name == name);
    groups
        .flat_map(|group| group.snippets.iter().cloned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::composition::Composition;
    use crate::settings::theme::ThemeSetting;

    fn composition(text: &str) -> Composition {
        Composition {
            text: text.into(),
            ..Composition::default()
        }
    }

    fn settings(texts: &[&str]) -> Settings {
        let tab = |text: &&str| {
            let mut tab = TabSettings::default();
            tab.send.composition.text = (*text).into();
            tab
        };
        Settings {
            tabs: texts.iter().map(tab).collect(),
            ..Settings::default()
        }
    }

    fn texts(settings: &Settings) -> Vec<&str> {
        let tabs = settings.tabs.iter();
        tabs.map(|tab| tab.send.composition.text.as_str()).collect()
    }

    #[test]
    fn alone_nothing_changes() {
        let mut ours = settings(&["a", "a", "b", "a"]);
        ours.active = 3;
        ours.library.history.add(&composition("x"));
        let known = settings(&["a", "c"]);
        assert_eq!(ours.clone().merged(&known, known.clone()), ours);
    }

    #[test]
    fn what_either_typed_is_there_and_does_not_multiply() {
        // Each window's last state, and the content of the file.
        let mut known = [settings(&["p", "q"]), settings(&["p", "q"])];
        let mut file = settings(&["p", "q"]);
        for round in 0..5 {
            let now = [
                settings(&[&format!("p{round}"), "q"]),
                settings(&["p", &format!("q{round}")]),
            ];
            for (ours, known) in now.into_iter().zip(&mut known) {
                file = ours.clone().merged(known, file);
                *known = ours;
            }
            let mut found = texts(&file);
            found.sort();
            assert_eq!(found, [format!("p{round}"), format!("q{round}")]);
        }
    }

    #[test]
    fn different_settings_changed_in_two_windows_are_both_kept() {
        let known = settings(&["a"]);
        let (mut ours, mut theirs) = (known.clone(), known.clone());
        ours.preferences.log_mib = 77;
        ours.library.history.add(&composition("sent here"));
        theirs.preferences.connect_seconds = 9;
        theirs.theme = ThemeSetting::Dark;
        theirs.library.history.add(&composition("sent there"));
        let snippet = |name: &str| Snippet {
            name: name.into(),
            composition: composition(name),
        };
        ours.library.snippets.add("AT", snippet("here"));
        theirs.library.snippets.add("AT", snippet("there"));
        theirs.library.snippets.add("Modbus", snippet("there"));
        let both = ours.merged(&known, theirs);
        assert_eq!(
            (both.preferences.log_mib, both.preferences.connect_seconds),
            (77, 9)
        );
        assert_eq!(both.theme, ThemeSetting::Dark);
        assert_eq!(
            both.library.history.entries(),
            [composition("sent here"), composition("sent there")]
        );
        let names = |group: &str| -> Vec<String> {
            let all = of_group(&both.library.snippets, group);
            all.into_iter().map(|snippet| snippet.name).collect()
        };
        assert_eq!(names("AT"), ["here", "there"]);
        assert_eq!(names("Modbus"), ["there"]);
    }

    #[test]
    fn what_was_removed_stays_removed() {
        let mut known = settings(&["a"]);
        known.library.history.add(&composition("secret"));
        let (mut ours, mut theirs) = (known.clone(), known.clone());
        theirs.library.history.clear();
        ours.theme = ThemeSetting::Dark;
        let both = ours.clone().merged(&known, theirs);
        assert!(both.library.history.entries().is_empty());
        let mut theirs = known.clone();
        theirs.theme = ThemeSetting::Dark;
        ours.library.history.clear();
        let both = ours.merged(&known, theirs);
        assert!(both.library.history.entries().is_empty());
    }
}
