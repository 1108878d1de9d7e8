//! The end of an HTTP/1.1 message (RFC 9112 §6): its head, then a body by its length, in chunks,
//! or up to the end of the connection.

use super::{FrameEnd, upto};
use memchr::memmem;

/// The maximum length of a head, and of a line between chunks.
const LONGEST_HEAD: usize = 64 << 10;
const HEAD_END: &[u8] = b"\r\n\r\n";

/// The scanner of one message.
#[derive(Debug, Default)]
pub struct HttpScan {
    state: State,
    /// The head, or the line, so far.
    begun: Vec<u8>,
    /// Whether a message contradicted itself: where the next one begins is unknown then
    /// (RFC 9112 §6.3), so that nothing more of this stream is a message.
    lost: bool,
}

#[derive(Clone, Copy, Debug, Default)]
enum State {
    #[default]
    Head,
    /// So many bytes are left, and then the message ends.
    Body(u64),
    /// The line with the size of a chunk.
    Size,
    /// So many bytes of a chunk are left.
    Chunk(u64),
    /// The line end behind a chunk.
    ChunkEnd,
    /// The lines behind the last chunk.
    Trailer,
    UntilClose,
}

/// The kind of body that follows a head.
enum BodyLength {
    Bytes(u64),
    Chunked,
    UntilClose,
}

impl HttpScan {
    /// Whether the end of the connection ends the message.
    pub(super) fn ends_with_connection(&self) -> bool {
        matches!(self.state, State::UntilClose)
    }

    /// The next message begins.
    pub(super) fn restart(&mut self) {
        let lost = self.lost;
        *self = Self {
            lost,
            ..Self::default()
        };
    }

    /// As [`super::FrameScan::step`].
    pub(super) fn step(&mut self, bytes: &[u8]) -> (usize, Option<FrameEnd>) {
        if self.lost {
            return (bytes.len(), None);
        }
        let (count, end) = self.step_in(bytes);
        self.lost = matches!(end, Some(FrameEnd::Garbled | FrameEnd::TooLong));
        (count, end)
    }

    fn step_in(&mut self, bytes: &[u8]) -> (usize, Option<FrameEnd>) {
        match self.state {
            State::Head => self.head(bytes),
            State::Body(left) => {
                let (count, end) = upto(bytes, left);
                self.state = State::Body(left.saturating_sub(count as u64));
                (count, end)
            }
            State::Size | State::ChunkEnd | State::Trailer => self.line(bytes),
            State::Chunk(left) => {
                let (count, end) = upto(bytes, left);
                self.state = match end {
                    Some(_) => State::ChunkEnd,
                    None => State::Chunk(left.saturating_sub(count as u64)),
                };
                (count, None)
            }
            State::UntilClose => (bytes.len(), None),
        }
    }

