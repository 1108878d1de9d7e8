//! Files that cannot be read or written, in words.

use super::shortage::shortage;
use super::system::done;
use crate::payload::printable;
use crate::traffic::SkipReason;
use crate::traffic::{Cause, FilePlace, FileProblem, Operation};
use crate::words::{grouped, listed};
use crate::{t, words::Lang};
use std::io::{Error, ErrorKind};

/// Explains a failure to send or open the file at `path`: what happened and the cure.
pub fn failure(lang: Lang, operation: Operation, path: &str, cause: &Cause) -> (String, String) {
    let path = &printable::line(path.as_bytes());
    match cause {
        Cause::NoFile if operation == Operation::Open => (
            t!(lang, "failure.no_file.unopened", path = path),
            t!(lang, "failure.no_file.unopened_cure"),
        ),
        Cause::NoFile => (
            t!(lang, "failure.no_file.what", path = path),
            t!(lang, "failure.no_file.cure"),
        ),
        Cause::Shrunk { read, length } => (
            t!(
                lang,
                "failure.shrunk.what",
                path = path,
                read = grouped(*read),
                length = grouped(*length)
            ),
            t!(lang, "failure.shrunk.cure"),
        ),
        _ => lacking(lang, operation, path, cause).unwrap_or_else(|| {
            (
                t!(lang, "failure.unreadable.what", path = path),
                cure(lang, cause),
            )
        }),
    }
}

/// Explains that the system, not the file, lacks something: a descriptor, a thread, or memory.
fn lacking(
    lang: Lang,
    operation: Operation,
    path: &str,
    cause: &Cause,
) -> Option<(String, String)> {
    let code = cause.code()?;
    let kind = Error::from_raw_os_error(code).kind();
    // A running recording has its thread: EAGAIN is that of its output (write(2)).
    if operation == Operation::Record && kind == ErrorKind::WouldBlock {
        return None;
    }
    shortage(lang, &done(lang, operation, path), code)
}

/// Explains the mistake in the content of the file at `path`, and the cure.
pub fn bad(lang: Lang, path: &str, place: FilePlace, problem: &FileProblem) -> (String, String) {
    let path = &printable::line(path.as_bytes());
    let first = matches!(
        place,
        FilePlace::Line(1) | FilePlace::Byte(0) | FilePlace::Unpacked(0)
    );
    let place = match place {
        FilePlace::Byte(byte) => t!(lang, "failure.bad_file.byte", byte = grouped(byte)),
        FilePlace::Unpacked(byte) => {
            t!(lang, "failure.bad_file.unpacked_byte", byte = grouped(byte))
        }
        FilePlace::Line(line) => t!(lang, "failure.bad_file.line", line = grouped(line)),
    };
    let compressed = matches!(problem, FileProblem::Compressed(_));
    let undecodable = *problem == FileProblem::Undecodable;
    let is_none = compressed
        || undecodable && first
        || matches!(problem, FileProblem::Empty | FileProblem::Unknown);
    let (problem, cure) = match problem {
        FileProblem::Empty => (
            t!(lang, "failure.bad_file.empty"),
            t!(lang, "failure.bad_file.other"),
        ),
        FileProblem::Unknown => (
            t!(lang, "failure.bad_file.unknown"),
            t!(lang, "failure.bad_file.other"),
        ),
        FileProblem::Compressed(program) => (
            t!(lang, "failure.bad_file.compressed"),
            t!(
                lang,
                "failure.bad_file.unpack",
                command = format!("{program} {path}")
            ),
        ),
        FileProblem::Json(column) => (
            t!(
                lang,
                "failure.bad_file.json",
                place = place,
                column = grouped(*column)
            ),
            t!(lang, "failure.bad_file.before"),
        ),
        FileProblem::Field(name) => (
            t!(lang, "failure.bad_file.field", place = place, name = name),
            t!(lang, "failure.bad_file.before"),
        ),
        FileProblem::Cut => (
            t!(lang, "failure.bad_file.cut", place = place),
            t!(lang, "failure.bad_file.before"),
        ),
        FileProblem::Corrupt => (
            t!(lang, "failure.bad_file.corrupt", place = place),
            t!(lang, "failure.bad_file.before"),
        ),
        FileProblem::Undecodable if first => (
            t!(lang, "failure.bad_file.undecodable"),
            t!(lang, "failure.bad_file.again"),
        ),
        FileProblem::Undecodable => (
            t!(lang, "failure.bad_file.undecodable_behind", place = place),
            t!(lang, "failure.bad_file.again_behind"),
        ),
        FileProblem::TooLong(length) => (
            t!(
                lang,
                "failure.bad_file.too_long",
                place = place,
                length = grouped(*length)
            ),
            t!(lang, "failure.bad_file.before"),
        ),
    };
    // An error at the very beginning: it is probably another kind of file.
    let cure = match first && !compressed && !undecodable {
        true => t!(lang, "failure.bad_file.other"),
        false => cure,
    };
    let what = match is_none {
        true => t!(
            lang,
            "failure.bad_file.none",
            path = path,
            problem = problem
        ),
        false => t!(
            lang,
            "failure.bad_file.what",
            path = path,
            problem = problem
        ),
    };
    (what, cure)
}

