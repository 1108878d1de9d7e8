//! Answers DNS queries: every name has the one configured address (RFC 1035).

use super::{Replies, Silence, word};
use std::net::Ipv4Addr;

const HEADER: usize = 12;

/// The longest name in bytes, its length bytes and its final zero included (section 2.3.4).
const LONGEST_NAME: usize = 255;
const LONGEST_LABEL: u8 = 63;

/// Seconds that a client may cache an answer.
const TTL: u32 = 60;

const TYPE_A: u16 = 1;
const CLASS_IN: u16 = 1;

/// Flags of the header (section 4.1.1).
const RESPONSE: u16 = 0x8000;
const OPCODE: u16 = 0x7800;
const AUTHORITATIVE: u16 = 0x0400;
const RECURSION_DESIRED: u16 = 0x0100;
const RECURSION_AVAILABLE: u16 = 0x0080;
/// The response code.
const CODE: u16 = 0x000F;

/// Response codes (RCODE) of section 4.1.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Code {
    NoError = 0,
    FormatError = 1,
    NotImplemented = 4,
}

/// Answers the queries in `request`, which came over TCP if `in_stream` is set.
///
/// Over TCP, a length of two bytes precedes each query and each answer (section 4.2.2), and one
/// read may hold several queries. A query without a length is answered, too: in a stream, its
/// length came in a read of its own, since some clients write it separately. Its answer has a
/// length all the same.
pub fn answer(request: &[u8], address: Ipv4Addr, in_stream: bool) -> Replies {
    if !is_framed(request) {
        return match (in_stream, request) {
            (false, _) => plain(request, address).into(),
            // The length alone: the query follows in the next read.
            (true, [_, _]) => Replies::default(),
            (true, _) => plain(request, address).map(with_length).into(),
        };
    }
    let (mut answers, mut silence) = (Vec::new(), None);
    let mut rest = request;
    while !rest.is_empty() {
        let Some((query, after)) = split(rest) else {
            silence = Some(Silence::Partial);
            break;
        };
        match plain(query, address) {
            Ok(answer) => answers.extend(with_length(answer)),
            Err(why) => silence = Some(why),
        }
        rest = after;
    }
    Replies::new(answers, silence)
}

/// Puts the length before an answer, which has at most 512 bytes.
fn with_length(answer: Vec<u8>) -> Vec<u8> {
    [&(answer.len() as u16).to_be_bytes()[..], &answer].concat()
}

/// Whether the bytes begin with a length that fits the query after it. Bytes that are a query
/// of one question without a length are not framed.
fn is_framed(request: &[u8]) -> bool {
    if word(request, 4) == Some(1) && request.get(HEADER..).and_then(question).is_some() {
        return false;
    }
    match split(request) {
        Some((query, [])) => query.len() >= HEADER,
        Some((query, _)) => begins_query(query),
        None => request.get(2..).is_some_and(begins_query),
    }
}

/// Splits off the first message after its length; `None` if the message is incomplete.
fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
}

/// Whether the bytes begin as a standard query with one question.
fn begins_query(bytes: &[u8]) -> bool {
    let flags = word(bytes, 2);
    flags.is_some_and(|flags| flags & (RESPONSE | OPCODE | CODE) == 0) && word(bytes, 4) == Some(1)
}

/// Answers one query: every name has `address`.
///
/// - A query for another type than A, or another class than IN, gets no error and no answers.
/// - Bytes after the question, such as the OPT record of EDNS, are ignored. No answer exceeds
///   the 512 bytes of plain DNS.
/// - A malformed query, or one without exactly one question, gets a format error. An opcode
///   other than QUERY gets "not implemented".
///
/// # Errors
/// [`Silence::Partial`] without a whole header, [`Silence::IsAnswer`] for a response.
fn plain(request: &[u8], address: Ipv4Addr) -> Result<Vec<u8>, Silence> {
    let (header, body) = request.split_at_checked(HEADER).ok_or(Silence::Partial)?;
    if word(header, 2).is_some_and(|flags| flags & RESPONSE != 0) {
        return Err(Silence::IsAnswer);
    }
    // The header is whole, so every field of it can be read.
    answer_query(header, body, address).ok_or(Silence::Partial)
}

