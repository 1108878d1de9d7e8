//! Frames of the specification: RTU and TCP, damaged ones, and several at once.

use super::*;
use proptest::prelude::*;

// Each call asks a device with unwritten registers.
fn answers(request: &[u8]) -> Replies {
    super::either(request, &Registers::default())
}

fn either(request: &[u8]) -> Option<Vec<u8>> {
    answers(request).bytes.map(|bytes| bytes.to_vec())
}

/// Why all of it, or a part, gets no answer.
fn silence(request: &[u8]) -> Option<Silence> {
    answers(request).silence
}

fn with_crc(frame: &[u8]) -> Vec<u8> {
    let crc = Checksum::default().of(frame).unwrap();
    [frame, &crc[..]].concat()
}

fn rtu(request: &[u8], unit: Option<u8>) -> Option<Vec<u8>> {
    super::rtu(request, unit, &Registers::default()).ok()
}

fn tcp(request: &[u8]) -> Option<Vec<u8>> {
    super::tcp(request, &Registers::default()).ok()
}

/// The answer to a PDU over Modbus TCP.
fn answered(pdu: &[u8]) -> Vec<u8> {
    let request = framed(pdu);
    let answer = tcp(&request).unwrap();
    assert_eq!(answer[..4], request[..4]);
    assert_eq!(usize::from(answer[5]), answer.len() - 6);
    assert_eq!(answer[6], 0x11);
    answer[7..].to_vec()
}

fn framed(pdu: &[u8]) -> Vec<u8> {
    let length = (pdu.len() as u16 + 1).to_be_bytes();
    [&[0x15, 0x01, 0, 0], &length[..], &[0x11], pdu].concat()
}

#[test]
fn registers_hold_their_own_addresses() {
    // Registers 108 to 110 of the specification's example.
    let expected = [3, 6, 0, 0x6B, 0, 0x6C, 0, 0x6D];
    assert_eq!(answered(&[3, 0, 0x6B, 0, 3]), expected);
    assert_eq!(answered(&[4, 0xFF, 0xFF, 0, 1]), [4, 2, 0xFF, 0xFF]);
    assert_eq!(answered(&[3, 0, 0, 0, 125]).len(), 252);
}

#[test]
fn writing_is_acknowledged_as_in_the_specification() {
    assert_eq!(answered(&[6, 0, 1, 0, 3]), [6, 0, 1, 0, 3]);
    let several = [0x10, 0, 1, 0, 2, 4, 0, 0x0A, 1, 2];
    assert_eq!(answered(&several), [0x10, 0, 1, 0, 2]);
}

#[test]
fn what_is_written_is_read_back() {
    let registers = Registers::default();
    let ask = |pdu: &[u8]| super::tcp(&framed(pdu), &registers).unwrap()[7..].to_vec();
    ask(&[6, 0, 1, 0, 3]);
    ask(&[0x10, 0, 2, 0, 2, 4, 0, 0x0A, 1, 2]);
    ask(&[0x10, 0xFF, 0xFF, 0, 1, 2, 0, 9]);
    // One byte is missing: nothing is written.
    ask(&[0x10, 0, 4, 0, 2, 4, 0, 0, 0]);
    assert_eq!(
        ask(&[3, 0, 0, 0, 5]),
        [3, 10, 0, 0, 0, 3, 0, 0x0A, 1, 2, 0, 4]
    );
    assert_eq!(ask(&[3, 0xFF, 0xFF, 0, 1]), [3, 2, 0, 9]);
    assert_eq!(ask(&[4, 0, 1, 0, 1]), [4, 2, 0, 1]);
    let mut broadcast = vec![0, 6, 0, 1, 0, 8];
    broadcast.extend(Checksum::default().of(&broadcast).unwrap());
    let answer = super::rtu(&broadcast, None, &registers);
    assert_eq!(answer, Err(Silence::Broadcast));
    assert_eq!(ask(&[3, 0, 1, 0, 1]), [3, 2, 0, 8]);
}

