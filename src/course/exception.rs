//! The mistake behind an exception of Python.

use super::mistake::{Evidence, Mistake, MistakeName as Name};

/// The last exception in what a program wrote to its standard error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Exception<'a> {
    /// The name without its module: `OSError`.
    kind: &'a str,
    text: &'a str,
    /// The line of code that raised it; empty if it is not shown.
    line: &'a str,
}

/// The mistake behind the last exception; `None` without one. `is_stream` is whether the exercise
/// speaks over streams.
pub fn mistake(error: &str, is_stream: bool) -> Option<Mistake> {
    let exception = Exception::last(error)?;
    let Exception { kind, text, line } = exception;
    let shown = match text {
        "" => kind.to_owned(),
        text => format!("{kind}: {text}"),
    };
    Some(Mistake {
        name: exception.name(is_stream),
        evidence: Evidence::Exception {
            text: shown,
            line: line.to_owned(),
        },
    })
}

impl<'a> Exception<'a> {
    fn last(error: &'a str) -> Option<Self> {
        let lines: Vec<&str> = error.lines().collect();
        let begin = |line: &&str| line.starts_with("Traceback") || line.starts_with("  File \"");
        let first = lines.iter().position(begin)?;
        let (at, kind, text) =
            lines
                .iter()
                .enumerate()
                .skip(first)
                .rev()
                .find_map(|(at, line)| {
                    let (kind, text) = line.split_once(": ").unwrap_or((*line, ""));
                    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
                    let is_kind = ["Error", "Exception", "timeout", "error"]
                        .iter()
                        .any(|end| kind.ends_with(end));
                    (is_kind && kind.chars().all(is_name)).then_some((at, kind, text))
                })?;
        let is_code = |line: &&&str| {
            line.starts_with("    ") && !line.trim_matches([' ', '^', '~']).is_empty()
        };
        let before = lines.get(first..at).unwrap_or_default();
        let line = before
            .iter()
            .rev()
            .find(is_code)
            .map_or("", |line| line.trim());
        let kind = kind.rsplit('.').next().unwrap_or(kind);
        Some(Self { kind, text, line })
    }

    /// The number of the system's error, as Linux, macOS or Windows counts it.
    fn number(self) -> Option<u32> {
        let (_, behind) = self
            .text
            .split_once("[Errno ")
            .or_else(|| self.text.split_once("[WinError "))?;
        behind.split_once(']')?.0.parse().ok()
    }

    /// Whether the line of code calls one of these.
    fn calls(self, names: &[&str]) -> bool {
        names
            .iter()
            .any(|name| self.line.contains(&format!("{name}(")))
    }

    fn says(self, parts: &[&str]) -> bool {
        parts.iter().any(|part| self.text.contains(part))
    }

    fn name(self, is_stream: bool) -> Name {
        match self.kind {
            "TypeError" => self.of_type(),
            "AttributeError" if self.says(&["'tuple' object has no attribute"]) => {
                Name::PairOfRecvfrom
            }
            "AttributeError" if self.says(&["'str' object has no attribute 'decode'"]) => {
                Name::TextNotEncoded
            }
            "UnicodeDecodeError"
                if self.says(&["unexpected end of data", "incomplete multibyte"]) =>
            {
                // The rest of the character was in the part that was not received.
                match is_stream {
                    true => Name::OneReadOneMessage,
                    false => Name::CutReceive,
                }
            }
            "UnicodeDecodeError" | "UnicodeEncodeError" => Name::WrongEncoding,
            "TimeoutError" | "timeout" => Name::TimeOutNotHandled,
            "ConnectionRefusedError"
                if is_stream && !self.calls(&["connect", "create_connection"]) =>
            {
                Name::WrongTransport
            }
            "ConnectionRefusedError" => Name::Refused,
            "ConnectionResetError" | "ConnectionAbortedError" => Name::PeerGone,
            "PermissionError" if self.calls(&["sendto"]) => Name::BroadcastNotPermitted,
            _ => self.of_system(is_stream),
        }
    }