fn answer_query(header: &[u8], body: &[u8], address: Ipv4Addr) -> Option<Vec<u8>> {
    if word(header, 2)? & OPCODE != 0 {
        return reply(header, Code::NotImplemented);
    }
    let question = (word(header, 4)? == 1).then(|| question(body)).flatten();
    let Some((question, kind, class)) = question else {
        return reply(header, Code::FormatError);
    };
    let known = kind == TYPE_A && class == CLASS_IN;
    let mut answer = begin(header, Code::NoError)?;
    answer.extend([1, u16::from(known), 0, 0].map(u16::to_be_bytes).concat());
    answer.extend(question);
    if known {
        // A pointer to the name in the question, right after the header.
        answer.extend(0xC00C_u16.to_be_bytes());
        answer.extend([TYPE_A, CLASS_IN].map(u16::to_be_bytes).concat());
        answer.extend(TTL.to_be_bytes());
        answer.extend(4_u16.to_be_bytes());
        answer.extend(address.octets());
    }
    Some(answer)
}

/// An answer that is a header only.
fn reply(header: &[u8], code: Code) -> Option<Vec<u8>> {
    let mut answer = begin(header, code)?;
    answer.resize(HEADER, 0);
    Some(answer)
}

/// The first four bytes of an answer: the identifier and the flags.
fn begin(header: &[u8], code: Code) -> Option<Vec<u8>> {
    let (id, flags) = (word(header, 0)?, word(header, 2)?);
    let kept = flags & (OPCODE | RECURSION_DESIRED);
    let flags = kept | RESPONSE | AUTHORITATIVE | RECURSION_AVAILABLE | code as u16;
    Some([id, flags].map(u16::to_be_bytes).concat())
}

