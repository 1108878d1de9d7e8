//! The state kept between runs, in one versioned RON file.
//!
//! A file that cannot be read is never overwritten. It is renamed, the user gets a message, and
//! defaults are used.

pub mod columns;
pub mod course;
pub mod descriptions;
pub mod dock;
pub mod kept_file;
pub mod library;
mod merge;
pub mod preferences;
mod store;
pub mod tab;
pub mod theme;
pub mod window;

pub use library::Library;
pub use preferences::Preferences;
pub use store::{SaveProblem, Store, save};
pub use tab::TabSettings;

use crate::automation::ReplyRate;
use crate::config::{SetAside, SettingsMistake, ron_file};
use crate::words::Lang;
use columns::ColumnWidths;
use course::CourseProgress;
use dock::DockState;
use serde::{Deserialize, Serialize};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};
use theme::ThemeSetting;
use window::{WindowPlace, WindowSize};

/// The version that this program writes. It reads this version and every older one.
///
/// Version 1 stored the reply limits of every tab, even if the user had not chosen them.
pub const VERSION: u32 = 2;
/// The name of the folder beside the program that makes it portable.
const PORTABLE: &str = "netpeer-settings";
/// The default reply limits of version 1: replies a second in all, and to one peer.
const LIMITS_OF_1: (ReplyRate, ReplyRate) = (ReplyRate::AtMost(100), ReplyRate::AtMost(10));
/// The maximum length of the settings file, in bytes: a longer file is neither read nor written.
/// It leaves space for the history, drafts and several imported files of snippets.
pub const LONGEST: u64 = 64 << 20;
/// The minimum inner size of the window, in points, at which every control can be reached.
pub const SMALLEST: (f32, f32) = (760.0, 480.0);
/// The least inner size on a screen that has no room for [`SMALLEST`], in points.
pub const LEAST_WINDOW: f32 = 200.0;
const FILE: &str = "settings.ron";
/// The program's directory in those of the platform.
const NAME: &str = "netpeer";

/// The settings file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    pub version: u32,
    /// The chosen language; `None` follows the system.
    pub lang: Option<Lang>,
    pub theme: ThemeSetting,
    pub window: WindowSize,
    pub place: WindowPlace,
    pub preferences: Preferences,
    /// The index of the active tab.
    pub active: usize,
    pub tabs: Vec<TabSettings>,
    /// The history of sent messages, and snippets.
    pub library: Library,
    pub dock: DockState,
    pub columns: ColumnWidths,
    pub course: CourseProgress,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            version: VERSION,
            lang: None,
            theme: ThemeSetting::System,
            window: WindowSize {
                width: 1280.0,
                height: 800.0,
            },
            place: WindowPlace::default(),
            preferences: Preferences::default(),
            active: 0,
            tabs: vec![TabSettings::default()],
            library: Library::default(),
            dock: DockState::default(),
            columns: ColumnWidths::default(),
            course: CourseProgress::default(),
        }
    }
}

/// The platform's configuration directory for this program.
pub fn default_dir() -> Option<PathBuf> {
    use etcetera::BaseStrategy as _;
    let strategy = etcetera::choose_base_strategy().ok()?;
    Some(strategy.config_dir().join(NAME))
}

/// The folder beside the program that keeps settings and logs where it exists, so that both travel
/// with the program.
pub fn portable_dir(program: &Path) -> Option<PathBuf> {
    let dir = program.parent()?.join(PORTABLE);
    dir.is_dir().then_some(dir)
}

/// The folder of the settings of the program at this path, unless a command line names another one.
pub fn usual_dir(program: &Path) -> Option<PathBuf> {
    portable_dir(program).or_else(default_dir)
}

/// The folder of the logs, below the platform's directory for state. Windows copies other
/// directories than the local one to each machine of the user.
pub fn state_dir() -> Option<PathBuf> {
    use etcetera::BaseStrategy as _;
    let strategy = etcetera::choose_base_strategy().ok()?;
    let state = strategy.state_dir();
    let state = state.unwrap_or_else(|| strategy.cache_dir());
    Some(state.join(NAME).join("journal"))
}

