//! The log on disk in the window.

use super::driver::Window;
use crate::sockets::far_side;
use egui::{Key, Modifiers};
use netpeer::journal::{Journal, JournalOutcome};
use netpeer::session::SessionKind;
use netpeer::settings::tab::FramingMethod;
use netpeer::settings::{Settings, TabSettings, file_in, save};
use netpeer::traffic::{Arrival, ChunkBuilder, Notice, RecordOrigin};
use netpeer::words::Lang;
use std::path::Path;
use std::sync::Arc;

/// The journal that a crash leaves: its lock is free.
fn crashed(parent: &Path) {
    let mut chunk = ChunkBuilder::default();
    chunk.notice(
        0,
        Notice::Listening {
            local: "127.0.0.1:80".parse().unwrap(),
        },
    );
    chunk.received(
        1,
        "127.0.0.1:9".parse::<std::net::SocketAddr>().unwrap(),
        b"before the crash",
        Arrival::default(),
    );
    left(parent, chunk, None);
}

/// Writes the journal of these rows, and of the tab with these settings.
fn left(parent: &Path, mut chunk: ChunkBuilder, tab: Option<&TabSettings>) {
    let journal = Journal::create(parent, 1 << 40, || {}).unwrap();
    if let Some(tab) = tab {
        journal.describe(&ron::to_string(tab).unwrap()).unwrap();
    }
    journal.write(0, Arc::new(chunk.finish()));
    while !journal
        .outcomes()
        .any(|outcome| matches!(outcome, JournalOutcome::Written(..)))
    {
        std::thread::yield_now();
    }
    let left = parent.join("log-0-0-0");
    std::fs::create_dir(&left).unwrap();
    for file in std::fs::read_dir(journal.folder()).unwrap().flatten() {
        std::fs::copy(file.path(), left.join(file.file_name())).unwrap();
    }
    journal.discard();
}

#[test]
fn a_log_that_a_crash_left_is_offered_and_restored() {
    for lang in Lang::ALL {
        let dir = tempfile::tempdir().unwrap();
        crashed(&dir.path().join("journal"));
        let mut window = Window::in_dir(lang, dir.path());
        window.click("恢复日志", "Restore logs");
        window.until_says("before the crash");
        // Whatever the kind of the tab in front, the restored tab has its own.
        assert!(
            window.is_chosen("TCP 服务器", "TCP server"),
            "{}",
            window.labels()
        );
        let left = dir.path().join("journal/log-0-0-0");
        window.until("the restored files to go", |_| !left.exists());
    }
}

/// The rows of a UDP relay, and its tab.
fn relay() -> (ChunkBuilder, TabSettings) {
    let mut chunk = ChunkBuilder::default();
    chunk.notice(
        0,
        Notice::Bound {
            local: "127.0.0.1:8085".parse().unwrap(),
            receive_buffer: 0,
            asked: 0,
        },
    );
    let origin = RecordOrigin {
        other: Some("127.0.0.1:9".parse().unwrap()),
        ..RecordOrigin::default()
    };
    let client: std::net::SocketAddr = "127.0.0.1:7".parse().unwrap();
    chunk.received_for(1, client, b"through the relay", Arrival::default(), origin);
    let mut tab = TabSettings::of_kind(SessionKind::RelayUdp);
    tab.network.local_port = "8085".into();
    (chunk, tab)
}

#[test]
fn a_log_comes_back_into_its_own_tab() {
    let dir = tempfile::tempdir().unwrap();
    let (chunk, tab) = relay();
    left(&dir.path().join("journal"), chunk, Some(&tab));
    saved(dir.path(), |settings| settings.tabs.push(tab));
    let mut window = Window::in_dir(Lang::English, dir.path());
    window.click("恢复日志", "Restore logs");
    window.until_says("through the relay");
    assert_eq!(window.value("本地端口", "Local port"), "8085");
    // There are still two tabs.
    window.press(Modifiers::CTRL, Key::Tab);
    assert_eq!(window.value("本地端口", "Local port"), "0");
    assert!(!window.says("through the relay"));
    window.press(Modifiers::CTRL, Key::Tab);
    assert!(window.says("through the relay"), "{}", window.labels());
}

