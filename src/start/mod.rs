//! Floor 5: from a command line's wishes to an open window, or to a sentence that says
//! why there is none and which line mends it.

#[cfg(target_os = "linux")]
mod libraries;

use crate::app::{App, Start};
use crate::say;
use crate::settings::{self, Store};
use crate::words::Lang;
use std::path::PathBuf;

/// The application's id: the name of its desktop entry, by which desktops find its icon.
const APP_ID: &str = "io.github.netpeer";
const SMALLEST: [f32; 2] = [settings::SMALLEST.0, settings::SMALLEST.1];

/// What the command line asked for.
#[derive(Debug, Default)]
pub struct Wishes {
    /// Where settings are kept instead of the platform's place.
    pub config: Option<PathBuf>,
    pub lang: Option<Lang>,
}

/// What keeps a program from being made.
pub type Fault = Box<dyn std::error::Error + Send + Sync>;

/// Opens the window and stays until it is closed.
///
/// # Errors
/// Why it did not open, in words for the user.
pub fn window(wishes: Wishes) -> Result<(), String> {
    window_of(wishes, |_, app| Ok(Box::new(app)))
}

/// The same with another program around the window's, to watch it.
///
/// # Errors
/// Why it did not open, in words for the user.
pub fn window_of(
    wishes: Wishes,
    around: impl FnOnce(&egui::Context, App) -> Result<Box<dyn eframe::App>, Fault>,
) -> Result<(), String> {
    let system_lang = sys_locale::get_locale().map_or(Lang::English, |tag| Lang::from_tag(&tag));
    let journals = wishes
        .config
        .as_ref()
        .map(|dir| dir.join("journal"))
        .or_else(settings::state_dir);
    let file = wishes
        .config
        .or_else(settings::default_dir)
        .map(|dir| settings::file_in(&dir));
    let (settings, set_aside) = file.as_deref().map(settings::load).unwrap_or_default();
    let lang = wishes.lang.or(settings.lang).unwrap_or(system_lang);
    #[cfg(target_os = "linux")]
    check_linux(lang)?;
    let viewport = egui::ViewportBuilder::default()
        .with_app_id(APP_ID)
        .with_title(say!(lang, "app.title"))
        .with_inner_size([settings.window.0, settings.window.1])
        .with_min_inner_size(SMALLEST);
    // Without a thread to save with, the window works and keeps nothing.
    let store = file.and_then(|file| Store::new(file).ok());
    let start = Start {
        settings,
        set_aside,
        store,
        journals,
        lang: wishes.lang,
        system_lang,
    };
    let options = eframe::NativeOptions {
        viewport,
        persist_window: false,
        ..eframe::NativeOptions::default()
    };
    let create =
        move |cc: &eframe::CreationContext<'_>| around(&cc.egui_ctx, App::new(&cc.egui_ctx, start));
    eframe::run_native(APP_ID, options, Box::new(create))
        .map_err(|error| say!(lang, "start.failed", reason = error))
}

/// A display and the libraries that are opened at run time; winit panics without some.
#[cfg(target_os = "linux")]
fn check_linux(lang: Lang) -> Result<(), String> {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let wayland = is_set("WAYLAND_DISPLAY") || is_set("WAYLAND_SOCKET");
    if !wayland && !is_set("DISPLAY") {
        return Err(format!(
            "{}\n\n    xvfb-run -a netpeer\n",
            say!(lang, "start.display")
        ));
    }
    let missing = libraries::missing(wayland);
    if missing.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = missing.iter().map(|library| library.file).collect();
    let mut packages: Vec<&str> = missing.iter().map(|library| library.package).collect();
    packages.dedup();
    let sentence = say!(lang, "start.library", libraries = names.join(" "));
    Err(format!(
        "{sentence}\n\n    sudo apt-get install {}\n",
        packages.join(" ")
    ))
}
