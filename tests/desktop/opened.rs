//! Files that the desktop opens with the program.

use super::driver::{Desktop, config_of, free_local, until};

#[test]
fn a_file_that_the_desktop_opens_is_in_front_of_the_kept_sessions() {
    let Some(desktop) = Desktop::start() else {
        return;
    };
    let dir = config_of(free_local(), 9);
    let file = dir.path().join("from a desktop.jsonl");
    std::fs::write(&file, "").unwrap();
    let (_program, window) = desktop.opened(dir.path(), |command| {
        command.arg("--open").arg(&file);
    });
    until("the name of the file in the title", || {
        let title = desktop.xdotool(&["getwindowname", &window]);
        title.contains("from a desktop.jsonl").then_some(())
    });
}

#[test]
fn a_desktop_that_opens_no_file_gets_the_kept_sessions() {
    let Some(desktop) = Desktop::start() else {
        return;
    };
    let dir = config_of(free_local(), 9);
    let (_program, window) = desktop.opened(dir.path(), |command| {
        command.arg("--open");
    });
    until("the session in the title", || {
        let title = desktop.xdotool(&["getwindowname", &window]);
        title.contains("UDP").then_some(())
    });
}