    fn of_type(self) -> Name {
        let addresses = ["bind", "connect", "sendto", "create_connection"];
        let counts_arguments = self.says(&["argument"]) && self.says(&["given"]);
        if self.says(&["address must be tuple"]) || counts_arguments && self.calls(&addresses) {
            Name::AddressNotPair
        } else if self.says(&[
            "not 'tuple'",
            "not tuple",
            "concat tuple",
            "(not \"tuple\")",
        ]) {
            Name::PairOfRecvfrom
        } else if self.says(&[
            "bytes-like object is required, not 'str'",
            "can't concat str to bytes",
        ]) {
            Name::TextNotEncoded
        } else if self.says(&[
            "can only concatenate str (not \"bytes\")",
            "must be str, not bytes",
        ]) {
            Name::BytesNotDecoded
        } else if self.says(&["cannot be interpreted as an integer"]) && self.calls(&addresses) {
            Name::PortNotNumber
        } else {
            Name::Crashed
        }
    }

    fn of_system(self, is_stream: bool) -> Name {
        match self.number() {
            Some(98 | 48 | 10_048) => Name::PortInUse,
            Some(99 | 49 | 10_049) => Name::AddressNotHere,
            // Not supported by this kind of socket: EOPNOTSUPP, EDESTADDRREQ, EPROTO, ENOPROTOOPT.
            Some(95 | 102 | 10_045 | 89 | 39 | 71 | 92 | 42) => Name::WrongTransport,
            Some(22 | 10_022) if self.calls(&["accept"]) => Name::NotListening,
            // ENOTCONN, EPIPE.
            Some(107 | 57 | 32 | 10_057) if is_stream => Name::NotConnected,
            Some(107 | 57 | 32 | 10_057) => Name::WrongTransport,
            _ => Name::Crashed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(code: &str, last: &str, is_stream: bool) -> Option<Name> {
        let error = format!(
            "Traceback (most recent call last):\n  File \"a.py\", line 9, in <module>\n    {code}\n    ^^^^\n{last}\n"
        );
        mistake(&error, is_stream).map(|mistake| mistake.name)
    }

    #[test]
    fn an_exception_of_a_socket_names_its_mistake() {
        for (code, last, is_stream, expected) in [
            (
                "s.sendto(\"a\", p)",
                "TypeError: a bytes-like object is required, not 'str'",
                false,
                Name::TextNotEncoded,
            ),
            (
                "s.bind(\"\")",
                "TypeError: bind(): AF_INET address must be tuple, not str",
                false,
                Name::AddressNotPair,
            ),
            (
                "s.bind(\"\", 1)",
                "TypeError: _socket.socket.bind() takes exactly one argument (2 given)",
                false,
                Name::AddressNotPair,
            ),
            (
                "s.bind((\"\", p))",
                "OSError: [Errno 98] Address already in use",
                true,
                Name::PortInUse,
            ),
            (
                "fd, a = self._accept()",
                "OSError: [Errno 22] Invalid argument",
                true,
                Name::NotListening,
            ),
            (
                "s.recv(1)",
                "OSError: [Errno 107] Transport endpoint is not connected",
                true,
                Name::NotConnected,
            ),
            (
                "s.recvfrom(1)",
                "OSError: [Errno 107] Transport endpoint is not connected",
                false,
                Name::WrongTransport,
            ),
            (
                "s.sendto(b, p)",
                "PermissionError: [Errno 13] Permission denied",
                false,
                Name::BroadcastNotPermitted,
            ),
            (
                "s.recv(1)",
                "socket.timeout: timed out",
                true,
                Name::TimeOutNotHandled,
            ),
            (
                "s.recv(1)",
                "TimeoutError: timed out",
                true,
                Name::TimeOutNotHandled,
            ),
            (
                "print(data.decode())",
                "AttributeError: 'tuple' object has no attribute 'decode'",
                false,
                Name::PairOfRecvfrom,
            ),
            (
                "x",
                "NameError: name 'x' is not defined",
                false,
                Name::Crashed,
            ),
        ] {
            assert_eq!(name(code, last, is_stream), Some(expected), "{last}");
        }
    }

    #[test]
    fn without_a_traceback_there_is_no_exception() {
        assert_eq!(mistake("ValueError: printed by the program\n", false), None);
        assert_eq!(mistake("", true), None);
    }

    #[test]
    fn the_line_of_code_is_shown() {
        let error = "Traceback (most recent call last):\n  File \"a\", line 1, in <module>\n    s.send(1)\n    ^^^^^^^^^\nTypeError: x\n";
        let evidence = Evidence::Exception {
            text: "TypeError: x".to_owned(),
            line: "s.send(1)".to_owned(),
        };
        assert_eq!(
            mistake(error, false).map(|mistake| mistake.evidence),
            Some(evidence)
        );
    }
}
