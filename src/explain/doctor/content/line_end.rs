//! The line end of a message, and its name.

/// Seconds without an answer after which one is missing.
pub(super) const PATIENCE: f64 = 2.0;

/// The line end of a message; `None` without one.
pub(super) fn line_end(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [.., b'\r', b'\n'] => Some("\r\n"),
        [.., b'\n'] => Some("\n"),
        [.., b'\r'] => Some("\r"),
        _ => None,
    }
}

/// Whether the bytes are text without control characters but those of lines.
pub(super) fn is_text(bytes: &[u8]) -> bool {
    let is_plain =
        |byte: &u8| *byte >= 0x20 && *byte != 0x7F || matches!(byte, b'\t' | b'\r' | b'\n');
    !bytes.is_empty() && bytes.iter().all(is_plain)
}

/// The name of a line end, with its bytes.
pub(super) fn name(end: &str) -> &'static str {
    match end {
        "\r\n" => "CRLF (0D 0A)",
        "\n" => "LF (0A)",
        _ => "CR (0D)",
    }
}
