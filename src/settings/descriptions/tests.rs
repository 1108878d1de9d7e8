//! The folder of descriptions.

use super::*;

const RIGHT: &str = "(meta: (id: \"one\"), seq: [(id: \"a\", type: \"u1\")])";
const WRONG: &str = "(seq: [(id: \"a\", type: \"u2\")])";

fn folder() -> (tempfile::TempDir, DescriptionFolder) {
    let dir = tempfile::tempdir().unwrap();
    let folder = DescriptionFolder::beside(dir.path());
    (dir, folder)
}

fn names(folder: &DescriptionFolder) -> Vec<String> {
    let found = folder.read().unwrap().list;
    found.into_iter().map(|one| one.name).collect()
}

#[test]
fn files_are_listed_by_name_with_the_first_mistake_of_each() {
    let (_dir, folder) = folder();
    assert_eq!(folder.read().unwrap(), OwnDescriptions::default());
    folder.add("wrong", WRONG).unwrap();
    folder.add("right", RIGHT).unwrap();
    std::fs::write(folder.path().join("notes.txt"), "no description").unwrap();
    let found = folder.read().unwrap();
    let [right, wrong] = found.list.as_slice() else {
        panic!("{found:?}");
    };
    assert_eq!(
        (right.name.as_str(), &right.read),
        ("right", &Ok("one".to_owned()))
    );
    let DescriptionProblem::Mistake(mistake) = wrong.read.as_ref().unwrap_err() else {
        panic!("{wrong:?}");
    };
    assert_eq!((mistake.line, mistake.column), (1, 8));
}

#[test]
fn a_name_finds_its_file_and_no_path_is_a_name() {
    let (_dir, folder) = folder();
    let path = folder.add("one", RIGHT).unwrap();
    assert_eq!(folder.named("one"), Some(path));
    assert_eq!(folder.named("../descriptions/one"), None);
    assert_eq!(folder.named("none"), None);
    std::fs::write(folder.path().join("two.ksy"), "meta:\n  id: two\n").unwrap();
    assert_eq!(folder.named("two"), Some(folder.path().join("two.ksy")));
}

#[test]
fn a_file_that_is_listed_is_found_by_its_name() {
    let (_dir, folder) = folder();
    folder.add("one", RIGHT).unwrap();
    let file = |name: &str| folder.path().join(name);
    for name in ["two.RON", ".hidden.ron", "a:b.ron", "dns.ron"] {
        // Not every system takes such names.
        let _ = std::fs::write(file(name), RIGHT);
    }
    std::fs::create_dir(file("three.ron")).unwrap();
    assert_eq!(names(&folder), ["dns", "one", "three", "two"]);
    assert_eq!(folder.named("dns"), None, "the ready-made one is meant");
    let two = folder.named("two").unwrap();
    assert_eq!(std::fs::read_to_string(two).unwrap(), RIGHT);
    let three = folder.named("three").unwrap();
    let why = description::at(&three).unwrap_err();
    assert!(matches!(why, DescriptionProblem::Unreadable(..)), "{why:?}");
    assert_eq!(folder.named(".hidden"), None);
    // Of several, a regular one is meant.
    std::fs::write(file("three.ksy"), "meta:\n  id: three\n").unwrap();
    assert_eq!(folder.named("three"), Some(file("three.ksy")));
}

#[test]
fn no_file_is_replaced() {
    let (_dir, folder) = folder();
    let path = folder.add("one", RIGHT).unwrap();
    let two = folder.add("two", WRONG).unwrap();
    let taken = |result: Result<PathBuf, FolderProblem>| matches!(result, Err(FolderProblem::Taken(name)) if name == "one");
    assert!(taken(folder.add("one", WRONG)));
    assert!(taken(folder.rename(&two, "one")));
    assert!(change::export(&two, &path).is_err());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), RIGHT);
    let three = folder.rename(&two, "three").unwrap();
    assert!(!two.exists() && three.ends_with("three.ron"));
}

#[test]
fn an_imported_file_gets_a_name_that_is_free() {
    let (dir, folder) = folder();
    let from = dir.path().join("dns.KSY");
    std::fs::write(&from, "meta:\n  id: dns\n").unwrap();
    folder.import(&from).unwrap();
    folder.import(&from).unwrap();
    assert_eq!(names(&folder), ["dns_2", "dns_3"]);
    let other = dir.path().join("a.txt");
    std::fs::write(&other, RIGHT).unwrap();
    let refused = folder.import(&other);
    assert!(
        matches!(refused, Err(FolderProblem::Extension)),
        "{refused:?}"
    );
}

#[test]
fn a_deleted_file_comes_back_as_it_was() {
    let (_dir, folder) = folder();
    let path = folder.add("one", WRONG).unwrap();
    let deleted = folder.delete(&path).unwrap();
    assert!(!path.exists());
    assert_eq!(folder.restore(&deleted).unwrap(), path);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), WRONG);
}

#[test]
fn only_files_of_the_folder_are_deleted() {
    let (dir, folder) = folder();
    folder.add("one", RIGHT).unwrap();
    let outside = dir.path().join("other.ron");
    std::fs::write(&outside, RIGHT).unwrap();
    for path in [&outside, &folder.path().join("../other.ron")] {
        let refused = folder.delete(path);
        assert!(
            matches!(refused, Err(FolderProblem::Elsewhere)),
            "{refused:?}"
        );
        let refused = folder.rename(path, "mine");
        assert!(
            matches!(refused, Err(FolderProblem::Elsewhere)),
            "{refused:?}"
        );
    }
    let long = folder.path().join("long.ron");
    let file = std::fs::File::create(&long).unwrap();
    file.set_len(crate::settings::kept_file::LONGEST + 1)
        .unwrap();
    assert!(folder.delete(&long).is_err());
    assert!(outside.exists() && long.exists());
}

#[cfg(unix)]
#[test]
fn a_link_or_a_fifo_in_the_folder_stays_and_is_refused_at_once() {
    let (dir, folder) = folder();
    folder.add("one", RIGHT).unwrap();
    let [link, fifo] = ["link.ron", "fifo.ron"].map(|name| folder.path().join(name));
    let target = dir.path().join("target.ron");
    std::fs::write(&target, RIGHT).unwrap();
    std::os::unix::fs::symlink(&target, &link).unwrap();
    let made = std::process::Command::new("mkfifo").arg(&fifo).status();
    assert!(made.unwrap().success());
    for path in [&link, &fifo] {
        assert!(folder.delete(path).is_err(), "{path:?}");
        assert!(std::fs::symlink_metadata(path).is_ok());
    }
    let found = folder.read().unwrap().list;
    let of_fifo = found.iter().find(|one| one.path == fifo).unwrap();
    let problem = of_fifo.read.as_ref().unwrap_err();
    let expected = DescriptionProblem::Unreadable(io::ErrorKind::InvalidInput, None);
    assert_eq!(problem, &expected);
}

#[test]
fn a_file_that_changed_meanwhile_is_not_replaced_unasked() {
    let (_dir, folder) = folder();
    let path = folder.add("one", RIGHT).unwrap();
    let saved = |known, text| change::save(&path, known, text).unwrap();
    assert!(saved(Some(RIGHT), "2"));
    assert!(!saved(Some(RIGHT), "3"));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "2");
    assert!(saved(None, "4"));
    std::fs::remove_file(&path).unwrap();
    assert!(saved(Some("4"), "5"));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "5");
}
