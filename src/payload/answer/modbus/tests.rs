//! Frames of the specification: RTU and TCP, damaged ones, and several at once.

use super::*;
use proptest::prelude::*;

// Each call asks a device with unwritten values.
fn answers(request: &[u8]) -> Replies {
    super::either(request, &mut Device::default())
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

fn rtu(request: &[u8], unit: Option<u8>) -> Result<Vec<u8>, Silence> {
    let mut device = Device {
        unit,
        ..Device::default()
    };
    super::rtu(request, &mut device)
}

fn tcp(request: &[u8]) -> Option<Vec<u8>> {
    super::tcp(request, &mut Device::default()).ok()
}

fn framed(pdu: &[u8]) -> Vec<u8> {
    let length = (pdu.len() as u16 + 1).to_be_bytes();
    [&[0x15, 0x01, 0, 0], &length[..], &[0x11], pdu].concat()
}

#[test]
fn a_frame_of_tcp_has_transaction_and_unit_of_its_request() {
    let request = framed(&[3, 0, 0x6B, 0, 3]);
    let expected = [
        0x15, 0x01, 0, 0, 0, 9, 0x11, 3, 6, 0, 0x6B, 0, 0x6C, 0, 0x6D,
    ];
    assert_eq!(tcp(&request).as_deref(), Some(&expected[..]));
}

#[test]
fn over_tcp_a_device_is_every_unit() {
    let mut device = Device {
        unit: Some(1),
        ..Device::default()
    };
    for unit in [0, 1, 2, 255] {
        let request = [0, 1, 0, 0, 0, 6, unit, 3, 0, 7, 0, 1];
        let expected = [0, 1, 0, 0, 0, 5, unit, 3, 2, 0, 7];
        let answer = super::either(&request, &mut device);
        assert_eq!(answer.bytes.as_deref(), Some(&expected[..]), "{unit}");
    }
}

#[test]
fn an_rtu_frame_ends_with_its_crc_low_byte_first() {
    let request = [1, 3, 0, 0, 0, 2, 0xC4, 0x0B];
    let answer = [1, 3, 4, 0, 0, 0, 1, 0x3B, 0xF3];
    assert_eq!(rtu(&request, None).as_deref(), Ok(&answer[..]));
    assert_eq!(rtu(&request, Some(1)).as_deref(), Ok(&answer[..]));
}

#[test]
fn a_device_is_silent_to_damage_to_others_and_to_a_broadcast() {
    let damaged = [1, 3, 0, 0, 0, 2, 0xC4, 0x0C];
    assert_eq!(rtu(&damaged, None), Err(Silence::Damaged));
    let request = [1, 3, 0, 0, 0, 2, 0xC4, 0x0B];
    assert_eq!(rtu(&request, Some(2)), Err(Silence::OtherUnit));
    let broadcast = with_crc(&[0, 6, 0, 1, 0, 3]);
    for unit in [None, Some(2)] {
        assert_eq!(rtu(&broadcast, unit), Err(Silence::Broadcast));
    }
}

#[test]
fn a_broadcast_is_carried_out() {
    let mut device = Device::default();
    let mut ask = |frame: &[u8]| super::either(&with_crc(frame), &mut device);
    let broadcast = ask(&[0, 0x0F, 0, 0, 0, 2, 1, 3]);
    let expected = (None, Some(Silence::Broadcast));
    assert_eq!((broadcast.bytes, broadcast.silence), expected);
    let expected = with_crc(&[1, 1, 1, 3]);
    let coils = ask(&[1, 1, 0, 0, 0, 3]).bytes;
    assert_eq!(coils.as_deref(), Some(&expected[..]));
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
    let frames: [(&[u8], &[u8]); 2] = [
        (
            &[1, 3, 0, 0, 0, 2, 0xC4, 0x0B],
            &[1, 3, 4, 0, 0, 0, 1, 0x3B, 0xF3],
        ),
        (
            &[1, 0x0F, 0, 0, 0, 4, 1, 0x0F, 0x7E, 0x92],
            &with_crc(&[1, 0x0F, 0, 0, 0, 4]),
        ),
    ];
    for (frame, expected) in frames {
        assert!(frame::pdu(frame).is_some(), "{frame:02X?}");
        assert_eq!(either(frame).as_deref(), Some(expected), "{frame:02X?}");
    }
}

#[test]
fn one_pdu_has_one_answer_in_both_frames() {
    let requests: [&[u8]; 11] = [
        &[0x01, 0, 1, 0, 9],
        &[0x02, 0, 1, 0, 9],
        &[0x03, 0, 1, 0, 9],
        &[0x04, 0, 1, 0, 9],
        &[0x05, 0, 1, 0xFF, 0],
        &[0x06, 0, 1, 0, 3],
        &[0x0F, 0, 1, 0, 2, 1, 3],
        &[0x10, 0, 1, 0, 1, 2, 0, 3],
        &[0x16, 0, 4, 0, 0xF2, 0, 0x25],
        &[0x17, 0, 0, 0, 1, 0, 0, 0, 1, 2, 0, 9],
        &[0x2B, 0x0E, 1, 0],
    ];
    for pdu in requests {
        let over_tcp = either(&framed(pdu)).unwrap();
        let expected = with_crc(&over_tcp[6..]);
        let frame = with_crc(&[&[0x11], pdu].concat());
        assert_eq!(either(&frame), Some(expected), "{pdu:02X?}");
        assert_eq!(over_tcp[7], pdu[0], "{pdu:02X?}");
        // The frame is complete, so the next one is found.
        let both = [&frame[..], &frame].concat();
        assert_eq!(silence(&both), None, "{pdu:02X?}");
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
fn a_later_request_of_a_read_sees_what_an_earlier_one_wrote() {
    let (write, read) = (framed(&[6, 0, 1, 0, 9]), framed(&[3, 0, 1, 0, 1]));
    let answer = either(&[write.clone(), read].concat()).unwrap();
    assert_eq!(answer[..write.len()], write);
    assert_eq!(answer[write.len() + 7..], [3, 2, 0, 9]);
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
    let cases: [(&[u8], Silence); 12] = [
        (b"", Silence::NotARequest),
        (b"hello", Silence::NotARequest),
        (b"GET / HTTP/1.1\r\n\r\n", Silence::NotARequest),
        (&read[..3], Silence::Partial),
        (&read[..5], Silence::Partial),
        (&read[..9], Silence::Partial),
        (&[1, 3, 0, 0], Silence::Partial),
        (&[1, 0x10, 0, 0], Silence::Partial),
        (&[1, 0x2B, 0x0E], Silence::Partial),
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
        rtu(&bytes, unit).ok();
        tcp(&bytes);
        let answers = answers(&bytes);
        prop_assert!(answers.bytes.is_some() || answers.silence.is_some());
        if let Ok(answer) = rtu(&with_crc(&bytes), unit) {
            prop_assert_eq!(Checksum::default().verify(&answer), Some(true));
            prop_assert!(answer.len() <= 256);
        }
        let tcp = tcp(&framed(&bytes));
        prop_assert!(tcp.is_none_or(|answer| answer.len() <= 260));
    }
}
