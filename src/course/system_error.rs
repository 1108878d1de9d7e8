//! The mistake behind an error of the system that a program in C wrote as perror(3) does.

use super::mistake::{Evidence, Mistake, MistakeName as Name};

/// The mistake behind the last line; `None` if it is no such error, or one with several causes.
/// `is_stream` is whether the exercise speaks over streams.
pub fn mistake(error: &str, is_stream: bool) -> Option<Mistake> {
    let line = error.lines().rev().find(|line| !line.trim().is_empty())?;
    // A program without a locale of its own writes the texts of strerror(3) in English.
    let (call, text) = line.trim().rsplit_once(": ")?;
    Some(Mistake {
        name: name(call, text, is_stream)?,
        evidence: Evidence::Exception {
            text: line.trim().to_owned(),
            line: String::new(),
        },
    })
}

fn name(call: &str, text: &str, is_stream: bool) -> Option<Name> {
    let transfers = ["send", "recv", "read", "write"]
        .iter()
        .any(|part| call.contains(part));
    match text {
        "Address already in use" => Some(Name::PortInUse),
        "Cannot assign requested address" | "Can't assign requested address" => {
            Some(Name::AddressNotHere)
        }
        // A stream is refused when it connects; a datagram by its answer.
        "Connection refused" if is_stream && transfers => Some(Name::WrongTransport),
        "Connection refused" => Some(Name::Refused),
        "Connection reset by peer" | "Software caused connection abort" => Some(Name::PeerGone),
        "Permission denied" if !is_stream && call.contains("send") => {
            Some(Name::BroadcastNotPermitted)
        }
        "Invalid argument" if call.contains("accept") => Some(Name::NotListening),
        "Transport endpoint is not connected" | "Socket is not connected" | "Broken pipe" => {
            Some(match is_stream {
                true => Name::NotConnected,
                false => Name::WrongTransport,
            })
        }
        "Operation not supported"
        | "Operation not supported on socket"
        | "Destination address required"
        | "Protocol error"
        | "Protocol not available" => Some(Name::WrongTransport),
        "Resource temporarily unavailable" if transfers => Some(Name::TimeOutNotHandled),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_perror_names_its_mistake() {
        for (line, is_stream, expected) in [
            ("bind: Address already in use", true, Name::PortInUse),
            (
                "bind: Cannot assign requested address",
                false,
                Name::AddressNotHere,
            ),
            ("connect: Connection refused", true, Name::Refused),
            ("recv: Connection refused", true, Name::WrongTransport),
            (
                "sendto: Permission denied",
                false,
                Name::BroadcastNotPermitted,
            ),
            ("accept: Invalid argument", true, Name::NotListening),
            (
                "listen: Operation not supported",
                true,
                Name::WrongTransport,
            ),
            (
                "recvfrom: Transport endpoint is not connected",
                false,
                Name::WrongTransport,
            ),
            ("send: Broken pipe", true, Name::NotConnected),
            (
                "recv: Resource temporarily unavailable",
                true,
                Name::TimeOutNotHandled,
            ),
        ] {
            let found = mistake(&format!("begun\n{line}\n"), is_stream).unwrap();
            assert_eq!(found.name, expected, "{line}");
            let evidence = Evidence::Exception {
                text: line.to_owned(),
                line: String::new(),
            };
            assert_eq!(found.evidence, evidence);
        }
    }

    #[test]
    fn other_lines_tell_nothing() {
        for line in [
            "",
            "waiting",
            "bind: Permission denied",
            "socket: Invalid argument",
            "Address already in use?",
        ] {
            assert_eq!(mistake(line, true), None, "{line}");
        }
    }
}
