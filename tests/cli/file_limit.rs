//! Outputs beyond the limit of a file's size (`ulimit -f`).

use super::convert::names;
use super::program::Program;
use super::show::{line, lines};

#[test]
fn a_file_beyond_the_limit_of_its_size_is_an_error_and_leaves_nothing_behind() {
    for (command, status) in [
        ("fields dns --as python --output x.py", 1),
        ("fields dns --as lua --output x.lua", 1),
        ("code python --output x.py udp --bind 127.0.0.1:9000", 1),
        ("learn start 3", 2),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let typed = format!("ulimit -f 0; netpeer {command}");
        let ended = Program::typed(&typed, dir.path()).ended();
        let said = ended.err;
        assert_eq!(ended.status, Some(status), "{command}: {said}");
        assert!(said.contains("was not written: it is too large"), "{said}");
        // The cure.
        assert_eq!(said.lines().count(), 2, "{said}");
        assert_eq!(names(dir.path()), [""; 0], "{command}");
    }
}

#[test]
fn a_standard_output_beyond_the_limit_of_a_files_size_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let all: Vec<String> = (0..1_000).map(|second| line(second, "hello")).collect();
    lines(dir.path(), "a.jsonl", &all);
    for command in ["show a.jsonl", "completions bash", "udp --help"] {
        // Blocks of 512 or 1,024 bytes each, depending on the shell.
        let typed = format!("ulimit -f 1; netpeer {command} > x.txt");
        let ended = Program::typed(&typed, dir.path()).ended();
        let said = ended.err;
        assert_eq!(ended.status, Some(1), "{command}: {said}");
        assert!(said.contains("the standard output cannot be"), "{said}");
    }
}
