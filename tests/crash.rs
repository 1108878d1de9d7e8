//! A process that is killed while it saves leaves the old settings or the new ones, complete.

use netpeer::settings::{Settings, TabSettings, file_in, load, save};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The least number of kills, each at another moment.
const KILLS: u32 = 60;
const DIR: &str = "NETPEER_CRASH_DIR";
/// The file that reports that a save is about to begin.
const READY: &str = "ready";

/// Large settings with one letter, so that saving takes a while.
fn settings(letter: &str) -> Settings {
    let mut tab = TabSettings::default();
    tab.send.composition.text = letter.repeat(20_000);
    Settings {
        tabs: vec![tab; 10],
        ..Settings::default()
    }
}

#[test]
fn killed_during_a_save_the_old_or_the_new_is_there_in_a_subprocess() {
    let dir = tempfile::tempdir().unwrap();
    let file = file_in(dir.path());
    let (old, new) = (settings("a"), settings("b"));
    let began = Instant::now();
    save(&file, &old).unwrap();
    let took = began.elapsed();
    let backup = dir.path().join("settings.ron.bak");
    let deadline = Instant::now() + Duration::from_secs(100);
    let mut kill = 0;
    // A busy machine may give the first children no time to save: the waits grow until one did.
    while kill < KILLS || !backup.exists() {
        assert!(Instant::now() < deadline, "saves are under way");
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "crash::saves_for_ever", "--ignored"])
            .env(DIR, dir.path())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let ready = dir.path().join(READY);
        while std::fs::remove_file(&ready).is_err() {
            assert!(Instant::now() < deadline, "it begins to save");
            std::thread::yield_now();
        }
        // Not a wait for an event: the kills happen at different moments during about three saves.
        std::thread::sleep(took * 3 * kill / KILLS);
        child.kill().unwrap();
        child.wait().unwrap();
        let loaded = load(&file);
        let (found, aside) = (loaded.settings, loaded.set_aside);
        assert!(aside.is_none(), "kill {kill}: {aside:?}");
        assert!(found == old || found == new, "kill {kill}");
        kill += 1;
    }
    let found = load(&backup).settings;
    assert!(found == old || found == new, "the backup is complete");
}

#[test]
#[ignore = "run and killed by killed_during_a_save_the_old_or_the_new_is_there_in_a_subprocess"]
fn saves_for_ever() {
    let dir = std::env::var(DIR).unwrap();
    let file = file_in(Path::new(&dir));
    std::fs::write(Path::new(&dir).join(READY), "").unwrap();
    for letter in ["b", "a"].iter().cycle() {
        save(&file, &settings(letter)).unwrap();
    }
}