#[test]
fn a_restored_log_leaves_the_settings_of_its_tab_as_they_are() {
    for lang in Lang::ALL {
        let dir = tempfile::tempdir().unwrap();
        let mut chunk = ChunkBuilder::default();
        let local = "127.0.0.1:8085".parse().unwrap();
        chunk.notice(0, Notice::Listening { local });
        let peer = "127.0.0.1:7".parse().unwrap();
        chunk.notice(1, Notice::Joined { peer });
        let mut tab = TabSettings::of_kind(SessionKind::TcpServer);
        tab.network.local_port = "8085".into();
        left(&dir.path().join("journal"), chunk, Some(&tab));
        // Chosen while it listened.
        tab.receive.framing.method = FramingMethod::Lines;
        saved(dir.path(), |settings| {
            settings.tabs = vec![tab];
            settings.lang = Some(lang);
        });
        let mut window = Window::in_dir(lang, dir.path());
        let before = window.value("分帧", "Messages");
        window.click("恢复日志", "Restore logs");
        window.until_says("127.0.0.1:7");
        assert_eq!(window.value("分帧", "Messages"), before);
        assert!(["按行", "lines"].contains(&before.as_str()), "{before}");
    }
}

#[test]
fn a_log_that_was_cleared_does_not_take_the_tab_of_what_came_since() {
    let dir = tempfile::tempdir().unwrap();
    let journal = dir.path().join("journal");
    let (since, tab) = relay();
    left(&journal, since, Some(&tab));
    std::fs::rename(journal.join("log-0-0-0"), journal.join("log-0-0-1")).unwrap();
    let mut before = ChunkBuilder::default();
    let peer: std::net::SocketAddr = "127.0.0.1:7".parse().unwrap();
    before.received(1, peer, b"cleared away", Arrival::default());
    left(&journal, before, Some(&tab));
    std::fs::write(journal.join("log-0-0-0/cleared"), "").unwrap();
    saved(dir.path(), |settings| settings.tabs = vec![tab]);
    let mut window = Window::in_dir(Lang::English, dir.path());
    window.click("恢复日志", "Restore logs");
    window.until_says("through the relay");
    assert!(!window.says("cleared away"), "{}", window.labels());
    window.press(Modifiers::CTRL, Key::Tab);
    window.until_says("cleared away");
}

#[test]
fn a_log_is_marked_as_cleared_until_it_is_had_back() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = Window::in_dir(Lang::English, dir.path());
    window.fill("本地端口", "Local port", "0");
    let local = window.connect();
    let (socket, _) = far_side();
    socket.send_to(b"hello there", local).unwrap();
    window.until_says("hello there");
    let journal = dir.path().join("journal");
    let marked = || {
        let logs = std::fs::read_dir(&journal).unwrap().flatten();
        logs.filter(|log| log.path().join("cleared").exists())
            .count()
    };
    assert_eq!(marked(), 0);
    window.press(Modifiers::COMMAND, Key::L);
    assert_eq!(marked(), 1);
    window.click("撤销", "Undo");
    window.until_says("hello there");
    assert_eq!(marked(), 0);
}

#[test]
fn a_log_whose_tab_is_gone_comes_back_with_its_settings() {
    // With and without the settings in the journal.
    for describes in [true, false] {
        let dir = tempfile::tempdir().unwrap();
        let (chunk, tab) = relay();
        left(
            &dir.path().join("journal"),
            chunk,
            describes.then_some(&tab),
        );
        let mut window = Window::in_dir(Lang::English, dir.path());
        window.click("恢复日志", "Restore logs");
        window.until_says("through the relay");
        assert!(window.is_chosen("转发", "Relay"), "{}", window.labels());
        assert_eq!(window.value("本地端口", "Local port"), "8085");
        let left = dir.path().join("journal/log-0-0-0");
        window.until("the restored files to go", |_| !left.exists());
    }
}

#[test]
fn a_segment_that_cannot_be_read_is_kept_and_reported() {
    for lang in Lang::ALL {
        let dir = tempfile::tempdir().unwrap();
        crashed(&dir.path().join("journal"));
        let left = dir.path().join("journal/log-0-0-0");
        let mut later = std::fs::read(left.join("000000.segment")).unwrap();
        // The version that wrote it.
        later[8] = 99;
        std::fs::write(left.join("000001.segment"), &later).unwrap();
        let mut window = Window::in_dir(lang, dir.path());
        window.click("恢复日志", "Restore logs");
        window.until_says("before the crash");
        window.until_says("000001.segment");
        let read = left.join("000000.segment");
        window.until("what was read to go", |_| !read.exists());
        assert_eq!(std::fs::read(left.join("000001.segment")).unwrap(), later);
    }
}

