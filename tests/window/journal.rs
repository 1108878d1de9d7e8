//! The log on disk, as the window uses it.

use super::driver::{Window, far_side};
use netpeer::journal::{Journal, Outcome};
use netpeer::traffic::{Arrival, ChunkBuilder};
use netpeer::words::Lang;
use std::path::Path;
use std::sync::Arc;

/// What a crash leaves: a journal that nobody holds.
fn crashed(parent: &Path) {
    let journal = Journal::create(parent, 1 << 40, || {}).unwrap();
    let mut chunk = ChunkBuilder::default();
    chunk.received(
        1,
        "127.0.0.1:9".parse().unwrap(),
        b"before the crash",
        Arrival::default(),
    );
    journal.write(0, Arc::new(chunk.finish()));
    while !journal
        .outcomes()
        .any(|outcome| matches!(outcome, Outcome::Written(..)))
    {
        std::thread::yield_now();
    }
    let left = parent.join("log-0-left");
    std::fs::create_dir(&left).unwrap();
    for file in std::fs::read_dir(journal.folder()).unwrap().flatten() {
        std::fs::copy(file.path(), left.join(file.file_name())).unwrap();
    }
}

#[test]
fn a_log_that_a_crash_left_is_offered_and_restored() {
    for lang in Lang::ALL {
        let dir = tempfile::tempdir().unwrap();
        crashed(&dir.path().join("journal"));
        let mut window = Window::in_dir(lang, dir.path());
        window.click("恢复日志", "Restore logs");
        window.until_says("before the crash");
        let left = dir.path().join("journal/log-0-left");
        window.until("the restored files to go", |_| !left.exists());
    }
}

#[test]
fn a_log_nobody_wants_is_deleted() {
    let dir = tempfile::tempdir().unwrap();
    crashed(&dir.path().join("journal"));
    let mut window = Window::in_dir(Lang::English, dir.path());
    window.click("删除", "Delete");
    assert!(!dir.path().join("journal/log-0-left").exists());
    assert!(!window.says("Restore logs"));
}

#[test]
fn rows_go_to_the_disk_and_a_clean_end_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let journals = dir.path().join("journal");
    let on_disk = || {
        let folders = std::fs::read_dir(&journals).into_iter().flatten().flatten();
        let files = folders.flat_map(|folder| {
            std::fs::read_dir(folder.path())
                .into_iter()
                .flatten()
                .flatten()
        });
        files
            .filter_map(|file| file.metadata().ok())
            .map(|meta| meta.len())
            .sum::<u64>()
    };
    let mut window = Window::in_dir(Lang::English, dir.path());
    window.fill("本地端口", "Local port", "0");
    let local = window.connect();
    let (socket, _) = far_side();
    for _ in 0..100 {
        socket.send_to(&[b'x'; 10_000], local).unwrap();
    }
    window.until_says("In 100");
    window.until("a megabyte on disk", |_| on_disk() > 1_000_000);
    drop(window);
    assert_eq!(std::fs::read_dir(&journals).unwrap().count(), 0);
}

#[test]
fn without_a_disk_the_log_stays_in_memory_and_says_so() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("journal"), "in the way").unwrap();
    let mut window = Window::in_dir(Lang::English, dir.path());
    window.fill("本地端口", "Local port", "0");
    let local = window.connect();
    assert!(window.says("cannot be written to disk"));
    far_side().0.send_to(b"all the same", local).unwrap();
    window.until_says("all the same");
}