/// The settings file in a configuration directory.
pub fn file_in(dir: &Path) -> PathBuf {
    dir.join(FILE)
}

/// The settings of a file; defaults if there is no usable file.
#[derive(Debug, Default)]
pub struct LoadedSettings {
    pub settings: Settings,
    /// Where the file was moved because it could not be read.
    pub set_aside: Option<SetAside>,
}

/// Reads the settings of `file`. A file that cannot be read is moved.
pub fn load(file: &Path) -> LoadedSettings {
    match find(file) {
        Ok(found) => LoadedSettings {
            settings: found.unwrap_or_default(),
            set_aside: None,
        },
        Err(set_aside) => LoadedSettings {
            settings: Settings::default(),
            set_aside: Some(set_aside),
        },
    }
}

/// The settings of `file`; `None` if there is no file.
///
/// # Errors
/// Where the file was moved because it could not be read.
fn find(file: &Path) -> Result<Option<Settings>, SetAside> {
    match read(file) {
        Ok(settings) => Ok(Some(settings)),
        // There is no file that could be set aside.
        Err(SettingsMistake::Io(error))
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            Ok(None)
        }
        Err(mistake) => Err(set_aside(file, mistake)),
    }
}

fn read(file: &Path) -> Result<Settings, SettingsMistake> {
    // Opening a FIFO would block until a process writes to it.
    if !std::fs::metadata(file)
        .map_err(SettingsMistake::Io)?
        .is_file()
    {
        return Err(SettingsMistake::NotFile);
    }
    let open = std::fs::File::open(file).map_err(SettingsMistake::Io)?;
    let mut bytes = Vec::new();
    open.take(LONGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(SettingsMistake::Io)?;
    if bytes.len() as u64 > LONGEST {
        return Err(SettingsMistake::TooLarge);
    }
    let text = String::from_utf8(bytes);
    let text = text.map_err(|_| SettingsMistake::Io(io::ErrorKind::InvalidData.into()))?;
    parse(ron_file::without_mark(&text))
}

/// The settings in the text of a file of this version or an older one.
///
/// # Errors
/// Why they cannot be used; nothing is moved.
pub fn parse(text: &str) -> Result<Settings, SettingsMistake> {
    if text.trim().is_empty() {
        return Err(SettingsMistake::Io(io::ErrorKind::UnexpectedEof.into()));
    }
    let settings: Settings = ron_file::parse_kept(text).map_err(|error| match newer(text) {
        true => SettingsMistake::Newer,
        false => {
            let mistake = ron_file::of_reader::<Settings>(text, error);
            SettingsMistake::Syntax(Box::new(mistake))
        }
    })?;
    if settings.version > VERSION {
        Err(SettingsMistake::Newer)
    } else {
        Ok(settings.migrated().usable())
    }
}

/// Whether a file that cannot be parsed declares a later version.
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
    /// Migrates settings of an older version to [`VERSION`].
    fn migrated(mut self) -> Self {
        if self.version < 2 {
            for tab in &mut self.tabs {
                let limits = &mut tab.rules.limits;
                if (limits.per_second, limits.per_peer) == LIMITS_OF_1 {
                    (limits.per_second, limits.per_peer) = (ReplyRate::Usual, ReplyRate::Usual);
                }
            }
        }
        self
    }

    /// Corrects values that a file may contain but the window cannot use.
    fn usable(mut self) -> Self {
        self.version = VERSION;
        self.tabs = self.tabs.into_iter().map(TabSettings::migrated).collect();
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
        self.window = WindowSize {
            width: side(self.window.width, LEAST_WINDOW),
            height: side(self.window.height, LEAST_WINDOW),
        };
        self.place = self.place.usable();
        self.dock = self.dock.usable();
        self.columns = self.columns.usable();
        self
    }
}

fn set_aside(file: &Path, mistake: SettingsMistake) -> SetAside {
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
    // If renaming fails, the message names the file's own path.
    let path = if std::fs::rename(file, &path).is_ok() {
        path
    } else {
        file.to_owned()
    };
    SetAside { path, mistake }
}

#[cfg(test)]
mod tests;
