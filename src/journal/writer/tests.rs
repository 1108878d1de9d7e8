//! Tests of writing a journal.

use super::*;
use crate::traffic::{Arrival, ChunkBuilder};
use std::time::Duration;

const BUDGET: u64 = 1 << 30;

fn sample(size: usize) -> Arc<Chunk> {
    let mut builder = ChunkBuilder::default();
    builder.received(
        1,
        "127.0.0.1:9".parse::<std::net::SocketAddr>().unwrap(),
        &vec![b'x'; size],
        Arrival::default(),
    );
    Arc::new(builder.finish())
}

fn written(journal: &Journal) -> SpillPosition {
    match journal
        .outcomes
        .recv_timeout(Duration::from_secs(10))
        .unwrap()
    {
        JournalOutcome::Written(_, place) => place,
        JournalOutcome::Failed(error) => panic!("{error}"),
    }
}

#[test]
fn a_chunk_comes_back_from_its_place() {
    let dir = tempfile::tempdir().unwrap();
    let journal = Journal::create(dir.path(), BUDGET, || {}).unwrap();
    journal.write(7, sample(3));
    journal.write(8, sample(5));
    let places = [written(&journal), written(&journal)];
    let lengths = places.map(|place| journal.load(place).unwrap().received().bytes);
    assert_eq!(lengths, [3, 5]);
}

#[test]
fn old_segments_go_and_a_clean_end_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let journal = Journal::create(dir.path(), BUDGET, || {}).unwrap();
    let chunk = sample(8 << 20);
    (0..20).for_each(|id| journal.write(id, Arc::clone(&chunk)));
    let places: Vec<SpillPosition> = (0..20).map(|_| written(&journal)).collect();
    let last = places[19].segment;
    assert!(last >= 2);
    journal.forget(last);
    journal.write(20, chunk);
    written(&journal);
    assert!(journal.load(places[0]).is_none());
    assert!(journal.load(places[19]).is_some());
    journal.discard();
    drop(journal);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn a_panic_keeps_what_was_handed_over() {
    let dir = tempfile::tempdir().unwrap();
    let parent = dir.path().to_owned();
    let window = std::thread::Builder::new().spawn(move || {
        let journal = Journal::create(&parent, BUDGET, || {}).unwrap();
        (0..20).for_each(|id| journal.write(id, sample(1000)));
        panic!("as the window might");
    });
    assert!(window.unwrap().join().is_err());
    let found = crate::journal::recoverable_logs(dir.path(), Duration::ZERO);
    assert_eq!(found.len(), 1);
    assert!(found[0].bytes > 20_000, "{}", found[0].bytes);
}

#[test]
fn a_writer_that_dies_says_so_and_keeps_nobody_waiting() {
    let dir = tempfile::tempdir().unwrap();
    let clumsy = AtomicBool::new(true);
    // The callback that wakes the window is called during writing.
    let wake = move || assert!(!clumsy.swap(false, Ordering::AcqRel), "broken");
    let journal = Journal::create(dir.path(), BUDGET, wake).unwrap();
    journal.write(0, sample(1));
    written(&journal);
    let outcome = journal.outcomes.recv_timeout(Duration::from_secs(10));
    let Ok(JournalOutcome::Failed(error)) = outcome else {
        panic!("{outcome:?}");
    };
    let died = crate::jobs::Died::of(&error).map(|died| died.0.as_str());
    assert_eq!(died, Some("broken"));
    journal.write(1, sample(1));
    drop(journal);
}

#[test]
fn a_small_budget_has_small_segments() {
    let dir = tempfile::tempdir().unwrap();
    let journal = Journal::create(dir.path(), 16 << 20, || {}).unwrap();
    let chunk = sample(1 << 20);
    (0..20).for_each(|id| journal.write(id, Arc::clone(&chunk)));
    let last = (0..20).map(|_| written(&journal).segment).last();
    assert!(last >= Some(3), "{last:?}");
}

#[cfg(unix)]
#[test]
fn a_journal_that_somebody_removed_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let journal = Journal::create(dir.path(), BUDGET, || {}).unwrap();
    journal.write(0, sample(1));
    written(&journal);
    std::fs::remove_dir_all(journal.folder()).unwrap();
    journal.write(1, sample(1));
    let outcome = journal.outcomes.recv_timeout(Duration::from_secs(10));
    assert!(
        matches!(outcome, Ok(JournalOutcome::Failed(_))),
        "{outcome:?}"
    );
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    let parent = dir.path().join("made").join("journal");
    let journal = Journal::create(&parent, BUDGET, || {}).unwrap();
    for folder in [&parent, journal.folder()] {
        let mode = folder.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }
    for file in std::fs::read_dir(journal.folder()).unwrap() {
        assert_eq!(
            file.unwrap().metadata().unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
}

#[test]
fn a_disk_that_fails_is_reported_once() {
    let dir = tempfile::tempdir().unwrap();
    let journal = Journal::create(dir.path(), BUDGET, || {}).unwrap();
    // The next segment cannot be created without its directory.
    journal.write(0, sample(*SEGMENTS.end() as usize));
    written(&journal);
    std::fs::remove_dir_all(journal.folder()).unwrap();
    journal.write(1, sample(1));
    journal.write(2, sample(1));
    let outcome = journal
        .outcomes
        .recv_timeout(Duration::from_secs(10))
        .unwrap();
    assert!(matches!(outcome, JournalOutcome::Failed(_)), "{outcome:?}");
}
