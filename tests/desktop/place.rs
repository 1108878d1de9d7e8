//! The first size of the window, and the place it comes back to.

use super::driver::{Desktop, Running, config_of, free_local, until};
use netpeer::settings::window::Corner;
use netpeer::settings::{LoadedSettings, file_in, load, save};
use std::path::Path;
use std::process::Command;

/// Ends the program as a user who logs out does; it saves its settings.
fn end(mut program: Running) {
    let id = program.0.id().to_string();
    Command::new("kill").arg(id).status().unwrap();
    let status = until("the program to end", || program.0.try_wait().unwrap());
    assert!(status.success(), "{status}");
}

#[test]
fn the_first_window_fits_the_area_that_panels_leave_at_every_scale_factor() {
    for scale in ["1", "2", "3"] {
        let Some(desktop) = Desktop::start() else {
            return;
        };
        desktop.set_work_area([0, 28, 1280, 700]);
        let dir = config_of(free_local(), 9);
        let (program, window) = desktop.opened(dir.path(), |command| {
            command.env("WINIT_X11_SCALE_FACTOR", scale);
        });
        until("a window that fits", || {
            let [_, _, width, height] = desktop.geometry(&window);
            let is_it = (600..=1280).contains(&width) && (500..=700).contains(&height);
            is_it.then_some(())
        });
        end(program);
        let settings = load(&file_in(dir.path())).settings;
        let factor: f32 = scale.parse().unwrap();
        let height = settings.window.height * factor;
        assert!((500.0..=702.0).contains(&height), "{scale}: {height}");
    }
}

fn kept_corner(dir: &Path) -> Option<(i32, i32)> {
    let LoadedSettings {
        settings,
        set_aside: aside,
    } = load(&file_in(dir));
    assert!(aside.is_none());
    settings.place.corner.map(|corner| (corner.x, corner.y))
}

#[test]
fn the_window_comes_back_where_it_was_and_on_a_screen_that_is_there() {
    let Some(desktop) = Desktop::start() else {
        return;
    };
    let dir = config_of(free_local(), 9);
    let (program, window) = desktop.opened(dir.path(), |_| {});
    desktop.xdotool(&["windowsize", "--sync", &window, "900", "600"]);
    desktop.xdotool(&["windowmove", "--sync", &window, "120", "80"]);
    until("the move", || {
        (desktop.geometry(&window) == [120, 80, 900, 600]).then_some(())
    });
    end(program);
    assert_eq!(kept_corner(dir.path()), Some((120, 80)));

    let (program, window) = desktop.opened(dir.path(), |_| {});
    until("the window at its place", || {
        (desktop.geometry(&window) == [120, 80, 900, 600]).then_some(())
    });
    end(program);

    let mut settings = load(&file_in(dir.path())).settings;
    settings.place.corner = Some(Corner { x: 5_000, y: 80 });
    save(&file_in(dir.path()), &settings).unwrap();
    let (program, window) = desktop.opened(dir.path(), |_| {});
    until("the window on the screen", || {
        let [left, top, width, height] = desktop.geometry(&window);
        let is_there = left >= 0 && top >= 0 && left + width <= 1280 && top + height <= 800;
        is_there.then_some(())
    });
    end(program);
}

#[test]
fn a_window_that_was_maximised_opens_maximised() {
    let Some(desktop) = Desktop::start() else {
        return;
    };
    let Some(_manager) = desktop.start_window_manager() else {
        return;
    };
    let dir = config_of(free_local(), 9);
    let mut settings = load(&file_in(dir.path())).settings;
    settings.window = (900.0, 600.0).into();
    settings.place.maximised = true;
    save(&file_in(dir.path()), &settings).unwrap();
    let (program, window) = desktop.opened(dir.path(), |_| {});
    until("a window as wide as the screen", || {
        let [_, _, width, height] = desktop.geometry(&window);
        (width == 1280 && height > 700).then_some(())
    });
    end(program);
    let settings = load(&file_in(dir.path())).settings;
    assert!(settings.place.maximised);
    assert_eq!(settings.window, (900.0, 600.0).into());
}
