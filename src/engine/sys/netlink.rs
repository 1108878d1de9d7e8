//! Netlink: messages of the kernel about sockets, interfaces and addresses (netlink(7)). Needs no
//! rights.

use socket2::{Domain, Protocol, Socket, Type};
use std::io::{self, ErrorKind, Read as _};
use std::time::Instant;

/// NETLINK_ROUTE: interfaces and addresses (rtnetlink(7)).
pub const ROUTE: i32 = 0;
/// NETLINK_SOCK_DIAG: sockets (sock_diag(7)).
pub const SOCK_DIAG: i32 = 4;

/// Length of a header (nlmsghdr).
const HEADER: usize = 16;
/// Longer than any message of a dump.
const BUFFER: usize = 1 << 16;

/// Asks for all objects of a kind, and passes the content of each message.
///
/// # Errors
/// [`ErrorKind::TimedOut`] if they are not there by `until`, [`ErrorKind::InvalidData`] if an
/// answer is no netlink message, and the errors of the system and of the kernel's answer.
pub fn dump(
    protocol: i32,
    kind: u16,
    request: &[u8],
    until: Instant,
    each: &mut dyn FnMut(&[u8]),
) -> io::Result<()> {
    /// NLM_F_REQUEST with NLM_F_DUMP.
    const FLAGS: u16 = 0x301;
    let mut socket = open(protocol)?;
    send(&socket, kind, FLAGS, request)?;
    let mut buffer = vec![0; BUFFER];
    loop {
        if messages(receive(&mut socket, &mut buffer, until)?, each)? {
            return Ok(());
        }
    }
}

/// Asks for one object, and passes the content of the answer. The first error is that of the
/// question, as for [`dump`]; the second is the kernel's answer (errno(3)).
///
/// # Errors
/// As [`dump`].
pub fn ask(
    protocol: i32,
    kind: u16,
    request: &[u8],
    until: Instant,
    each: &mut dyn FnMut(&[u8]),
) -> io::Result<Result<(), i32>> {
    /// NLM_F_REQUEST.
    const FLAGS: u16 = 0x1;
    let mut socket = open(protocol)?;
    send(&socket, kind, FLAGS, request)?;
    let mut buffer = vec![0; BUFFER];
    match messages(receive(&mut socket, &mut buffer, until)?, each) {
        Ok(_) => Ok(Ok(())),
        Err(error) => error.raw_os_error().map(Err).ok_or(error),
    }
}

fn open(protocol: i32) -> io::Result<Socket> {
    let domain = Domain::from(nix::libc::AF_NETLINK);
    Socket::new(domain, Type::RAW, Some(Protocol::from(protocol)))
}

fn send(socket: &Socket, kind: u16, flags: u16, request: &[u8]) -> io::Result<()> {
    let length = u32::try_from(HEADER + request.len()).map_err(|_| ErrorKind::InvalidInput)?;
    let mut message = Vec::with_capacity(HEADER + request.len());
    message.extend(length.to_ne_bytes());
    message.extend(kind.to_ne_bytes());
    message.extend(flags.to_ne_bytes());
    // Sequence number and port; there is one question on this socket.
    message.extend([0; 8]);
    message.extend(request);
    socket.send(&message).map(|_| ())
}

fn receive<'a>(socket: &mut Socket, buffer: &'a mut [u8], until: Instant) -> io::Result<&'a [u8]> {
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(ErrorKind::TimedOut.into());
        }
        socket.set_read_timeout(Some(left))?;
        match socket.read(buffer) {
            Ok(count) => return Ok(buffer.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                return Err(ErrorKind::TimedOut.into());
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Passes the content of each message of one read; returns whether the dump ends with it.
fn messages(mut bytes: &[u8], each: &mut dyn FnMut(&[u8])) -> io::Result<bool> {
    const ERROR: u16 = 2;
    const DONE: u16 = 3;
    if bytes.is_empty() {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    while !bytes.is_empty() {
        let invalid = || io::Error::from(ErrorKind::InvalidData);
        let length = u32_at(bytes, 0).and_then(|length| usize::try_from(length).ok());
        let length = length.filter(|&length| length >= HEADER);
        let message = length
            .and_then(|length| bytes.get(..length))
            .ok_or_else(invalid)?;
        let content = message.get(HEADER..).ok_or_else(invalid)?;
        match u16_at(message, 4) {
            Some(DONE) => return Ok(true),
            Some(ERROR) => {
                let number = u32_at(content, 0).ok_or_else(invalid)?.cast_signed();
                let code = number.checked_neg().ok_or_else(invalid)?;
                return Err(io::Error::from_raw_os_error(code));
            }
            _ => each(content),
        }
        let next = message.len().next_multiple_of(4);
        bytes = bytes.get(next..).unwrap_or_default();
    }
    Ok(false)
}

/// The attributes in these bytes, with their types (rtattr). Ends where they are not well formed.
pub fn attributes(mut bytes: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    /// NLA_F_NESTED and NLA_F_NET_BYTEORDER.
    const FLAGS: u16 = 0xC000;
    std::iter::from_fn(move || {
        let length = usize::from(u16_at(bytes, 0)?);
        let kind = u16_at(bytes, 2)?;
        let content = bytes.get(4..length)?;
        bytes = bytes.get(length.next_multiple_of(4)..).unwrap_or_default();
        Some((kind & !FLAGS, content))
    })
}

/// A number of 16 bits at this place, in the machine's byte order.
pub fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u16::from_ne_bytes(*bytes))
}

/// A number of 32 bits at this place, in the machine's byte order.
pub fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u32::from_ne_bytes(*bytes))
}

/// A number of 64 bits at this place, in the machine's byte order.
pub fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u64::from_ne_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: u16, content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(HEADER + content.len()).unwrap();
        let mut bytes = [
            &length.to_ne_bytes()[..],
            &kind.to_ne_bytes(),
            &[0; 10],
            content,
        ]
        .concat();
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes
    }

    fn read(bytes: &[u8]) -> (io::Result<bool>, Vec<Vec<u8>>) {
        let mut all = Vec::new();
        let ended = messages(bytes, &mut |content| all.push(content.to_vec()));
        (ended, all)
    }

    #[test]
    fn messages_are_read_to_the_end_of_the_dump() {
        let some = [message(16, b"abc"), message(16, b"defg")].concat();
        let (ended, all) = read(&some);
        assert!(!ended.unwrap());
        assert_eq!(all, [b"abc".to_vec(), b"defg".to_vec()]);
        assert!(read(&[some, message(3, &[0; 4])].concat()).0.unwrap());
        let refused = message(2, &(-1_i32).to_ne_bytes());
        assert_eq!(read(&refused).0.unwrap_err().raw_os_error(), Some(1));
    }

    #[test]
    fn bytes_that_are_no_messages_are_an_error() {
        let cut = &message(16, b"abcd")[..18];
        let least = message(2, &i32::MIN.to_ne_bytes());
        for wrong in [&[][..], &[1], &[0; 16], &[255; 40], cut, &least] {
            assert!(read(wrong).0.is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn attributes_end_where_they_are_malformed() {
        let whole = [&8_u16.to_ne_bytes()[..], &3_u16.to_ne_bytes(), b"lo\0\0"].concat();
        let found: Vec<_> = attributes(&whole).collect();
        assert_eq!(found, [(3, &b"lo\0\0"[..])]);
        for wrong in [&whole[..3], &whole[..6], &[0; 8], &[]] {
            assert_eq!(attributes(wrong).count(), 0, "{wrong:?}");
        }
    }
}
