//! Files that cannot be read or written.

use crate::payload::printable;
use crate::traffic::import::Other;
use crate::traffic::{Cause, FilePlace, FileProblem, Operation};
use crate::words::grouped;
use crate::{say, words::Lang};
use std::io::{Error, ErrorKind};

/// What happened to the file at `path` while it was sent, and what helps.
pub fn failure(lang: Lang, path: &str, cause: &Cause) -> (String, String) {
    let path = &printable::line(path.as_bytes());
    match cause {
        Cause::NoFile => (
            say!(lang, "failure.no_file.what", path = path),
            say!(lang, "failure.no_file.cure"),
        ),
        Cause::Shrunk { read, length } => (
            say!(
                lang,
                "failure.shrunk.what",
                path = path,
                read = grouped(*read),
                length = grouped(*length)
            ),
            say!(lang, "failure.shrunk.cure"),
        ),
        _ => (
            say!(lang, "failure.unreadable.what", path = path),
            cure(lang, cause),
        ),
    }
}

/// What is wrong with the file at `path`, and what helps.
pub fn bad(lang: Lang, path: &str, place: FilePlace, problem: &FileProblem) -> (String, String) {
    let path = &printable::line(path.as_bytes());
    let first = matches!(
        place,
        FilePlace::Line(1) | FilePlace::Byte(0) | FilePlace::Unpacked(0)
    );
    let place = match place {
        FilePlace::Byte(byte) => say!(lang, "failure.bad_file.byte", byte = grouped(byte)),
        FilePlace::Unpacked(byte) => {
            say!(lang, "failure.bad_file.unpacked_byte", byte = grouped(byte))
        }
        FilePlace::Line(line) => say!(lang, "failure.bad_file.line", line = grouped(line)),
    };
    let compressed = matches!(problem, FileProblem::Compressed(_));
    let (problem, cure) = match problem {
        FileProblem::Empty => (
            say!(lang, "failure.bad_file.empty"),
            say!(lang, "failure.bad_file.other"),
        ),
        FileProblem::Unknown => (
            say!(lang, "failure.bad_file.unknown"),
            say!(lang, "failure.bad_file.other"),
        ),
        FileProblem::Compressed(program) => (
            say!(lang, "failure.bad_file.compressed"),
            say!(
                lang,
                "failure.bad_file.unpack",
                command = format!("{program} {path}")
            ),
        ),
        FileProblem::Json(column) => (
            say!(
                lang,
                "failure.bad_file.json",
                place = place,
                column = grouped(*column)
            ),
            say!(lang, "failure.bad_file.before"),
        ),
        FileProblem::Field(name) => (
            say!(lang, "failure.bad_file.field", place = place, name = name),
            say!(lang, "failure.bad_file.before"),
        ),
        FileProblem::Cut => (
            say!(lang, "failure.bad_file.cut", place = place),
            say!(lang, "failure.bad_file.before"),
        ),
        FileProblem::Corrupt(reason) => (
            say!(
                lang,
                "failure.bad_file.corrupt",
                place = place,
                reason = reason
            ),
            say!(lang, "failure.bad_file.before"),
        ),
        FileProblem::TooLong(length) => (
            say!(
                lang,
                "failure.bad_file.too_long",
                place = place,
                length = grouped(*length)
            ),
            say!(lang, "failure.bad_file.before"),
        ),
    };
    // Nothing stands before the first line: it is probably another kind of file.
    let cure = match first && !compressed {
        true => say!(lang, "failure.bad_file.other"),
        false => cure,
    };
    let what = say!(
        lang,
        "failure.bad_file.what",
        path = path,
        problem = problem
    );
    (what, cure)
}

/// How many packets of a capture are no record, and why.
pub fn others(lang: Lang, skipped: u64, others: &[(Other, u64)]) -> String {
    let count = say!(lang, "notice.other_packets", count = grouped(skipped));
    let mut reasons: Vec<_> = others.to_vec();
    reasons.sort_by_key(|(other, count)| (std::cmp::Reverse(*count), *other));
    let reason = |(other, count): &(Other, u64)| {
        let name = match other {
            Other::Arp => "ARP".to_owned(),
            Other::Icmp => "ICMP".to_owned(),
            Other::Protocol(number) => say!(lang, "other.protocol", number = number),
            Other::Ethernet(kind) => say!(lang, "other.ethernet", kind = format!("{kind:04X}")),
            Other::Link(number) => say!(lang, "other.link", number = number),
            Other::Fragment => say!(lang, "other.fragment"),
            Other::Cut => say!(lang, "other.cut"),
            Other::Malformed => say!(lang, "other.malformed"),
        };
        format!("{} {name}", grouped(*count))
    };
    let reasons: Vec<String> = reasons.iter().map(reason).collect();
    match reasons.is_empty() {
        true => count,
        false => format!("{count} ({})", reasons.join(", ")),
    }
}

/// Why recording to the file at `path` ended, or did not begin, and what helps.
pub fn recording(lang: Lang, operation: Operation, path: &str, cause: &Cause) -> (String, String) {
    let path = &printable::line(path.as_bytes());
    let kind = cause
        .code()
        .map(|code| Error::from_raw_os_error(code).kind());
    let cure = match (cause, kind) {
        (Cause::NoFile, _) => say!(lang, "failure.recording.no_file"),
        (
            Cause::BadFile {
                problem: FileProblem::Cut,
                ..
            },
            _,
        ) => say!(lang, "failure.recording.gone"),
        (Cause::BadFile { .. }, _) => say!(lang, "failure.recording.other_file"),
        (_, Some(ErrorKind::NotFound | ErrorKind::NotADirectory)) => {
            say!(lang, "failure.recording.no_folder")
        }
        (_, Some(ErrorKind::IsADirectory)) => say!(lang, "failure.recording.no_file"),
        (_, Some(ErrorKind::PermissionDenied)) => say!(lang, "failure.recording.forbidden"),
        (_, Some(ErrorKind::StorageFull | ErrorKind::QuotaExceeded)) => {
            say!(lang, "failure.recording.full")
        }
        _ => say!(lang, "failure.recording.cure"),
    };
    let what = match operation {
        Operation::BeginRecording => say!(lang, "failure.recording.not_begun", path = path),
        _ => say!(lang, "failure.recording.what", path = path),
    };
    (what, cure)
}

fn cure(lang: Lang, cause: &Cause) -> String {
    let kind = cause
        .code()
        .map(|code| Error::from_raw_os_error(code).kind());
    match kind {
        Some(ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            say!(lang, "failure.unreadable.not_found")
        }
        Some(ErrorKind::PermissionDenied) => say!(lang, "failure.unreadable.forbidden"),
        _ => say!(lang, "failure.unreadable.cure"),
    }
}