/// The bytes of the question, its type and its class; `None` if the question is malformed.
fn question(body: &[u8]) -> Option<(&[u8], u16, u16)> {
    let mut end = 0;
    loop {
        let length = *body.get(end)?;
        // A longer label would be a pointer, and there is no name before the question to point
        // at.
        if length > LONGEST_LABEL {
            return None;
        }
        end += 1 + usize::from(length);
        if end > LONGEST_NAME {
            return None;
        }
        if length == 0 {
            break;
        }
    }
    let (kind, class) = (word(body, end)?, word(body, end + 2)?);
    Some((body.get(..end + 4)?, kind, class))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ADDRESS: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 7);

    fn answer(request: &[u8], address: Ipv4Addr) -> Option<Vec<u8>> {
        let answers = super::answer(request, address, false);
        answers.bytes.map(|bytes| bytes.to_vec())
    }

    fn plain(request: &[u8], address: Ipv4Addr) -> Option<Vec<u8>> {
        super::plain(request, address).ok()
    }

    /// A query with recursion desired.
    fn query(question: &[u8]) -> Vec<u8> {
        let header = [0xBE, 0xEF, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0];
        [&header, question].concat()
    }

    fn code(answer: &[u8]) -> u8 {
        answer[3] & 0x0F
    }

    #[test]
    fn a_name_has_the_address() {
        let question = b"\x01F\x03ISI\x04ARPA\x00\x00\x01\x00\x01";
        let expected = [
            &b"\xBE\xEF\x85\x80\x00\x01\x00\x01\x00\x00\x00\x00"[..],
            question,
            b"\xC0\x0C\x00\x01\x00\x01\x00\x00\x00\x3C\x00\x04",
            &[192, 0, 2, 7],
        ];
        let answer = answer(&query(question), ADDRESS).unwrap();
        assert_eq!(answer, expected.concat());
    }

    #[test]
    fn the_option_of_edns_is_passed_over() {
        let question = b"\x01a\x00\x00\x01\x00\x01";
        let plain = query(question);
        let mut extended = [&plain[..], b"\x00\x00\x29\x04\xD0\0\0\0\0\0\0"].concat();
        extended[11] = 1;
        assert_eq!(answer(&extended, ADDRESS), answer(&plain, ADDRESS));
    }

    #[test]
    fn of_another_type_or_class_it_has_none() {
        for rest in [[0, 28, 0, 1], [0, 255, 0, 1], [0, 1, 0, 3]] {
            let question = [&b"\x01a\x00"[..], &rest].concat();
            let answer = answer(&query(&question), ADDRESS).unwrap();
            assert_eq!(code(&answer), Code::NoError as u8);
            assert_eq!(answer[4..8], [0, 1, 0, 0]);
            assert_eq!(answer[12..], question);
        }
    }

    #[test]
    fn a_malformed_query_gets_a_format_error() {
        let long = [&b"\x3F"[..], &[b'x'; 63]].concat().repeat(4);
        let questions: [&[u8]; 6] = [
            b"",
            b"\x05short",
            b"\x01a\x00\x00\x01\x00",
            b"\xC0\x0C\x00\x01\x00\x01",
            b"\x40x\x00\x00\x01\x00\x01",
            &[&long, &b"\x00\x00\x01\x00\x01"[..]].concat(),
        ];
        for question in questions {
            let answer = answer(&query(question), ADDRESS).unwrap();
            let expected = [0xBE, 0xEF, 0x85, 0x81, 0, 0, 0, 0, 0, 0, 0, 0];
            assert_eq!(answer, expected, "{question:02X?}");
        }
        let mut two = query(b"\x01a\x00\x00\x01\x00\x01");
        two[5] = 2;
        assert_eq!(code(&answer(&two, ADDRESS).unwrap()), 1);
    }

    #[test]
    fn another_operation_is_not_implemented() {
        let mut notify = query(b"\x01a\x00\x00\x06\x00\x01");
        notify[2] = 0x20;
        let answer = answer(&notify, ADDRESS).unwrap();
        assert_eq!((answer[2], code(&answer)), (0xA4, 4));
    }

    #[test]
    fn over_tcp_a_length_stands_before_both() {
        let query = query(b"\x01a\x00\x00\x01\x00\x01");
        let with_length = |bytes: &[u8]| [&(bytes.len() as u16).to_be_bytes()[..], bytes].concat();
        let expected = with_length(&plain(&query, ADDRESS).unwrap());
        assert_eq!(answer(&with_length(&query), ADDRESS), Some(expected));
        assert_eq!(answer(&query, ADDRESS), plain(&query, ADDRESS));
        // An identifier that happens to equal the length of the rest.
        let mut same = query;
        same[..2].copy_from_slice(&17_u16.to_be_bytes());
        assert_eq!(same.len(), 2 + 17);
        assert_eq!(answer(&same, ADDRESS), plain(&same, ADDRESS));
    }

    #[test]
    fn a_length_that_came_in_a_read_of_its_own_stands_before_the_answer() {
        let query = query(b"\x01a\x00\x00\x01\x00\x01");
        let length = (query.len() as u16).to_be_bytes();
        let none = super::answer(&length, ADDRESS, true);
        assert_eq!(none, Replies::default());
        let plain = plain(&query, ADDRESS).unwrap();
        let expected = with_length(plain.clone());
        let answers = super::answer(&query, ADDRESS, true);
        assert_eq!(answers.bytes.as_deref(), Some(&expected[..]));
        assert_eq!(answer(&query, ADDRESS), Some(plain), "in a datagram");
    }

    #[test]
    fn several_queries_of_a_stream_are_answered_in_their_order() {
        let with_length = |bytes: &[u8]| [&(bytes.len() as u16).to_be_bytes()[..], bytes].concat();
        let queries = [
            &b"\x01a\x00\x00\x01\x00\x01"[..],
            b"\x02bc\x00\x00\x1C\x00\x01",
        ]
        .map(query);
        let [one, two] = &queries;
        let both = [with_length(one), with_length(two)].concat();
        let answers = [one, two].map(|query| with_length(&plain(query, ADDRESS).unwrap()));
        assert_eq!(answer(&both, ADDRESS), Some(answers.concat()));
        assert_eq!(super::answer(&both, ADDRESS, true).silence, None);
        // The end of the second query, or of the only one, is missing.
        for end in [both.len() - 1, 2 + one.len() + 1] {
            let cut = super::answer(&both[..end], ADDRESS, true);
            assert_eq!(cut.bytes.as_deref(), Some(&answers[0][..]));
            assert_eq!(cut.silence, Some(Silence::Partial));
        }
        for end in [1, 2 + 8, one.len()] {
            let cut = super::answer(&both[..end], ADDRESS, true);
            assert_eq!(
                (cut.bytes, cut.silence),
                (None, Some(Silence::Partial)),
                "{end}"
            );
        }
    }

    #[test]
    fn a_response_and_half_a_header_are_not_answered() {
        let query = query(b"\x01a\x00\x00\x01\x00\x01");
        assert_eq!(answer(&answer(&query, ADDRESS).unwrap(), ADDRESS), None);
        assert_eq!(answer(&query[..11], ADDRESS), None);
        let response = plain(&query, ADDRESS).unwrap();
        let silence = super::answer(&response, ADDRESS, false).silence;
        assert_eq!(silence, Some(Silence::IsAnswer));
    }

    proptest! {
        #[test]
        fn any_bytes_may_come(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            for request in [bytes.clone(), query(&bytes)] {
                answer(&request, ADDRESS);
                if let Some(answer) = plain(&request, ADDRESS) {
                    prop_assert!((HEADER..=512).contains(&answer.len()));
                    prop_assert_eq!(&answer[..2], &request[..2]);
                }
            }
        }
    }
}
