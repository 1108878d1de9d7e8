//! The real program in a real window on a virtual display, with real key and mouse
//! events, checked by the bytes that the far side receives.
#![cfg(target_os = "linux")]

/// Pastes from other programs.
mod clipboard;
/// Displays that cannot be reached.
mod display;
/// The display, and the program on it.
mod driver;
/// Characters of every script.
mod fonts;
/// Chinese input.
mod input_method;
/// Files that the desktop opens with the program.
mod opened;
/// Pasted text, which waits until it is sent.
mod pasted;
/// The first size of the window, and the place it comes back to.
mod place;
/// What others may see of the window.
mod private;
/// The accessibility bus.
mod screen_reader;
/// The files and sockets of the window.
mod traced;
/// The window on a Wayland compositor.
mod wayland;

use driver::{
    Desktop, LAST_SOURCE, MESSAGE, SEND, config_of, far_side, free_local, queue_and_drops, receive,
    until,
};
use std::process::Command;
use std::time::{Duration, Instant};

#[test]
fn a_person_connects_types_and_sends() {
    let Some(desktop) = Desktop::start() else {
        return;
    };
    let (first, second) = (far_side(), far_side());
    let local = free_local();
    let dir = config_of(local, first.local_addr().unwrap().port());
    let (_program, _) = desktop.connected(dir.path(), local);

    desktop.click(MESSAGE);
    desktop.xdotool(&["type", "hello"]);
    // The port is bound a moment before the window shows it.
    first
        .set_read_timeout(Some(Duration::from_millis(500)))
        .unwrap();
    let sent = until("hello", || {
        desktop.xdotool(&["key", "ctrl+Return"]);
        receive(&first)
    });
    assert_eq!(sent, ("hello".into(), local));

    // A click makes the sender of a message the target, and the button sends to it.
    second.send_to("来信".as_bytes(), local).unwrap();
    until("the reply to the second", || {
        desktop.click(LAST_SOURCE);
        desktop.click(SEND);
        second
            .set_read_timeout(Some(Duration::from_millis(500)))
            .unwrap();
        let mut buffer = [0; 64];
        second
            .recv_from(&mut buffer)
            .ok()
            .filter(|(count, _)| buffer[..*count] == *b"hello")
    });
}

#[test]
fn a_hidden_window_loses_nothing() {
    let Some(desktop) = Desktop::start() else {
        return;
    };
    let local = free_local();
    let dir = config_of(local, 9);
    let (_program, window) = desktop.connected(dir.path(), local);
    desktop.xdotool(&["windowunmap", "--sync", &window]);
    // Far more than the channel to the window and the receive buffer hold, at a rate that an
    // unoptimised build can handle.
    let (far, began) = (far_side(), Instant::now());
    for number in 0..60_000_u32 {
        far.send_to(&[b'x'; 64], local).unwrap();
        let due = Duration::from_micros(50) * number;
        std::thread::sleep(due.saturating_sub(began.elapsed()));
    }
    until("everything to be read", || {
        (queue_and_drops(local).0 == 0).then_some(())
    });
    assert_eq!(queue_and_drops(local), (0, 0));
}

#[test]
fn a_request_to_end_is_a_clean_end() {
    let Some(desktop) = Desktop::start() else {
        return;
    };
    for signal in ["-TERM", "-INT"] {
        for hidden in [false, true] {
            let (far, local) = (far_side(), free_local());
            let dir = config_of(local, 9);
            let (mut program, window) = desktop.connected(dir.path(), local);
            far.send_to(b"a row", local).unwrap();
            if hidden {
                desktop.xdotool(&["windowunmap", "--sync", &window]);
            }
            let id = program.0.id().to_string();
            Command::new("kill").args([signal, &id]).status().unwrap();
            let status = until("the program to end", || program.0.try_wait().unwrap());
            assert!(status.success(), "{signal} {hidden}: {status}");
            let kept = netpeer::journal::recoverable_logs(
                &dir.path().join("journal"),
                Duration::from_secs(3_600),
            );
            assert!(kept.iter().all(|log| log.ended), "left as by a crash");
        }
    }
}