#[test]
fn rows_that_a_restored_log_lacks_are_counted_and_the_folder_of_their_files_is_named() {
    for lang in Lang::ALL {
        let dir = tempfile::tempdir().unwrap();
        crashed(&dir.path().join("journal"));
        let left = dir.path().join("journal/log-0-0-0");
        let mut damaged = std::fs::read(left.join("000000.segment")).unwrap();
        *damaged.last_mut().unwrap() ^= 1;
        for name in ["000001.segment", "000002.segment"] {
            std::fs::write(left.join(name), &damaged).unwrap();
        }
        let mut window = Window::in_dir(lang, dir.path());
        window.click("恢复日志", "Restore logs");
        window.until_says(match lang {
            Lang::Chinese => "log-0-0-0 · 缺少 4 行",
            Lang::English => "log-0-0-0 · 4 rows are missing",
        });
        assert!(!window.says(".segment"), "{}", window.labels());
    }
}

#[test]
fn a_window_that_ends_in_a_panic_leaves_its_log() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = Window::in_dir(Lang::English, dir.path());
    window.fill("本地端口", "Local port", "0");
    let local = window.connect();
    far_side().0.send_to(b"before the panic", local).unwrap();
    window.until_says("before the panic");
    // The rows are written to disk at the end of their second.
    let journals = dir.path().join("journal");
    let on_disk = || {
        let folders = std::fs::read_dir(&journals).unwrap().flatten();
        let mut first = folders.map(|folder| folder.path().join("000000.segment"));
        first.any(|file| {
            let bytes = std::fs::read(file).unwrap_or_default();
            bytes.windows(16).any(|part| part == b"before the panic")
        })
    };
    window.until("the row on disk", |_| on_disk());
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(move || {
        let _window = window;
        panic!("as a dependency might");
    }));
    assert!(panicked.is_err());
    let mut window = Window::in_dir(Lang::English, dir.path());
    window.click("恢复日志", "Restore logs");
    window.until_says("before the panic");
}

#[test]
fn a_log_nobody_wants_is_deleted() {
    let dir = tempfile::tempdir().unwrap();
    crashed(&dir.path().join("journal"));
    let mut window = Window::in_dir(Lang::English, dir.path());
    window.click("删除", "Delete");
    assert!(!dir.path().join("journal/log-0-0-0").exists());
    assert!(!window.says("Restore logs"));
}

/// macOS sends at most 9,216 bytes by default (`net.inet.udp.maxdgram`).
#[cfg(not(target_os = "macos"))]
#[test]
fn rows_go_to_the_disk_and_a_clean_end_leaves_nothing_where_none_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    saved(dir.path(), |settings| settings.preferences.kept_days = 0);
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
    window.close();
    assert_eq!(std::fs::read_dir(&journals).unwrap().count(), 0);
}

/// Settings for the next start.
fn saved(dir: &Path, change: impl FnOnce(&mut Settings)) {
    let mut settings = Settings::default();
    settings.tabs[0].network.local_port = "0".into();
    change(&mut settings);
    save(&file_in(dir), &settings).unwrap();
}

/// A session that receives this text and ends normally.
fn session(dir: &Path, text: &str) {
    let mut window = Window::in_dir(Lang::English, dir);
    let local = window.connect();
    far_side().0.send_to(text.as_bytes(), local).unwrap();
    window.until_says(text);
    window.close();
}

#[test]
fn the_log_of_the_last_session_is_offered_and_restored() {
    let dir = tempfile::tempdir().unwrap();
    saved(dir.path(), |_| {});
    session(dir.path(), "the first session");
    // The first log is not restored, so the second session's replaces it.
    session(dir.path(), "the second session");
    #[cfg(unix)]
    for folder in std::fs::read_dir(dir.path().join("journal")).unwrap() {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = folder.unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }
    let mut window = Window::in_dir(Lang::English, dir.path());
    assert!(
        window.says("The last run kept 1 log "),
        "{}",
        window.labels()
    );
    window.click("恢复日志", "Restore logs");
    window.until_says("the second session");
    // The last row is restored too.
    window.until_says("the port is free again");
    assert!(!window.says("the first session"));
}

#[test]
fn of_a_private_session_nothing_stays() {
    let dir = tempfile::tempdir().unwrap();
    saved(dir.path(), |settings| {
        settings.tabs[0].receive.private = true
    });
    session(dir.path(), "a secret");
    let journals = dir.path().join("journal");
    assert_eq!(std::fs::read_dir(&journals).unwrap().count(), 0);
    // Not after a crash either.
    let mut window = Window::in_dir(Lang::English, dir.path());
    let local = window.connect();
    far_side().0.send_to(b"a secret", local).unwrap();
    window.until_says("a secret");
    drop(window);
    assert_eq!(std::fs::read_dir(&journals).unwrap().count(), 1);
    let window = Window::in_dir(Lang::English, dir.path());
    assert!(!window.says("Restore logs"));
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
