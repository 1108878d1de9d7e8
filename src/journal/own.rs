//! The names of a journal's directories and files: nothing else is opened or removed.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// The lock file, held while the program runs.
pub const LOCK: &str = "lock";
/// Marks a session that ended cleanly; the time of the file is the end.
pub const ENDED: &str = "ended";
/// Marks a log that is never offered for recovery.
pub const PRIVATE: &str = "private";
/// Marks a log whose rows were cleared from their tab, where they could still be restored.
pub const CLEARED: &str = "cleared";
/// The description of the session, in the format of the journal's owner.
pub const SESSION: &str = "session";
const SEGMENT: &str = "segment";
/// The extension of a segment whose readable part was recovered.
const DAMAGED: &str = "damaged";

/// The name of a journal's directory, from its start time, its process and a counter.
pub fn name(seconds: u64, process: u32, number: u64) -> String {
    format!("log-{seconds}-{process}-{number}")
}

/// Whether this is a possible name of a journal's directory.
pub fn is_name(name: &OsStr) -> bool {
    let numbers = name.to_str().and_then(|name| name.strip_prefix("log-"));
    numbers
        .is_some_and(|numbers| numbers.split('-').count() == 3 && numbers.split('-').all(is_number))
}

/// The path of the segment with this number.
pub fn segment(folder: &Path, number: u32) -> PathBuf {
    folder.join(format!("{number:06}.{SEGMENT}"))
}

/// The number of the segment with this name; `None` if it is no segment.
fn number(path: &Path) -> Option<u32> {
    let stem = path.file_stem()?.to_str().filter(|stem| is_number(stem))?;
    let is_segment = path.extension().is_some_and(|end| end == SEGMENT);
    is_segment.then(|| stem.parse().ok())?
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The segments in a directory, oldest first.
pub fn segments(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut segments: Vec<(u32, PathBuf)> = files
        .map(|entry| entry.path())
        .filter_map(|path| Some((number(&path)?, path)))
        .collect();
    segments.sort();
    segments.into_iter().map(|(_, path)| path).collect()
}

/// Whether the path itself is a regular file: opening a pipe would block until a program writes
/// to it, and a link may lead anywhere.
pub fn is_file(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|known| known.is_file())
}

/// Renames a segment so that it is not offered again, and returns its new path.
pub fn set_aside(segment: &Path) -> PathBuf {
    let aside = segment.with_extension(DAMAGED);
    // A segment that cannot be renamed is offered again.
    match fs::rename(segment, &aside) {
        Ok(()) => aside,
        Err(_) => segment.to_owned(),
    }
}

/// Releases a directory without segments, and removes it if nothing else is in it. Otherwise it
/// stays without a lock file, and is not offered again.
pub fn remove_emptied(folder: &Path, lock: File) {
    // Some systems do not remove open files.
    drop(lock);
    if segments(folder).is_empty() {
        for file in [SESSION, ENDED, PRIVATE, CLEARED, LOCK] {
            fs::remove_file(folder.join(file)).ok();
        }
        fs::remove_dir(folder).ok();
    }
}

/// Removes the oldest segments until the others have at most `most` bytes, or one is left.
pub fn trim(folder: &Path, most: u64) {
    let (segments, mut bytes) = (segments(folder), 0_u64);
    for (later, segment) in segments.iter().rev().enumerate() {
        bytes += segment.metadata().map_or(0, |known| known.len());
        if later > 0 && bytes > most {
            fs::remove_file(segment).ok();
        }
    }
}

/// Removes the segments of a directory, then the directory if nothing else is in it. Segments
/// that cannot be removed are offered again.
pub fn remove(folder: &Path, lock: File) {
    for segment in segments(folder) {
        // A directory with the name of a segment is kept.
        fs::remove_file(segment).ok();
    }
    remove_emptied(folder, lock);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_a_journal_gives_are_its_own() {
        assert!(is_name(OsStr::new(&name(1_790_000_000, 4711, 0))));
        for other in [
            "precious",
            "log",
            "log-",
            "log-1",
            "log-1-2",
            "log-1-2-x",
            "log-1--3",
            "log-1-2-3-4",
            "LOG-1-2-3",
            "log-1-2-3 ",
        ] {
            assert!(!is_name(OsStr::new(other)), "{other}");
        }
        let number = |name: &str| number(Path::new(name));
        assert_eq!(number("/x/000012.segment"), Some(12));
        assert_eq!(number("1000000.segment"), Some(1_000_000));
        for other in [
            "a.segment",
            ".segment",
            "000001",
            "000001.segment.bak",
            "-1.segment",
        ] {
            assert_eq!(number(other), None, "{other}");
        }
    }

    #[test]
    fn the_oldest_segments_go_first() {
        let dir = tempfile::tempdir().unwrap();
        for number in 7..12 {
            fs::write(segment(dir.path(), number), "1234").unwrap();
        }
        let left = |most: u64| {
            trim(dir.path(), most);
            segments(dir.path()).len()
        };
        assert_eq!([left(20), left(15), left(8), left(0)], [5, 3, 2, 1]);
        assert!(segment(dir.path(), 11).exists());
    }

    #[test]
    fn what_somebody_else_put_there_stays() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join(name(1, 2, 3));
        fs::create_dir_all(folder.join("000002.segment")).unwrap();
        for file in [
            LOCK,
            "000001.segment",
            "notes.txt",
            "000002.segment/thesis.txt",
        ] {
            fs::write(folder.join(file), "x").unwrap();
        }
        remove(&folder, File::open(folder.join(LOCK)).unwrap());
        assert!(folder.join("notes.txt").exists());
        assert!(folder.join("000002.segment/thesis.txt").exists());
        assert!(!folder.join("000001.segment").exists());
    }
}
