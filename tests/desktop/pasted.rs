//! Pasted text waits in the window until it is sent.

use super::driver::{Desktop, MESSAGE, config_of, far_side, free_local, receive, until};
use crate::skips::have;
use std::io::ErrorKind;
use std::time::Duration;

/// Two lines, of which the last one ends as a person ends a line with Enter.
const PASTED: &str = "rm -rf /\nreboot\n";

#[test]
fn what_is_pasted_is_sent_only_once_that_is_asked_for() {
    if !have(&["xclip"]) {
        return;
    }
    let Some(desktop) = Desktop::start() else {
        return;
    };
    let (far, local) = (far_side(), free_local());
    let dir = config_of(local, far.local_addr().unwrap().port());
    let (_program, _window) = desktop.connected(dir.path(), local);
    let _owner = desktop.owner_of_clipboard(PASTED);
    // The window gives the text of the field back, with a letter that was typed behind the paste.
    let field = format!("{PASTED}z");
    until("the pasted text in the field", || {
        desktop.click(MESSAGE);
        desktop.xdotool(&["key", "ctrl+a", "ctrl+v"]);
        desktop.xdotool(&["key", "z", "ctrl+a", "ctrl+c"]);
        let output = desktop
            .command("timeout")
            .args(["1", "xclip", "-selection", "clipboard", "-out"])
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).replace("\r\n", "\n");
        text.starts_with(&field).then_some(())
    });
    far.set_nonblocking(true).unwrap();
    let early = far.recv(&mut [0; 64]).unwrap_err();
    assert_eq!(early.kind(), ErrorKind::WouldBlock);
    far.set_nonblocking(false).unwrap();
    far.set_read_timeout(Some(Duration::from_millis(500)))
        .unwrap();
    let (sent, _) = until("the message", || {
        desktop.xdotool(&["key", "ctrl+Return"]);
        receive(&far)
    });
    assert!(sent.starts_with(&field), "{sent:?}");
}
