//! Floor 5: everything that is kept between runs, in one versioned RON file.
//!
//! A file that cannot be read is never written over: it is set aside under another
//! name, the user is told, and defaults are used.

mod store;

pub use store::{Store, save};

use crate::say;
use crate::session::Kind;
use crate::ui::bad_network::BadNetwork;
use crate::ui::group_panel::GroupPanel;
use crate::ui::library::Library;
use crate::ui::measure::Measure;
use crate::ui::network_panel::NetworkPanel;
use crate::ui::receive_panel::ReceivePanel;
use crate::ui::rules::RulesPanel;
use crate::ui::send::SendDraft;
use crate::ui::sequence::Sequence;
use crate::ui::settings_window::Preferences;
use crate::ui::theme::Choice;
use crate::words::Lang;
use serde::{Deserialize, Serialize};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// The version this program writes; it reads this and every older one.
pub const VERSION: u32 = 1;
/// No settings are longer, in bytes; a longer file is not even read.
const LONGEST: u64 = 8 << 20;
/// The smallest window in which nothing is out of reach, in points.
pub const SMALLEST: (f32, f32) = (760.0, 480.0);
const FILE: &str = "settings.ron";

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    pub version: u32,
    /// `None`: the system's.
    pub lang: Option<Lang>,
    pub theme: Choice,
    /// The window's inner size, in points.
    pub window: (f32, f32),
    pub preferences: Preferences,
    /// The tab in front, counted from 0.
    pub active: usize,
    pub tabs: Vec<TabSettings>,
    /// What was sent, and snippets.
    pub library: Library,
}

/// What is kept of one tab.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TabSettings {
    pub network: NetworkPanel,
    pub groups: GroupPanel,
    pub receive: ReceivePanel,
    pub send: SendDraft,
    pub sequence: Sequence,
    pub rules: RulesPanel,
    pub bad_network: BadNetwork,
    pub measure: Measure,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            version: VERSION,
            lang: None,
            theme: Choice::System,
            window: (1280.0, 800.0),
            preferences: Preferences::default(),
            active: 0,
            tabs: vec![TabSettings::default()],
            library: Library::default(),
        }
    }
}

impl TabSettings {
    pub fn of_kind(kind: Kind) -> Self {
        Self {
            network: NetworkPanel {
                kind,
                ..NetworkPanel::default()
            },
            ..Self::default()
        }
    }
}

/// A settings file that could not be used, and where it is now.
#[derive(Debug)]
pub struct SetAside {
    pub path: PathBuf,
    reason: Reason,
}

#[derive(Debug)]
enum Reason {
    Io(io::Error),
    NoFile,
    TooLarge,
    Newer,
    Syntax(String),
}

impl SetAside {
    pub fn explain(&self, lang: Lang) -> String {
        let reason = match &self.reason {
            Reason::Io(error) => error.to_string(),
            Reason::NoFile => say!(lang, "settings.no_file"),
            Reason::TooLarge => say!(lang, "settings.too_large"),
            Reason::Newer => say!(lang, "settings.newer"),
            Reason::Syntax(error) => error.clone(),
        };
        say!(
            lang,
            "settings.set_aside",
            reason = reason,
            path = self.path.display()
        )
    }
}

/// The platform's configuration directory for this program.
pub fn default_dir() -> Option<PathBuf> {
    use etcetera::AppStrategy as _;
    etcetera::choose_app_strategy(names())
        .ok()
        .map(|strategy| strategy.config_dir())
}

/// The platform's directory for what a program keeps of its own accord.
pub fn state_dir() -> Option<PathBuf> {
    use etcetera::AppStrategy as _;
    let strategy = etcetera::choose_app_strategy(names()).ok()?;
    Some(
        strategy
            .state_dir()
            .unwrap_or_else(|| strategy.data_dir())
            .join("journal"),
    )
}

