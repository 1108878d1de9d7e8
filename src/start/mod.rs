//! The start of the window: opens it, or returns the message that says why it does not open and
//! which command helps.

#[cfg(target_os = "linux")]
mod display;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod heap;
#[cfg(target_os = "linux")]
mod libraries;
mod renderer;
mod system_fonts;
#[cfg(target_os = "linux")]
mod work_area;
#[cfg(target_os = "linux")]
mod x_server;

use crate::app::{App, Desktop, Start};
use crate::jobs::caught;
use crate::kind::SessionKind;
use crate::renderer::Renderer;
use crate::scenario::group;
use crate::settings::window::Corner;
use crate::settings::{self, LoadedSettings, Settings, Store, TabSettings};
use crate::signals;
use crate::t;
use crate::ui::{file_dialog, settings_window};
use crate::words::Lang;
use egui::{Rect, pos2, vec2};
use std::path::PathBuf;
use std::sync::Arc;
#[cfg(target_os = "linux")]
use winit::platform::{wayland::EventLoopBuilderExtWayland, x11::EventLoopBuilderExtX11};

#[cfg(target_os = "linux")]
use display::DisplayServer;
use renderer::Failure;
use system_fonts::SystemFonts;

/// The application's id: the name of its desktop entry, by which desktops find its icon.
const APP_ID: &str = "io.github.netpeer";

/// The options of the command line that concern the window.
#[derive(Debug, Default)]
pub struct LaunchOptions {
    /// The folder for settings instead of the platform's.
    pub config: Option<PathBuf>,
    pub lang: Option<Lang>,
    /// The kind of a new session, whose tab is in front.
    pub new: Option<SessionKind>,
    /// Files to open: captures and scenarios.
    pub open: Vec<PathBuf>,
    /// The only renderer to try.
    pub renderer: Option<Renderer>,
}

/// Why the wrapped program could not be created.
pub type Fault = Box<dyn std::error::Error + Send + Sync>;

/// Opens the window and returns when it is closed.
///
/// # Errors
/// The message for the user: why the window did not open.
pub fn window(launch: LaunchOptions) -> Result<(), String> {
    window_of(launch, |_, app| Ok(Box::new(app)))
}

/// As [`window`], with another program around the [`App`], which tests and examples use to watch
/// it.
///
/// # Errors
/// The message for the user: why the window did not open.
pub fn window_of(
    launch: LaunchOptions,
    around: impl FnOnce(&egui::Context, App) -> Result<Box<dyn eframe::App>, Fault>,
) -> Result<(), String> {
    let system_lang = sys_locale::get_locale().map_or(Lang::English, |tag| Lang::from_tag(&tag));
    let program = std::env::current_exe().unwrap_or_else(|_| "netpeer".into());
    let config = launch.config.or_else(|| settings::portable_dir(&program));
    let journals = config
        .as_ref()
        .map(|dir| dir.join("journal"))
        .or_else(settings::state_dir);
    let file = config
        .or_else(settings::default_dir)
        .map(|dir| settings::file_in(&dir));
    let loaded = file.as_deref().map(settings::load).unwrap_or_default();
    let LoadedSettings {
        settings,
        set_aside,
    } = loaded;
    let lang = launch.lang.or(settings.lang).unwrap_or(system_lang);
    #[cfg(target_os = "linux")]
    let display = check_linux(lang)?;
    let viewport = egui::ViewportBuilder::default()
        .with_app_id(APP_ID)
        .with_icon(icon())
        .with_title(t!(lang, "app.title"))
        .with_inner_size([settings.window.width, settings.window.height])
        .with_maximized(settings.place.maximised);
    // A window manager lets the window choose its place only when it opens.
    let viewport = match settings.place.corner {
        Some(Corner { x, y }) => viewport.with_position([x as f32, y as f32]),
        None => viewport,
    };
    // Without a thread for saving, the window works and saves nothing.
    let store = file.and_then(|file| Store::new(file, settings.clone()).ok());
    let settings = match launch.new {
        Some(kind) => with_new(settings, kind),
        None => settings,
    };
    let start = Start {
        settings,
        set_aside,
        store,
        journals,
        #[cfg(target_os = "linux")]
        clipboard: match display {
            DisplayServer::X11 => crate::app::clipboard::of_x11(),
            DisplayServer::Wayland => None,
        },
        #[cfg(not(target_os = "linux"))]
        clipboard: None,
        requests: None,
        lang: launch.lang,
        system_lang,
        program,
        desktop: Desktop {
            screens: Vec::new(),
            #[cfg(target_os = "linux")]
            work: match display {
                DisplayServer::X11 => work_area::size().map(|(x, y)| vec2(x as f32, y as f32)),
                DisplayServer::Wayland => None,
            },
            #[cfg(not(target_os = "linux"))]
            work: None,
        },
    };
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    heap::keep_memory_of_frames();
    let options = || eframe::NativeOptions {
        viewport: viewport.clone(),
        persist_window: false,
        system_font_fallback: false,
        // It smooths gradients, of which there are none, and costs time in every pixel.
        dithering: false,
        #[cfg(target_os = "linux")]
        event_loop_builder: Some(Box::new(move |builder| {
            // The toolkit prefers Wayland whenever the environment names it.
            match display {
                DisplayServer::X11 => EventLoopBuilderExtX11::with_x11(builder),
                DisplayServer::Wayland => EventLoopBuilderExtWayland::with_wayland(builder),
            };
        })),
        ..eframe::NativeOptions::default()
    };
    // Only the renderer that works creates the program.
    let mut once = Some((start, launch.open, around));
    let mut failed = Vec::new();
    let chosen = launch.renderer.as_ref().map(std::slice::from_ref);
    for &renderer in chosen.unwrap_or(Renderer::here()) {
        let mut options = options();
        renderer::choose(renderer, &mut options);
        let creator = |cc: &eframe::CreationContext<'_>| {
            let (start, open, around) = once.take().ok_or("the program was created before")?;
            #[cfg(target_os = "linux")]
            if matches!(display, DisplayServer::X11) {
                crate::app::input_method::stay_on(&cc.egui_ctx);
                // Without a thread, Xlib ends the process, or hangs.
                x_server::end_with_it(at_once).ok();
            }
            settings_window::report_failed_renderers(&cc.egui_ctx, renderer::reasons(&failed));
            create(cc, start, open, around)
        };
        // The toolkit panics where the system has no thread left.
        match caught(|| eframe::run_native(APP_ID, options, Box::new(creator))) {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(error)) => failed.push(Failure::new(renderer, &error)),
            Err(died) if once.is_some() => {
                failed.push(Failure::of_panic(renderer, lang, died.to_string()));
            }
            Err(died) => std::panic::resume_unwind(Box::new(died.0)),
        }
        if once.is_none() {
            break;
        }
    }
    Err(renderer::message(lang, &failed))
}

