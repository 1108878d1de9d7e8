//! Pastes come from another program, which may never answer.

use super::driver::{Desktop, MESSAGE, config_of, far_side, free_local, receive, until};
use std::process::Command;
use std::time::{Duration, Instant};

#[test]
fn a_clipboard_owner_that_never_answers_freezes_nothing() {
    let Some(desktop) = Desktop::start() else {
        return;
    };
    let (far, local) = (far_side(), free_local());
    let dir = config_of(local, far.local_addr().unwrap().port());
    let (_program, _window) = desktop.connected(dir.path(), local);
    let text = "a\r\nb";
    let owner = desktop.owner_of_clipboard(text);
    let pasted = until("the paste", || {
        desktop.click(MESSAGE);
        desktop.xdotool(&["key", "ctrl+a", "ctrl+v", "ctrl+Return"]);
        far.set_read_timeout(Some(Duration::from_millis(500)))
            .unwrap();
        receive(&far).filter(|(text, _)| !text.is_empty())
    });
    assert_eq!(pasted.0, text, "its bytes are kept");

    let signal = |name: &str| {
        let id = owner.0.id().to_string();
        assert!(
            Command::new("kill")
                .args([name, &id])
                .status()
                .unwrap()
                .success()
        );
    };
    signal("-STOP");
    let began = Instant::now();
    desktop.click(MESSAGE);
    desktop.xdotool(&["key", "ctrl+a", "ctrl+v"]);
    desktop.xdotool(&["type", "still here"]);
    let sent = until("the window to go on", || {
        desktop.xdotool(&["key", "ctrl+Return"]);
        receive(&far).filter(|(text, _)| text.ends_with("still here"))
    });
    signal("-CONT");
    assert_eq!(sent.1, local);
    let took = began.elapsed();
    assert!(took < Duration::from_secs(6), "{took:?}");
}
