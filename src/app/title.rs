//! The title of the window.

use crate::t;
use crate::ui::tabs::TabButton;
use crate::words::Lang;

/// `● TCP server :9000 (4) – netpeer`: the state, title and connections of the active tab.
pub(super) fn of_window(lang: Lang, active: Option<&TabButton>) -> String {
    let name = t!(lang, "app.title");
    match active {
        Some(tab) => format!("{} – {name}", tab.window_title()),
        None => name,
    }
}