/// Creates the program in a window that is open.
fn create(
    cc: &eframe::CreationContext<'_>,
    start: Start,
    open: Vec<PathBuf>,
    around: impl FnOnce(&egui::Context, App) -> Result<Box<dyn eframe::App>, Fault>,
) -> Result<Box<dyn eframe::App>, Fault> {
    cc.egui_ctx
        .add_font_provider(Arc::new(SystemFonts::default()));
    let ctx = cc.egui_ctx.clone();
    // Without a thread for signals, a signal ends the process as by default.
    let requests = signals::requests(move || ctx.request_repaint(), at_once).ok();
    let desktop = Desktop {
        screens: screens(cc),
        ..start.desktop
    };
    let start = Start {
        requests,
        desktop,
        ..start
    };
    let mut app = App::new(&cc.egui_ctx, start);
    let absolute = |file: PathBuf| std::path::absolute(&file).unwrap_or(file);
    app.open_files(&cc.egui_ctx, open.into_iter().map(absolute).collect());
    around(&cc.egui_ctx, app)
}

/// Ends the programs that this one started, before an end at once.
fn at_once() {
    group::terminate_all();
    file_dialog::end();
}

/// The screens of the desktop, in pixels.
fn screens(cc: &eframe::CreationContext<'_>) -> Vec<Rect> {
    let screens = cc.winit_window().map(|window| window.available_monitors());
    let screens = screens.into_iter().flatten().map(|screen| {
        let (corner, size) = (screen.position(), screen.size());
        Rect::from_min_size(
            pos2(corner.x as f32, corner.y as f32),
            vec2(size.width as f32, size.height as f32),
        )
    });
    screens.collect()
}

/// The program's icon, for desktops without its desktop entry.
fn icon() -> egui::IconData {
    let png = include_bytes!("../../assets/package/icons/128.png");
    eframe::icon_data::from_png_bytes(png).unwrap_or_default()
}

/// The settings with a new session of this kind in front. The session replaces a single tab with
/// default settings.
fn with_new(mut settings: Settings, kind: SessionKind) -> Settings {
    let mut new = TabSettings::of_kind(kind);
    new.network.propose(&[]);
    match settings.tabs.as_mut_slice() {
        [only] if *only == TabSettings::default() => *only = new,
        _ => settings.tabs.push(new),
    }
    settings.active = settings.tabs.len().saturating_sub(1);
    settings
}

/// Checks the display and the libraries that are opened at run time: winit panics if some are
/// missing.
#[cfg(target_os = "linux")]
fn check_linux(lang: Lang) -> Result<DisplayServer, String> {
    let display = display::reached(lang)?;
    let missing = libraries::missing(display == DisplayServer::Wayland);
    if missing.is_empty() {
        return Ok(display);
    }
    let names: Vec<&str> = missing.iter().map(|library| library.file).collect();
    let mut packages: Vec<&str> = missing.iter().map(|library| library.package).collect();
    packages.dedup();
    let sentence = t!(lang, "start.library", libraries = names.join(" "));
    Err(format!(
        "{sentence}\n\n    sudo apt-get install {}\n",
        packages.join(" ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_windows_icon_is_a_picture() {
        assert_eq!((icon().width, icon().height), (128, 128));
    }

    #[test]
    fn a_new_session_is_in_front_of_those_that_were_kept() {
        let first = with_new(Settings::default(), SessionKind::TcpServer);
        assert_eq!(first.tabs, [TabSettings::of_kind(SessionKind::TcpServer)]);
        let second = with_new(first, SessionKind::Udp);
        let kinds: Vec<SessionKind> = second.tabs.iter().map(|tab| tab.network.kind).collect();
        assert_eq!(kinds, [SessionKind::TcpServer, SessionKind::Udp]);
        assert_eq!(second.active, 1);
    }
}
