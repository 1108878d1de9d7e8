//! The window while a thread that writes a file panics, and while another program breaks its file.

use super::super::{App, Banner, Desktop, Start};
use crate::engine::Setup;
use crate::jobs::Died;
use crate::settings::theme::ThemeSetting;
use crate::settings::{Settings, Store, TabSettings, file_in, load, save};
use crate::words::Lang;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

const DEADLINE: Duration = Duration::from_secs(10);

/// A window with two tabs.
pub(in crate::app) fn window(store: Option<Store>) -> Harness<'static, App> {
    let start = Start {
        settings: Settings {
            tabs: vec![TabSettings::default(); 2],
            ..Settings::default()
        },
        set_aside: None,
        store,
        journals: None,
        clipboard: None,
        requests: None,
        lang: Some(Lang::English),
        system_lang: Lang::English,
        program: "netpeer".into(),
        desktop: Desktop::default(),
    };
    let builder = Harness::builder()
        .with_size([1280.0, 800.0])
        .allow_missing_glyphs();
    let mut window = builder.build_eframe(move |cc| App::new(&cc.egui_ctx, start));
    window.step();
    window
}

/// Runs frames until the condition holds.
pub(in crate::app) fn until(
    window: &mut Harness<'static, App>,
    what: &str,
    mut condition: impl FnMut(&mut App) -> bool,
) {
    let deadline = Instant::now() + DEADLINE;
    while !condition(window.state_mut()) {
        assert!(Instant::now() < deadline, "waited for: {what}");
        window.step();
    }
    window.step();
}

/// Number of controls whose names contain this text.
pub(in crate::app) fn count(window: &Harness<'static, App>, part: &str) -> usize {
    window.query_all_by_label_contains(part).count()
}

/// Opens a UDP session in the tab of this number, and returns its address.
pub(in crate::app) fn opened(window: &mut Harness<'static, App>, tab: usize) -> SocketAddr {
    let setup = Setup::udp("127.0.0.1:0".parse().unwrap());
    window.state_mut().tabs[tab].open(setup, None, || {});
    until(window, "a bound socket", |app| {
        app.tabs[tab].session.local().is_some()
    });
    let local = window.state().tabs[tab].session.local();
    local.unwrap().address().unwrap()
}

/// Sends a datagram to the session of this tab and waits for its row.
pub(in crate::app) fn receives(
    window: &mut Harness<'static, App>,
    tab: usize,
    (local, text): (SocketAddr, &str),
) {
    let records = |app: &mut App| app.tabs[tab].session.totals.received.records;
    let before = records(window.state_mut());
    let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
    peer.send_to(text.as_bytes(), local).unwrap();
    until(window, "a received datagram", |app| records(app) > before);
}

#[test]
fn a_save_that_dies_is_shown_once_and_sessions_go_on() {
    let dir = tempfile::tempdir().unwrap();
    let file = file_in(dir.path());
    save(&file, &Settings::default()).unwrap();
    let store = Store::that_dies_once(file.clone(), Settings::default()).unwrap();
    let mut window = window(Some(store));
    let local = opened(&mut window, 0);
    window.state_mut().theme = ThemeSetting::Dark;
    window.state_mut().save();
    until(&mut window, "the message", |app| app.banner.is_some());
    let Some(Banner::NotSaved(error)) = &window.state().banner else {
        panic!("another message");
    };
    let died = Died::of(error).unwrap().0.clone();
    assert_eq!(count(&window, &died), 1);
    let loaded = load(&file);
    assert!(loaded.set_aside.is_none());
    assert_eq!(loaded.settings, Settings::default());
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    window.state_mut().banner = None;
    receives(&mut window, 0, (local, "after the panic"));
    // The next save is tried even without a change.
    window.state_mut().save();
    until(&mut window, "the settings on disk", |_| {
        load(&file).settings.theme == ThemeSetting::Dark
    });
    let is_saving = |app: &mut App| app.store.as_ref().is_some_and(Store::is_saving);
    until(&mut window, "the end of the save", |app| !is_saving(app));
    assert!(window.state().banner.is_none(), "it was shown");
    assert_eq!(count(&window, &died), 0);
}

#[test]
fn a_settings_file_that_another_program_broke_is_kept_and_the_window_writes_its_own() {
    let dir = tempfile::tempdir().unwrap();
    let file = file_in(dir.path());
    save(&file, &Settings::default()).unwrap();
    let store = Store::new(file.clone(), Settings::default()).unwrap();
    let mut window = window(Some(store));
    std::fs::write(&file, "x").unwrap();
    window.state_mut().theme = ThemeSetting::Dark;
    window.state_mut().save();
    until(&mut window, "the message", |app| app.banner.is_some());
    for lang in Lang::ALL {
        let app = window.state_mut();
        app.lang = lang;
        let said = app.banner_now().unwrap().text;
        assert!(said.contains(".corrupt-"), "{said}");
        // They are used only at a start.
        let defaults = ["default", "默认"].map(|word| said.contains(word));
        assert_eq!(defaults, [false; 2], "{said}");
    }
    let loaded = load(&file);
    assert!(loaded.set_aside.is_none());
    assert_eq!(loaded.settings.theme, ThemeSetting::Dark);
}
