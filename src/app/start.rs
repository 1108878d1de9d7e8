//! What the window starts with.

use super::clipboard::Clipboard;
use crate::config::SetAside;
use crate::settings::{Settings, Store};
use crate::signals::Requests;
use crate::words::Lang;
use std::path::PathBuf;

/// What the program starts with.
pub struct Start {
    pub settings: Settings,
    pub set_aside: Option<SetAside>,
    /// Where settings are saved; nowhere without a configuration directory.
    pub store: Option<Store>,
    /// Where logs are kept while the program runs; in memory alone without it.
    pub journals: Option<PathBuf>,
    /// The clipboard, where the toolkit does not speak to the system's itself.
    pub clipboard: Option<Clipboard>,
    /// The system's requests to end.
    pub requests: Option<Requests>,
    /// The language asked for on the command line, else the settings', else the system's.
    pub lang: Option<Lang>,
    pub system_lang: Lang,
    /// The executable of this program, which plays scenarios.
    pub program: PathBuf,
}
