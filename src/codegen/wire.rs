//! Messages as they are on the wire, and back: what a program has to do, done here, so that only
//! messages are written into it that it can send.

use crate::payload::checksum::Checksum;
use crate::traffic::framing::{Framing, MessageCutter};

/// How the messages of a direction look.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wire<'a> {
    /// `None` if each read, or each datagram, is a message.
    pub framing: Option<&'a Framing>,
    /// The bytes behind the checksum.
    pub ending: &'a [u8],
    /// Whether lines end with CRLF.
    pub is_crlf: bool,
    pub checksum: Option<&'a Checksum>,
}

impl Wire<'_> {
    /// The bytes of the checksum and the line ending.
    pub fn tail(self) -> usize {
        self.checksum.map_or(0, |checksum| checksum.sum.width()) + self.ending.len()
    }

    /// The end of a line that is written.
    pub fn line_end(self) -> &'static [u8] {
        match self.is_crlf {
            true => b"\r\n",
            false => b"\n",
        }
    }

    /// A message on the wire: header, body, checksum, line ending, delimiter or stuffing. `None` if
    /// it does not fit.
    pub fn encode(self, body: &[u8]) -> Option<Vec<u8>> {
        let mut message = self.header(body.len())?;
        message.extend(body);
        if let Some(checksum) = self.checksum {
            message.extend(checksum.of(&message).ok()?);
        }
        message.extend(self.ending);
        match self.framing {
            Some(Framing::Lines) => message.extend(self.line_end()),
            Some(Framing::Delimiter(end)) => message.extend(end),
            Some(Framing::Fixed(length)) if message.len() as u64 != u64::from(*length) => {
                return None;
            }
            _ => {}
        }
        Some(match self.framing.and_then(Framing::stuffing) {
            Some(way) => way.stuff(&message),
            None => message,
        })
    }

    /// The header of a message with a body of this length.
    fn header(self, body: usize) -> Option<Vec<u8>> {
        let rest = body.checked_add(self.tail())?;
        match self.framing {
            Some(Framing::LengthPrefix {
                width,
                big_endian,
                offset,
                includes_header,
                adjust,
            }) => {
                let offset = usize::try_from(*offset).ok()?;
                let width = usize::from(*width);
                let counted = if *includes_header { offset + width } else { 0 };
                let length = i64::try_from(rest + counted).ok()?.checked_sub(*adjust)?;
                let length = u64::try_from(length).ok()?.to_be_bytes();
                let (high, low) = length.split_at_checked(length.len().checked_sub(width)?)?;
                if high.iter().any(|byte| *byte != 0) {
                    return None;
                }
                let mut header = vec![0; offset];
                match big_endian {
                    true => header.extend(low),
                    false => header.extend(low.iter().rev()),
                }
                Some(header)
            }
            Some(Framing::Varint { offset }) => {
                let mut header = vec![0; usize::try_from(*offset).ok()?];
                let mut length = rest;
                while length > 0x7F {
                    header.push((length & 0x7F) as u8 | 0x80);
                    length >>= 7;
                }
                header.push(length as u8);
                Some(header)
            }
            _ => Some(Vec::new()),
        }
    }

    /// The bodies of the messages in these bytes. `None` unless [`Self::encode`] makes the same
    /// bytes of them.
    pub fn decode(self, bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
        let mut bodies = Vec::new();
        match self.framing {
            None => bodies.push(self.body(bytes)?),
            Some(framing) => {
                let mut cutter = MessageCutter::new(framing.clone());
                let mut is_whole = true;
                cutter.receive(bytes, 0, &mut |message, end| {
                    let length = message.len().checked_sub(end.delimiter() as usize);
                    let content = length.and_then(|length| message.get(..length));
                    let body = content.and_then(|content| self.body(content));
                    is_whole &= end.fault().is_none() && body.is_some();
                    bodies.extend(body);
                });
                if !is_whole || cutter.unfinished() > 0 {
                    return None;
                }
            }
        }
        let encoded: Option<Vec<Vec<u8>>> = bodies.iter().map(|body| self.encode(body)).collect();
        (!bodies.is_empty() && encoded?.concat() == bytes).then_some(bodies)
    }

    /// The body of a message: without header, checksum and line ending.
    fn body(self, message: &[u8]) -> Option<Vec<u8>> {
        let message = message.strip_suffix(self.ending)?;
        let message = match self.checksum {
            Some(checksum) if checksum.verify(message) != Some(true) => return None,
            Some(checksum) => message.get(..message.len().checked_sub(checksum.sum.width())?)?,
            None => message,
        };
        let header = match self.framing {
            Some(Framing::LengthPrefix { width, offset, .. }) => {
                usize::try_from(*offset).ok()? + usize::from(*width)
            }
            Some(Framing::Varint { offset }) => {
                let offset = usize::try_from(*offset).ok()?;
                let more = message.get(offset..)?.iter();
                offset + 1 + more.take_while(|byte| **byte >= 0x80).count()
            }
            _ => 0,
        };
        message.get(header..).map(<[u8]>::to_vec)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::session::sample;
    use crate::payload::checksum::Sum;
    use proptest::prelude::*;

    fn wire<'a>(framing: Option<&'a Framing>, checksum: Option<&'a Checksum>) -> Wire<'a> {
        Wire {
            framing,
            ending: b"",
            is_crlf: false,
            checksum,
        }
    }

    #[test]
    fn a_header_counts_what_the_framing_says() {
        let framing = Framing::LengthPrefix {
            width: 2,
            big_endian: true,
            offset: 1,
            includes_header: true,
            adjust: 2,
        };
        let checksum = Checksum::named("modbus").unwrap();
        let sent = wire(Some(&framing), Some(&checksum))
            .encode(b"abc")
            .unwrap();
        assert_eq!(sent.get(..6).unwrap(), b"\0\0\x06abc");
        assert_eq!(checksum.verify(&sent), Some(true));
        let narrow = Framing::LengthPrefix {
            width: 1,
            big_endian: true,
            offset: 0,
            includes_header: false,
            adjust: 0,
        };
        assert_eq!(wire(Some(&narrow), None).encode(&[0; 256]), None);
        let varint = wire(Some(&Framing::Varint { offset: 1 }), None).encode(&[7; 200]);
        assert_eq!(varint.unwrap().get(..4).unwrap(), b"\0\xC8\x01\x07");
    }

    #[test]
    fn bytes_that_would_not_be_made_again_are_no_messages() {
        let framing = Framing::Lines;
        let lines = wire(Some(&framing), None);
        assert_eq!(
            lines.decode(b"a\nb\n"),
            Some(vec![b"a".to_vec(), b"b".to_vec()])
        );
        for bytes in [&b"a\nb"[..], b"a\r\n", b""] {
            assert_eq!(lines.decode(bytes), None, "{bytes:?}");
        }
        let end = Framing::Delimiter(b"||".to_vec());
        // The delimiter is found a byte earlier.
        assert_eq!(wire(Some(&end), None).decode(b"a|||"), None);
    }

    proptest! {
        #[test]
        fn a_message_that_is_read_back_is_the_same(
            framing in sample::framings(),
            body in prop::collection::vec(any::<u8>(), 1..40),
            sum in prop::option::of(0_usize..20),
        ) {
            let sum = sum.and_then(|place| Sum::all().nth(place));
            let checksum = sum.map(|sum| Checksum { sum, ..Checksum::default() });
            let wire = wire(Some(&framing), checksum.as_ref());
            let bodies = wire.encode(&body).and_then(|sent| wire.decode(&sent));
            // A body with the delimiter in it is read as several.
            if let Some([one]) = bodies.as_deref() {
                prop_assert_eq!(one, &body);
            }
        }
    }
}