/// Describes how many packets of a capture were skipped, and why.
pub fn others(lang: Lang, skipped: u64, others: &[(SkipReason, u64)]) -> String {
    if let Some(lines) = lines(lang, skipped, others) {
        return lines;
    }
    let count = t!(lang, "notice.other_packets", count = grouped(skipped));
    let mut reasons: Vec<_> = others.to_vec();
    reasons.sort_by_key(|(other, count)| (std::cmp::Reverse(*count), *other));
    let reason = |(other, count): &(SkipReason, u64)| {
        let name = match other {
            SkipReason::Arp => "ARP".to_owned(),
            SkipReason::Icmp => "ICMP".to_owned(),
            SkipReason::Protocol(number) => t!(lang, "other.protocol", number = number),
            SkipReason::Ethernet(kind) => t!(lang, "other.ethernet", kind = format!("{kind:04X}")),
            SkipReason::Link(number) => t!(lang, "other.link", number = number),
            SkipReason::Fragment => t!(lang, "other.fragment"),
            SkipReason::CutFragment => t!(lang, "other.cut_fragment"),
            SkipReason::RepeatedFragment => t!(lang, "other.repeated_fragment"),
            SkipReason::Cut => t!(lang, "other.cut"),
            SkipReason::Malformed => t!(lang, "other.malformed"),
            SkipReason::Retransmitted => t!(lang, "other.retransmitted"),
            SkipReason::Line(line) => t!(lang, "failure.bad_file.line", line = grouped(*line)),
        };
        format!("{} {name}", grouped(*count))
    };
    let reasons: Vec<String> = reasons.iter().map(reason).collect();
    match reasons.is_empty() {
        true => count,
        false => format!("{count} ({})", listed(lang, &reasons)),
    }
}

/// Describes how many lines of a text file were skipped, and which; `None` for packets.
fn lines(lang: Lang, skipped: u64, others: &[(SkipReason, u64)]) -> Option<String> {
    let name = |(other, count): &(SkipReason, u64)| match (*other, *count) {
        (SkipReason::Line(0), _) => Some("…".to_owned()),
        (SkipReason::Line(first), 0 | 1) => Some(grouped(first)),
        (SkipReason::Line(first), count) => {
            let last = first.saturating_add(count - 1);
            Some(format!("{}–{}", grouped(first), grouped(last)))
        }
        _ => None,
    };
    let names: Option<Vec<String>> = others.iter().map(name).collect();
    let names = names.filter(|names| !names.is_empty())?;
    let (count, lines) = (grouped(skipped), listed(lang, &names));
    Some(t!(lang, "notice.other_lines", count = count, lines = lines))
}