fn names() -> etcetera::AppStrategyArgs {
    etcetera::AppStrategyArgs {
        top_level_domain: "io".into(),
        author: "netpeer".into(),
        app_name: "netpeer".into(),
    }
}

/// The file in a configuration directory.
pub fn file_in(dir: &Path) -> PathBuf {
    dir.join(FILE)
}

/// The settings of `file`; defaults where there is none, or where it had to be set aside.
pub fn load(file: &Path) -> (Settings, Option<SetAside>) {
    match read(file) {
        Ok(settings) => (settings, None),
        Err(Reason::Io(error)) if error.kind() == io::ErrorKind::NotFound => {
            (Settings::default(), None)
        }
        Err(reason) => (Settings::default(), Some(set_aside(file, reason))),
    }
}

fn read(file: &Path) -> Result<Settings, Reason> {
    // Opening a pipe would wait for somebody to write to it.
    if !std::fs::metadata(file).map_err(Reason::Io)?.is_file() {
        return Err(Reason::NoFile);
    }
    let open = std::fs::File::open(file).map_err(Reason::Io)?;
    let mut bytes = Vec::new();
    open.take(LONGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(Reason::Io)?;
    if bytes.len() as u64 > LONGEST {
        return Err(Reason::TooLarge);
    }
    let text = String::from_utf8(bytes).map_err(|error| Reason::Syntax(error.to_string()))?;
    if text.trim().is_empty() {
        return Err(Reason::Syntax(
            io::Error::from(io::ErrorKind::UnexpectedEof).to_string(),
        ));
    }
    let settings: Settings = ron::from_str(&text).map_err(|error| match newer(&text) {
        true => Reason::Newer,
        false => Reason::Syntax(error.to_string()),
    })?;
    if settings.version > VERSION {
        Err(Reason::Newer)
    } else {
        Ok(settings.usable())
    }
}

/// Whether a file that does not parse says that it is of a later version.
fn newer(text: &str) -> bool {
    let version = text
        .split_once("version:")
        .map(|(_, rest)| rest.trim_start());
    let digits: String = version
        .unwrap_or_default()
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    digits.parse::<u32>().is_ok_and(|version| version > VERSION)
}

impl Settings {
    /// Values a file may hold but the window cannot use, brought into range.
    fn usable(mut self) -> Self {
        self.version = VERSION;
        if self.tabs.is_empty() {
            self.tabs.push(TabSettings::default());
        }
        self.active = self.active.min(self.tabs.len() - 1);
        let side = |value: f32, least: f32| {
            if value.is_finite() {
                value.clamp(least, 16_384.0)
            } else {
                800.0
            }
        };
        self.window = (
            side(self.window.0, SMALLEST.0),
            side(self.window.1, SMALLEST.1),
        );
        self
    }
}

fn set_aside(file: &Path, reason: Reason) -> SetAside {
    let seconds = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs();
    let numbered = |number: u32| match number {
        0 => file.with_file_name(format!("{FILE}.corrupt-{seconds}")),
        number => file.with_file_name(format!("{FILE}.corrupt-{seconds}-{number}")),
    };
    let path = (0..100)
        .map(numbered)
        .find(|path| !path.exists())
        .unwrap_or_else(|| numbered(0));
    // If even that fails, the file stays where it is and says so by its own path.
    let path = if std::fs::rename(file, &path).is_ok() {
        path
    } else {
        file.to_owned()
    };
    SetAside { path, reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loaded(content: &[u8]) -> (Settings, Option<SetAside>, tempfile::TempDir) {
        let dir = tempfile::tempdir().unwrap();
        let file = file_in(dir.path());
        std::fs::write(&file, content).unwrap();
        let (settings, aside) = load(&file);
        (settings, aside, dir)
    }

    fn is_set_aside(content: &[u8]) {
        let (settings, aside, _dir) = loaded(content);
        assert_eq!(settings, Settings::default());
        let aside = aside.expect("set aside");
        let name = aside.path.file_name().unwrap().to_str().unwrap();
        assert!(name.starts_with("settings.ron.corrupt-"), "{name}");
        assert_eq!(
            std::fs::metadata(&aside.path).unwrap().len(),
            content.len() as u64
        );
        for lang in Lang::ALL {
            assert!(aside.explain(lang).contains(name));
        }
    }

    #[test]
    fn what_was_saved_comes_back() {
        let mut settings = Settings {
            lang: Some(Lang::English),
            ..Settings::default()
        };
        settings.tabs.push(TabSettings::of_kind(Kind::TcpServer));
        settings.tabs[0].send.composition.text = "多行\n\"引号\" \\ \u{202E}".into();
        let text =
            ron::ser::to_string_pretty(&settings, ron::ser::PrettyConfig::default()).unwrap();
        let (back, aside, _dir) = loaded(text.as_bytes());
        assert!(aside.is_none());
        assert_eq!(back, settings);
    }

    #[test]
    fn no_file_is_no_problem() {
        let dir = tempfile::tempdir().unwrap();
        let (settings, aside) = load(&file_in(dir.path()));
        assert_eq!(settings, Settings::default());
        assert!(aside.is_none());
    }

    #[test]
    fn an_empty_file_is_set_aside() {
        is_set_aside(b"");
        is_set_aside(b"\n");
    }

    #[test]
    fn half_a_file_is_set_aside() {
        let text = ron::to_string(&Settings::default()).unwrap();
        is_set_aside(&text.as_bytes()[..text.len() / 2]);
    }

    #[test]
    fn a_deeply_nested_file_is_set_aside() {
        is_set_aside("(".repeat(10_000).as_bytes());
        is_set_aside(format!("(tabs:{})", "[".repeat(10_000)).as_bytes());
    }

    #[test]
    fn a_newer_file_is_set_aside_even_if_it_parses() {
        is_set_aside(b"(version: 999)");
        is_set_aside(b"(version: 999, tabs: Something(else))");
    }

    #[test]
    fn bytes_that_are_no_text_are_set_aside() {
        is_set_aside(&[0xFF; 64]);
    }

    #[test]
    fn a_gigabyte_is_set_aside_without_being_read() {
        let dir = tempfile::tempdir().unwrap();
        let file = file_in(dir.path());
        std::fs::File::create(&file)
            .unwrap()
            .set_len(1 << 30)
            .unwrap();
        let (settings, aside) = load(&file);
        assert_eq!(settings, Settings::default());
        assert!(matches!(aside.unwrap().reason, Reason::TooLarge));
    }

    #[test]
    fn an_unknown_field_and_a_missing_one_are_no_problem() {
        let (settings, aside, _dir) = loaded(b"(version: 1, theme: Dark, someday: 7)");
        assert!(aside.is_none());
        assert_eq!(
            settings,
            Settings {
                theme: Choice::Dark,
                ..Settings::default()
            }
        );
    }

    #[test]
    fn impossible_values_are_brought_into_range() {
        let (settings, aside, _dir) = loaded(b"(active: 99, tabs: [], window: (NaN, -5.0))");
        assert!(aside.is_none());
        assert_eq!((settings.active, settings.tabs.len()), (0, 1));
        assert_eq!(settings.window, (800.0, SMALLEST.1));
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_set_aside_and_not_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let file = file_in(dir.path());
        assert!(
            std::process::Command::new("mkfifo")
                .arg(&file)
                .status()
                .unwrap()
                .success()
        );
        assert!(matches!(load(&file).1.unwrap().reason, Reason::NoFile));
    }

    #[test]
    fn two_files_set_aside_in_one_second_are_both_kept() {
        let dir = tempfile::tempdir().unwrap();
        let file = file_in(dir.path());
        for content in ["(", "["] {
            std::fs::write(&file, content).unwrap();
            assert!(load(&file).1.is_some());
        }
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 2);
    }
}