    /// Keeps these bytes, or the first ones that there is room for. Returns those.
    fn take<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let room = LONGEST_HEAD.saturating_sub(self.begun.len());
        let taken = bytes.get(..room).unwrap_or(bytes);
        self.begun.extend_from_slice(taken);
        taken
    }

    fn too_long(&self) -> Option<FrameEnd> {
        (self.begun.len() >= LONGEST_HEAD).then_some(FrameEnd::TooLong)
    }

    fn head(&mut self, bytes: &[u8]) -> (usize, Option<FrameEnd>) {
        let before = self.begun.len();
        let bytes = self.take(bytes);
        // The end may have begun in an earlier read.
        let from = before.saturating_sub(HEAD_END.len() - 1);
        let tail = self.begun.get(from..).unwrap_or_default();
        let Some(at) = memmem::find(tail, HEAD_END) else {
            return (bytes.len(), self.too_long());
        };
        let end = from + at + HEAD_END.len();
        self.begun.truncate(end);
        let length = body_length(&self.begun);
        self.begun.clear();
        self.state = match length {
            Some(BodyLength::Bytes(0)) => return (end - before, Some(FrameEnd::Whole)),
            Some(BodyLength::Bytes(left)) => State::Body(left),
            Some(BodyLength::Chunked) => State::Size,
            Some(BodyLength::UntilClose) => State::UntilClose,
            None => return (end - before, Some(FrameEnd::Garbled)),
        };
        (end - before, None)
    }

    /// A line between chunks.
    fn line(&mut self, bytes: &[u8]) -> (usize, Option<FrameEnd>) {
        let line_end = memchr::memchr(b'\n', bytes);
        let until = line_end.and_then(|at| bytes.get(..at)).unwrap_or(bytes);
        let taken = self.take(until).len();
        let Some(at) = line_end.filter(|at| *at == taken) else {
            return (taken, self.too_long());
        };
        let line = std::mem::take(&mut self.begun);
        let line = line.trim_ascii_end();
        if matches!(self.state, State::Trailer) {
            return (at + 1, line.is_empty().then_some(FrameEnd::Whole));
        }
        if matches!(self.state, State::ChunkEnd) {
            self.state = State::Size;
            return (at + 1, (!line.is_empty()).then_some(FrameEnd::Garbled));
        }
        self.state = match chunk_size(line) {
            Some(0) => State::Trailer,
            Some(size) => State::Chunk(size),
            None => return (at + 1, Some(FrameEnd::Garbled)),
        };
        (at + 1, None)
    }
}

/// The size of a chunk: hexadecimal, before extensions.
fn chunk_size(line: &[u8]) -> Option<u64> {
    let size = line.split(|byte| *byte == b';').next()?.trim_ascii();
    let is_hex = !size.is_empty() && size.iter().all(u8::is_ascii_hexdigit);
    let size = std::str::from_utf8(size).ok().filter(|_| is_hex)?;
    u64::from_str_radix(size, 16).ok()
}

/// How long the body behind this head is; `None` if the head contradicts itself (RFC 9112 §6.3).
/// The reply to `HEAD` is taken for one with a body: only its request says that it has none.
fn body_length(head: &[u8]) -> Option<BodyLength> {
    let mut lines = head
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii_end);
    // Empty lines before a request are ignored.
    let first = lines.by_ref().find(|line| !line.is_empty())?;
    let is_reply = first.starts_with(b"HTTP/");
    let version = first
        .rsplit(|byte| *byte == b' ')
        .next()
        .unwrap_or_default();
    if !is_reply && !version.starts_with(b"HTTP/") {
        return None;
    }
    let status = first.split(|byte| *byte == b' ').nth(1).unwrap_or_default();
    if is_reply && (status.starts_with(b"1") || status == b"204" || status == b"304") {
        return Some(BodyLength::Bytes(0));
    }
    let (mut length, mut codings) = (None, None);
    for line in lines {
        let Some(colon) = memchr::memchr(b':', line) else {
            continue;
        };
        let (name, value) = line.split_at(colon);
        let value = value.get(1..).unwrap_or_default().trim_ascii();
        if name.eq_ignore_ascii_case(b"content-length") {
            let digits = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
            let value = std::str::from_utf8(value).ok().filter(|_| digits)?;
            let value: u64 = value.parse().ok()?;
            if length.replace(value).is_some_and(|before| before != value) {
                return None;
            }
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            codings = Some(value.to_ascii_lowercase());
        }
    }
    match (codings, length) {
        (Some(codings), _) if is_chunked(&codings) => Some(BodyLength::Chunked),
        (Some(_), _) => is_reply.then_some(BodyLength::UntilClose),
        (None, Some(length)) => Some(BodyLength::Bytes(length)),
        (None, None) if is_reply => Some(BodyLength::UntilClose),
        (None, None) => Some(BodyLength::Bytes(0)),
    }
}

/// Whether the last of these codings is `chunked`.
fn is_chunked(codings: &[u8]) -> bool {
    let last = codings.rsplit(|byte| *byte == b',').next();
    last.is_some_and(|last| last.trim_ascii() == b"chunked")
}
