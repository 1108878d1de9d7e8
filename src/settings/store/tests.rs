//! Facts about saving settings.

use super::super::{file_in, load};
use super::*;
use crate::jobs::Died;
use crate::words::Lang;

impl Store {
    /// A store whose first save panics while it writes.
    pub(crate) fn that_dies_once(file: PathBuf, known: Settings) -> io::Result<Self> {
        let dies = std::sync::atomic::AtomicBool::new(true);
        Self::saving_with(file, known, move |file, settings, known| {
            if dies.swap(false, Ordering::AcqRel) {
                let text = text(settings, LONGEST)?;
                let mut new = Replacement::create(file, Existing::Replace)?;
                new.write_all(text.get(..text.len() / 2).unwrap_or_default().as_bytes())?;
                new.flush()?;
                panic!("as a dependency might");
            }
            save_beside_others(file, settings, known)
        })
    }
}

/// Waits for the saves that are queued.
fn until_saved(store: &Store) {
    let deadline = std::time::Instant::now() + Duration::from_secs(10);
    while store.is_saving() {
        assert!(std::time::Instant::now() < deadline);
        std::thread::yield_now();
    }
}

#[test]
fn a_save_that_dies_is_reported_once_and_leaves_the_old_file() {
    let dir = tempfile::tempdir().unwrap();
    let file = file_in(dir.path());
    let [old, new] = [Lang::English, Lang::Chinese].map(|lang| Settings {
        lang: Some(lang),
        ..Settings::default()
    });
    save(&file, &old).unwrap();
    let store = Store::that_dies_once(file.clone(), old.clone()).unwrap();
    store.save(new.clone());
    until_saved(&store);
    let problem = store.problem();
    let Some(SaveProblem::NotSaved(error)) = &problem else {
        panic!("{problem:?}");
    };
    assert_eq!(Died::of(error), Some(&Died("as a dependency might".into())));
    assert!(store.problem().is_none(), "it was reported");
    let loaded = load(&file);
    assert!(loaded.set_aside.is_none());
    assert_eq!(loaded.settings, old);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    // The thread goes on: the next save is tried.
    store.save(new.clone());
    until_saved(&store);
    assert!(store.end().is_none());
    assert_eq!(load(&file).settings, new);
}

#[test]
fn a_last_save_that_dies_is_known_at_the_end() {
    let dir = tempfile::tempdir().unwrap();
    let file = file_in(dir.path());
    let store = Store::that_dies_once(file.clone(), Settings::default()).unwrap();
    store.save(Settings::default());
    let problem = store.end();
    let Some(SaveProblem::NotSaved(error)) = &problem else {
        panic!("{problem:?}");
    };
    assert!(Died::of(error).is_some(), "{error}");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn the_newest_is_saved_and_the_one_before_kept() {
    let dir = tempfile::tempdir().unwrap();
    let file = file_in(dir.path());
    let first = Settings {
        lang: Some(Lang::English),
        ..Settings::default()
    };
    let second = Settings {
        lang: Some(Lang::Chinese),
        ..Settings::default()
    };
    save(&file, &first).unwrap();
    save(&file, &second).unwrap();
    assert_eq!(load(&file).settings, second);
    assert_eq!(load(&dir.path().join("settings.ron.bak")).settings, first);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 2);
}

#[test]
fn dropping_the_store_waits_for_the_last_save() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("made").join("settings.ron");
    let store = Store::new(file.clone(), Settings::default()).unwrap();
    for active in 0..50 {
        store.save(Settings {
            active,
            tabs: vec![Default::default(); 50],
            ..Settings::default()
        });
    }
    drop(store);
    assert_eq!(load(&file).settings.active, 49);
}

#[test]
fn two_windows_saving_at_once_lose_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let file = file_in(dir.path());
    let mut first = Settings::default();
    first.tabs.clear();
    first.tabs.resize(2, Default::default());
    save(&file, &first).unwrap();
    let stores = [0, 1].map(|_| Store::new(file.clone(), load(&file).settings).unwrap());
    for round in 0..20 {
        for (at, store) in stores.iter().enumerate() {
            let mut settings = first.clone();
            settings.tabs[at].send.composition.text = format!("window {at}, round {round}");
            store.save(settings);
        }
    }
    drop(stores);
    let found = load(&file).settings;
    let mut texts: Vec<&str> = found
        .tabs
        .iter()
        .map(|tab| tab.send.composition.text.as_str())
        .collect();
    texts.sort();
    texts.retain(|text| !text.is_empty());
    assert_eq!(texts, ["window 0, round 19", "window 1, round 19"]);
}

