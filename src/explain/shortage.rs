//! What the system has no more of, in words: descriptors, threads, memory.

use crate::{t, words::Lang};
use std::io::{Error, ErrorKind};

/// Explains that the system lacks a descriptor, a thread or memory for an operation of this name:
/// what happened and the cure. `None` for any other error.
pub fn shortage(lang: Lang, operation: &str, code: i32) -> Option<(String, String)> {
    Some(match Error::from_raw_os_error(code).kind() {
        _ if is_of_descriptors(code) => descriptors(lang, operation, code),
        // EAGAIN of pthread_create(3).
        ErrorKind::WouldBlock => thread(lang, operation),
        ErrorKind::OutOfMemory => memory(lang, operation),
        _ => return None,
    })
}

/// Whether an error says that no descriptor is left: EMFILE and ENFILE (errno(3)); WSAEMFILE.
pub fn is_of_descriptors(code: i32) -> bool {
    matches!(code, 23 | 24 | 10024)
}

/// Explains that all file descriptors are in use, of this process or of the system.
pub fn descriptors(lang: Lang, operation: &str, code: i32) -> (String, String) {
    let what = match is_everybodys(code) {
        true => t!(
            lang,
            "failure.descriptors.everybodys",
            operation = operation
        ),
        false => t!(lang, "failure.descriptors.own", operation = operation),
    };
    (what, descriptors_cure(lang, code))
}

/// What to do where all file descriptors are in use.
pub fn descriptors_cure(lang: Lang, code: i32) -> String {
    match is_everybodys(code) {
        true => t!(lang, "failure.descriptors.everybodys_cure"),
        false => t!(lang, "failure.descriptors.own_cure"),
    }
}

/// Whether the limit is that of the whole system: ENFILE (errno(3)).
fn is_everybodys(code: i32) -> bool {
    code == 23
}

pub fn thread(lang: Lang, operation: &str) -> (String, String) {
    (
        t!(lang, "failure.no_thread.what", operation = operation),
        t!(lang, "failure.no_thread.cure"),
    )
}

pub fn memory(lang: Lang, operation: &str) -> (String, String) {
    (
        t!(lang, "failure.no_memory.what", operation = operation),
        t!(lang, "failure.no_memory.cure"),
    )
}