/// Explains why recording to the file at `path` ended or could not start, and the cure. `goes_on`:
/// whether the session and its log go on, and another recording can be started in it.
pub fn recording(
    lang: Lang,
    (operation, goes_on): (Operation, bool),
    path: &str,
    cause: &Cause,
) -> (String, String) {
    let path = &printable::line(path.as_bytes());
    if let Some(words) = lacking(lang, operation, path, cause) {
        return words;
    }
    let kind = cause
        .code()
        .map(|code| Error::from_raw_os_error(code).kind());
    let cure = match (cause, kind) {
        (Cause::NoFile, _) => t!(lang, "failure.recording.no_file"),
        (Cause::Unread, _) if operation == Operation::BeginRecording => {
            t!(lang, "failure.recording.never_read")
        }
        (Cause::Unread, _) => t!(lang, "failure.recording.unread"),
        (
            Cause::BadFile {
                problem: FileProblem::Cut,
                ..
            },
            _,
        ) => t!(lang, "failure.recording.gone"),
        (Cause::BadFile { .. }, _) => t!(lang, "failure.recording.other_file"),
        (_, Some(ErrorKind::NotFound | ErrorKind::NotADirectory)) => {
            t!(lang, "failure.recording.no_folder")
        }
        (_, Some(ErrorKind::IsADirectory)) => t!(lang, "failure.recording.no_file"),
        (_, Some(ErrorKind::PermissionDenied)) => t!(lang, "failure.recording.forbidden"),
        (_, Some(ErrorKind::StorageFull | ErrorKind::QuotaExceeded)) => {
            t!(lang, "failure.recording.full")
        }
        _ if goes_on => t!(lang, "failure.recording.cure"),
        _ => t!(lang, "failure.recording.cure_anew"),
    };
    let what = match operation {
        Operation::BeginRecording => t!(lang, "failure.recording.not_begun", path = path),
        _ => t!(lang, "failure.recording.what", path = path),
    };
    (what, cure)
}

fn cure(lang: Lang, cause: &Cause) -> String {
    let kind = cause
        .code()
        .map(|code| Error::from_raw_os_error(code).kind());
    match kind {
        Some(ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            t!(lang, "failure.unreadable.not_found")
        }
        Some(ErrorKind::PermissionDenied) => t!(lang, "failure.unreadable.forbidden"),
        _ => t!(lang, "failure.unreadable.cure"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_that_ends_its_session_is_not_said_to_leave_it_open() {
        let cause = Cause::System { code: 5 };
        for (lang, session) in [(Lang::English, "session"), (Lang::Chinese, "会话")] {
            let cure = |goes_on| {
                let operation = (Operation::BeginRecording, goes_on);
                recording(lang, operation, "/dev/x.pcapng", &cause).1
            };
            assert!(cure(true).contains(session));
            assert!(!cure(false).contains(session));
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_the_system_lacks_is_not_blamed_on_the_file() {
        const PATH: &str = "/tmp/x.jsonl";
        for lang in Lang::ALL {
            let thread = t!(lang, "failure.no_thread.cure");
            let descriptors = t!(lang, "failure.descriptors.own_cure");
            // EAGAIN of a thread, and EMFILE.
            for (code, cure) in [(11, thread), (24, descriptors)] {
                let cause = Cause::System { code };
                for operation in [Operation::SendFile, Operation::Open] {
                    let (what, found) = failure(lang, operation, PATH, &cause);
                    assert!(what.contains(PATH), "{what}");
                    assert_eq!(found, cure);
                }
                for goes_on in [true, false] {
                    let begun = (Operation::BeginRecording, goes_on);
                    let (what, found) = recording(lang, begun, PATH, &cause);
                    assert!(what.contains(PATH), "{what}");
                    assert_eq!(found, cure);
                }
            }
            // A full pipe.
            let full = Cause::System { code: 11 };
            let (_, cure) = recording(lang, (Operation::Record, true), PATH, &full);
            assert_eq!(cure, t!(lang, "failure.recording.cure"));
        }
    }

    #[test]
    fn lines_that_are_no_records_are_reported_by_number() {
        let found = [(SkipReason::Line(7), 1), (SkipReason::Line(1_200), 3)];
        for (lang, lines) in [
            (Lang::English, "lines that are no records: 7, 1,200–1,202"),
            (Lang::Chinese, "第 7、1,200–1,202 行"),
        ] {
            let message = others(lang, 4, &found);
            assert!(message.contains(lines), "{message}");
        }
        let one = others(Lang::English, 1, &[(SkipReason::Line(7), 1)]);
        assert!(one.contains("1 line that is no record: 7"), "{one}");
        let packets = others(Lang::English, 1, &[(SkipReason::Arp, 1)]);
        assert!(packets.contains("1 other packet (1 ARP)"), "{packets}");
    }
}