#[test]
fn a_file_somebody_broke_meanwhile_is_set_aside_and_reported() {
    let dir = tempfile::tempdir().unwrap();
    let file = file_in(dir.path());
    let store = Store::new(file.clone(), Settings::default()).unwrap();
    fs::write(&file, "(version: 99)").unwrap();
    store.save(Settings::default());
    let problem = store.problems.recv_timeout(Duration::from_secs(10));
    let Ok(SaveProblem::SetAside(aside)) = problem else {
        panic!("{problem:?}");
    };
    assert_eq!(fs::read_to_string(&aside.path).unwrap(), "(version: 99)");
    drop(store);
    assert_eq!(load(&file).settings, Settings::default());
}

#[cfg(unix)]
#[test]
fn a_link_in_the_way_is_not_written_through() {
    let dir = tempfile::tempdir().unwrap();
    let (file, victim) = (file_in(dir.path()), dir.path().join("victim"));
    fs::write(&victim, "precious").unwrap();
    // An attacker could predict this name, which older versions wrote first.
    let foreseen = dir.path().join("settings.ron.new");
    std::os::unix::fs::symlink(&victim, foreseen).unwrap();
    save(&file, &Settings::default()).unwrap();
    assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");
}

#[test]
fn a_save_that_fails_is_reported() {
    let dir = tempfile::tempdir().unwrap();
    let blocked = dir.path().join("file");
    std::fs::write(&blocked, "").unwrap();
    let store = Store::new(blocked.join("settings.ron"), Settings::default()).unwrap();
    store.save(Settings::default());
    let problems = store.problems.clone();
    drop(store);
    assert!(problems.try_recv().is_ok());
}

#[test]
fn a_last_save_that_fails_is_known_at_the_end() {
    let dir = tempfile::tempdir().unwrap();
    let blocked = dir.path().join("file");
    std::fs::write(&blocked, "").unwrap();
    let store = Store::new(blocked.join("settings.ron"), Settings::default()).unwrap();
    assert!(!store.is_saving());
    store.save(Settings::default());
    assert!(matches!(store.end(), Some(SaveProblem::NotSaved(_))));
    let file = dir.path().join("settings.ron");
    let store = Store::new(file, Settings::default()).unwrap();
    store.save(Settings::default());
    assert!(store.end().is_none());
}

#[test]
fn what_could_not_be_read_again_is_not_written() {
    let dir = tempfile::tempdir().unwrap();
    let file = file_in(dir.path());
    let mut settings = Settings {
        lang: Some(Lang::English),
        ..Settings::default()
    };
    // As large as one import of snippets, and then larger than can be read.
    settings.tabs[0].send.composition.text = "x".repeat(9 << 20);
    save(&file, &settings).unwrap();
    assert_eq!(load(&file).settings, settings);
    let refused = text(&settings, 9 << 20).unwrap_err();
    assert_eq!(refused.kind(), io::ErrorKind::FileTooLarge);
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    let file = file_in(dir.path());
    let mode = |file: &Path| std::fs::metadata(file).unwrap().permissions().mode() & 0o777;
    save(&file, &Settings::default()).unwrap();
    assert_eq!(mode(&file), 0o600);
    // Copied from elsewhere, or made by another umask.
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    save(&file, &Settings::default()).unwrap();
    let backup = dir.path().join("settings.ron.bak");
    assert_eq!((mode(&file), mode(&backup)), (0o600, 0o600));
}

#[cfg(unix)]
#[test]
fn a_linked_file_stays_a_link() {
    let dir = tempfile::tempdir().unwrap();
    let (real, link) = (dir.path().join("real.ron"), file_in(dir.path()));
    save(&real, &Settings::default()).unwrap();
    std::os::unix::fs::symlink(&real, &link).unwrap();
    save(
        &link,
        &Settings {
            lang: Some(Lang::English),
            ..Settings::default()
        },
    )
    .unwrap();
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(load(&real).settings.lang, Some(Lang::English));
}
