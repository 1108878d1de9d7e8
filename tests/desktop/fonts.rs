//! A peer chooses the characters: none of them may end the window, whatever fonts exist.

use super::driver::{
    Desktop, MESSAGE, config_of, far_side, free_local, queue_and_drops, receive, until,
};
use std::path::Path;
use std::time::Duration;

/// A configuration of fontconfig with the fonts of these folders only.
fn fonts_in(folders: &[&Path]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let folders: Vec<String> = folders
        .iter()
        .map(|folder| format!("<dir>{}</dir>", folder.display()))
        .collect();
    let text = format!("<fontconfig>{}</fontconfig>", folders.concat());
    std::io::Write::write_all(&mut file, text.as_bytes()).unwrap();
    file
}

/// Characters of every script: each hundredth assigned one, and some that fonts often lack.
/// `scripts/unicode` sends all of Unicode.
fn characters() -> Vec<char> {
    let every = std::env::var("NETPEER_UNICODE_STEP").ok();
    let step = every.and_then(|step| step.parse().ok()).unwrap_or(101);
    let sample = (0..=0x10_FFFF_u32).step_by(step).filter_map(char::from_u32);
    let odd = "龘สวัสดี𓀀𠀀🏳️‍🌈क्षि\u{FFFF}\u{10FFFF}".chars();
    odd.chain(sample).collect()
}

#[test]
fn the_window_lives_through_every_script_without_fonts_with_one_and_with_all() {
    let Some(desktop) = Desktop::start() else {
        return;
    };
    let empty = tempfile::tempdir().unwrap();
    let one = tempfile::tempdir().unwrap();
    let font = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/fonts/NotoSansSigns.ttf");
    std::fs::copy(font, one.path().join("one.ttf")).unwrap();
    let configurations = [
        Some(fonts_in(&[empty.path()])),
        Some(fonts_in(&[one.path()])),
        None,
    ];
    for (number, fonts) in configurations.iter().enumerate() {
        let (far, local) = (far_side(), free_local());
        let target = far.local_addr().unwrap().port();
        let dir = config_of(local, target);
        let (mut program, _window) = desktop.connected_with(dir.path(), local, |command| {
            if let Some(fonts) = fonts {
                command.env("FONTCONFIG_FILE", fonts.path());
            }
        });
        // One screen at a time, so that each row is drawn.
        for screen in characters().chunks(12 * 60) {
            for row in screen.chunks(60) {
                let text: String = row.iter().collect();
                far.send_to(text.as_bytes(), local).unwrap();
            }
            until("the screen to be read", || {
                (queue_and_drops(local).0 == 0).then_some(())
            });
            assert!(program.0.try_wait().unwrap().is_none(), "fonts {number}");
        }
        far.set_read_timeout(Some(Duration::from_millis(500)))
            .unwrap();
        until("the window to send", || {
            desktop.click(MESSAGE);
            desktop.xdotool(&["key", "ctrl+a"]);
            desktop.xdotool(&["type", "alive"]);
            desktop.xdotool(&["key", "ctrl+Return"]);
            receive(&far).filter(|(text, _)| text == "alive")
        });
    }
}