#[test]
fn what_cannot_be_carried_out_has_its_exception() {
    let cases: [(&[u8], [u8; 2]); 12] = [
        (&[1, 0, 0, 0, 1], [0x81, 1]),
        (&[0x2B, 0x0E, 1, 0], [0xAB, 1]),
        (&[3, 0xFF, 0xFF, 0, 2], [0x83, 2]),
        (&[4, 0xFF, 0xFE, 0, 3], [0x84, 2]),
        (&[0x10, 0xFF, 0xFF, 0, 2, 4, 0, 0, 0, 0], [0x90, 2]),
        (&[3, 0, 0, 0, 0], [0x83, 3]),
        (&[3, 0, 0, 0, 126], [0x83, 3]),
        (&[3, 0, 0], [0x83, 3]),
        (&[3, 0, 0, 0, 1, 0], [0x83, 3]),
        (&[6, 0, 0, 0], [0x86, 3]),
        (&[0x10, 0, 0, 0, 1, 2, 0], [0x90, 3]),
        (&[0x10, 0, 0, 0, 124, 248], [0x90, 3]),
    ];
    for (request, exception) in cases {
        assert_eq!(answered(request), exception, "{request:02X?}");
    }
}

#[test]
fn an_rtu_frame_ends_with_its_crc_low_byte_first() {
    let request = [1, 3, 0, 0, 0, 2, 0xC4, 0x0B];
    let answer = [1, 3, 4, 0, 0, 0, 1, 0x3B, 0xF3];
    assert_eq!(rtu(&request, None).as_deref(), Some(&answer[..]));
    assert_eq!(rtu(&request, Some(1)).as_deref(), Some(&answer[..]));
}

#[test]
fn a_device_is_silent_to_damage_to_others_and_to_a_broadcast() {
    assert_eq!(rtu(&[1, 3, 0, 0, 0, 2, 0xC4, 0x0C], None), None);
    assert_eq!(rtu(&[1, 3, 0, 0, 0, 2, 0xC4, 0x0B], Some(2)), None);
    let mut broadcast = vec![0, 6, 0, 1, 0, 3];
    broadcast.extend(Checksum::default().of(&broadcast).unwrap());
    assert_eq!(rtu(&broadcast, None), None);
}

#[test]
fn an_rtu_frame_is_not_taken_for_tcp_whatever_its_crc() {
    let mut request = vec![1, 3, 0, 0, 0, 2, 0xC4, 0x0B];
    let answer = [1, 3, 4, 0, 0, 0, 1, 0x3B, 0xF3];
    assert_eq!(either(&request).as_deref(), Some(&answer[..]));
    request[7] = 0x0C;
    assert_eq!(either(&request), None);
    let frame = framed(&[3, 0, 0, 0, 1]);
    assert_eq!(either(&frame), tcp(&frame));
}

#[test]
fn a_frame_of_tcp_is_none_of_rtu_though_its_crc_matches() {
    // Transaction numbers with which a frame happens to end with its own CRC.
    let frames: [&[u8]; 3] = [
        &[0x36, 0x53, 0, 0, 0, 6, 1, 3, 0, 4, 0, 0x2B],
        &[0x47, 0xEB, 0, 0, 0, 6, 1, 3, 0, 0, 0, 1],
        &[0x58, 0x75, 0, 0, 0, 6, 1, 6, 0, 1, 0, 3],
    ];
    for frame in frames {
        assert_eq!(Checksum::default().verify(frame), Some(true));
        let answer = either(frame).unwrap();
        assert_eq!(answer[..4], frame[..4], "{frame:02X?}");
        assert_eq!(answer[6..8], frame[6..8], "{frame:02X?}");
    }
}

#[test]
fn an_rtu_frame_that_has_the_form_of_tcp_is_recognized_by_its_crc() {
    // Reads two registers from 0 on; writes four coils from 0 on.
    let frames: [(&[u8], [u8; 2]); 2] = [
        (&[1, 3, 0, 0, 0, 2, 0xC4, 0x0B], [1, 3]),
        (&[1, 0x0F, 0, 0, 0, 4, 1, 0x0F, 0x7E, 0x92], [1, 0x8F]),
    ];
    for (frame, begins) in frames {
        assert!(frame::pdu(frame).is_some(), "{frame:02X?}");
        let answer = either(frame).unwrap();
        assert_eq!(answer[..2], begins, "{frame:02X?}");
        assert_eq!(Checksum::default().verify(&answer), Some(true));
    }
}

