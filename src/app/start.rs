//! The parts that the window is created from.

use super::clipboard::Clipboard;
use super::screen::Desktop;
use crate::config::SetAside;
use crate::settings::{Settings, Store};
use crate::signals::Requests;
use crate::words::Lang;
use std::path::PathBuf;

/// The parts that [`App`](super::App) is created from.
pub struct Start {
    pub settings: Settings,
    pub set_aside: Option<SetAside>,
    /// Saves settings; `None` without a configuration directory.
    pub store: Option<Store>,
    /// The folder of the logs; `None` keeps logs in memory only.
    pub journals: Option<PathBuf>,
    /// The clipboard, where the toolkit does not support the system's clipboard itself.
    pub clipboard: Option<Clipboard>,
    /// Requests of the system to end (signals).
    pub requests: Option<Requests>,
    /// The language of the command line. Otherwise the settings decide, then the system.
    pub lang: Option<Lang>,
    pub system_lang: Lang,
    /// The executable of this program, which runs scenarios.
    pub program: PathBuf,
    pub desktop: Desktop,
}
