//! The choice of the display, and the message if there is none.

use super::driver::{Desktop, config_of, free_local};
use std::process::Command;

/// Without a display the program prints the command that helps, and ends.
#[test]
fn without_a_display_it_explains_itself() {
    for (lang, words) in [("zh", "没有可用的显示"), ("en", "There is no display")] {
        let output = Command::new(env!("CARGO_BIN_EXE_netpeer"))
            .args(["--lang", lang])
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("WAYLAND_SOCKET")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success());
        assert!(
            said.contains(words) && said.contains("xvfb-run") && !said.contains("panicked"),
            "{said}"
        );
    }
}

/// The message about a display that is missing says which, why, and what to do.
#[test]
fn a_display_that_is_not_there_is_named() {
    let named = [
        ("DISPLAY", ":7391"),
        ("WAYLAND_DISPLAY", "wayland-7391"),
        ("DISPLAY", "nonsense"),
    ];
    for (lang, words) in [("zh", "连不上"), ("en", "cannot be reached")] {
        for (variable, display) in named {
            let output = Command::new(env!("CARGO_BIN_EXE_netpeer"))
                .args(["--lang", lang])
                .env_remove("DISPLAY")
                .env_remove("WAYLAND_DISPLAY")
                .env_remove("WAYLAND_SOCKET")
                .env(variable, display)
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(!output.status.success());
            for part in [words, variable, display, "xvfb-run"] {
                assert!(said.contains(part), "{part}: {said}");
            }
            assert!(!said.contains(".rs"), "{said}");
        }
    }
}

/// A system whose OpenGL does not work: the message says what mends it, and what works without.
#[test]
fn without_opengl_it_explains_itself() {
    let Some(desktop) = Desktop::start() else {
        return;
    };
    for (lang, words) in [("zh", "窗口没有打开"), ("en", "The window did not open")] {
        let output = desktop
            .command(env!("CARGO_BIN_EXE_netpeer"))
            .args(["--lang", lang, "--config"])
            .arg(tempfile::tempdir().unwrap().path())
            .env("LIBGL_DRIVERS_PATH", "/nonexistent")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        for part in [words, "OpenGL", "libgl1-mesa-dri", "netpeer udp"] {
            assert!(said.contains(part), "{part}: {said}");
        }
        assert!(!said.contains("ConfigTemplate"), "{said}");
    }
}

/// As after `su`: the compositor belongs to another user, the X server can be reached.
#[test]
fn without_its_compositor_the_window_opens_on_the_x_server() {
    let Some(desktop) = Desktop::start() else {
        return;
    };
    let local = free_local();
    let dir = config_of(local, 9);
    desktop.connected_with(dir.path(), local, |command| {
        command.env("WAYLAND_DISPLAY", "wayland-7391");
    });
}