#[test]
fn an_exception_is_no_request() {
    assert_eq!(tcp(&framed(&[0x83, 2])), None);
}

#[test]
fn only_one_whole_frame_is_answered() {
    let frame = framed(&[3, 0, 0, 0, 1]);
    assert!(tcp(&frame).is_some());
    assert_eq!(tcp(&frame[..frame.len() - 1]), None);
    assert_eq!(tcp(&[frame.clone(), frame.clone()].concat()), None);
    let mut other = frame;
    other[3] = 1;
    assert_eq!(tcp(&other), None);
}

#[test]
fn several_requests_at_once_are_answered_in_their_order() {
    let (one, two) = (framed(&[3, 0, 7, 0, 1]), framed(&[6, 0, 1, 0, 3]));
    let both = [one.clone(), two.clone()].concat();
    let expected = [tcp(&one).unwrap(), tcp(&two).unwrap()].concat();
    assert_eq!(either(&both), Some(expected));
    assert_eq!(silence(&both), None);
    // The end of the second frame is still missing.
    let cut = &both[..both.len() - 1];
    assert_eq!(either(cut), tcp(&one));
    assert_eq!(silence(cut), Some(Silence::Partial));
    let (one, two) = (with_crc(&[1, 3, 0, 7, 0, 1]), with_crc(&[2, 6, 0, 1, 0, 3]));
    let both = [one.clone(), two.clone()].concat();
    let expected = [rtu(&one, None).unwrap(), rtu(&two, None).unwrap()].concat();
    assert_eq!(either(&both), Some(expected));
}

#[test]
fn a_function_for_serial_lines_is_illegal_over_tcp() {
    for function in [0x07_u8, 0x0B, 0x0C, 0x11] {
        // Most clients begin with transaction 1; 259 could be the start of an RTU frame.
        let frame = [0, 1, 0, 0, 0, 2, 1, function];
        let expected = [0, 1, 0, 0, 0, 3, 1, function | 0x80, 1];
        assert_eq!(either(&frame).as_deref(), Some(&expected[..]));
        let frame = [1, 3, 0, 0, 0, 2, 1, function];
        assert_eq!(silence(&frame), Some(Silence::Damaged));
    }
}

#[test]
fn what_has_no_answer_says_why() {
    let read = framed(&[3, 0, 0, 0, 1]);
    let cases: [(&[u8], Silence); 11] = [
        (b"", Silence::NotARequest),
        (b"hello", Silence::NotARequest),
        (b"GET / HTTP/1.1\r\n\r\n", Silence::NotARequest),
        (&read[..3], Silence::Partial),
        (&read[..5], Silence::Partial),
        (&read[..9], Silence::Partial),
        (&[1, 3, 0, 0], Silence::Partial),
        (&[1, 0x10, 0, 0], Silence::Partial),
        (&[1, 3, 0, 1, 0, 2, 0, 0], Silence::Damaged),
        (&framed(&[0x83, 2]), Silence::IsAnswer),
        (&with_crc(&[0, 6, 0, 1, 0, 3]), Silence::Broadcast),
    ];
    for (request, expected) in cases {
        assert_eq!(silence(request), Some(expected), "{request:02X?}");
        assert_eq!(either(request), None, "{request:02X?}");
    }
}

proptest! {
    #[test]
    fn any_bytes_may_come(bytes in prop::collection::vec(any::<u8>(), 0..300), unit: Option<u8>) {
        rtu(&bytes, unit);
        tcp(&bytes);
        let answers = answers(&bytes);
        prop_assert!(answers.bytes.is_some() || answers.silence.is_some());
        let mut frame = bytes.clone();
        frame.extend(Checksum::default().of(&bytes).unwrap());
        if let Some(answer) = rtu(&frame, unit) {
            prop_assert_eq!(Checksum::default().verify(&answer), Some(true));
            prop_assert!(answer.len() <= 256);
        }
        let tcp = tcp(&framed(&bytes));
        prop_assert!(tcp.is_none_or(|answer| answer.len() <= 260));
    }
}
