//! Tests of sentences of NMEA 0183, and of the lines of a modem.

use super::*;

fn text(framing: &Framing, reads: &[&str]) -> Vec<(String, FrameEnd)> {
    let reads: Vec<&[u8]> = reads.iter().map(|read| read.as_bytes()).collect();
    framed(framing, 100, &reads)
}

const CR_LF: FrameEnd = FrameEnd::Delimited(2);
const ONE: FrameEnd = FrameEnd::Delimited(1);

#[test]
fn sentences_begin_with_their_sign_and_what_is_before_it_is_one_garbled_frame() {
    let reads = [
        "4916.45,N*7A\r",
        "\n\0$GPGLL,1*2F\r\n!AIVDM,1*5",
        "C\n\\g:1*61\\",
        "$P*00\r\n",
    ];
    let expected = [
        is("4916.45,N*7A\r\n\0", FrameEnd::Garbled),
        is("$GPGLL,1*2F", CR_LF),
        is("!AIVDM,1*5C", ONE),
        is("\\g:1*61\\", FrameEnd::Garbled),
        is("$P*00", CR_LF),
    ];
    assert_eq!(text(&Framing::Nmea, &reads), expected);
}

#[test]
fn a_sentence_may_be_cut_off_and_garbage_stays_garbage() {
    let unfinished = [is("$GP", FrameEnd::Unfinished)];
    assert_eq!(text(&Framing::Nmea, &["$G", "P"]), unfinished);
    let garbage = [is("GPGLL\r\n", FrameEnd::Garbled)];
    assert_eq!(text(&Framing::Nmea, &["GPGLL\r\n"]), garbage);
    // A frame of garbage is known to end with the read behind it.
    let frames = cut(&Framing::Nmea, 100, &[&b"ab"[..], b"c", b"$\n"]);
    let places = frames.iter().map(|frame| (frame.first_row, frame.last_row));
    assert_eq!(places.collect::<Vec<_>>(), [(0, 1), (2, 2)]);
}

#[test]
fn what_is_too_long_is_no_sentence_up_to_its_end() {
    let found = framed(&Framing::Nmea, 4, &[b"$abcdef\nxyzxyz$a\n"]);
    let too_long = FrameEnd::TooLong;
    let expected = [
        is("$abc", too_long),
        is("def\n", too_long),
        is("xyzx", too_long),
        is("yz", FrameEnd::Garbled),
        is("$a", ONE),
    ];
    assert_eq!(found, expected);
}

#[test]
fn lines_of_a_modem_end_with_any_sign_and_empty_ones_are_none() {
    let reads = ["AT+CSQ\r", "\r\n+CSQ: 20,0\r", "\n\r\nOK\r\n", "ATI\nx"];
    let expected = [
        is("AT+CSQ", ONE),
        is("+CSQ: 20,0", ONE),
        is("OK", ONE),
        is("ATI", ONE),
        is("x", FrameEnd::Unfinished),
    ];
    assert_eq!(text(&Framing::At, &reads), expected);
    assert!(text(&Framing::At, &["\r\n\r\n"]).is_empty());
}

#[test]
fn the_prompt_is_a_message_at_the_beginning_of_a_line_alone() {
    let whole = FrameEnd::Whole;
    let reads = ["AT+CMGS=9\r\r\n>", " hi > \r\n> > \r>x\r", "> "];
    let expected = [
        is("AT+CMGS=9", ONE),
        is("> ", whole),
        is("hi > ", ONE),
        is("> ", whole),
        is("> ", ONE),
        is(">x", ONE),
        is("> ", whole),
    ];
    assert_eq!(text(&Framing::At, &reads), expected);
}

#[test]
fn the_text_after_a_prompt_ends_with_ctrl_z_or_with_esc() {
    let whole = FrameEnd::Whole;
    let sent = ["AT+CMGS=\"1\"\r", "hel", "lo\x1a", "AT\r", "no\x1bAT+CSQ\r"];
    let expected = [
        is("AT+CMGS=\"1\"", ONE),
        is("hello", ONE),
        is("AT", ONE),
        is("no", ONE),
        is("AT+CSQ", ONE),
    ];
    assert_eq!(text(&Framing::At, &sent), expected);
    // The modem's side, with its echo.
    let received = ["\r\n> ", "hello\x1a\r", "\n+CMGS: 5\r\n\r\nOK\r\n> a\x1b> "];
    let expected = [
        is("> ", whole),
        is("hello", ONE),
        is("+CMGS: 5", ONE),
        is("OK", ONE),
        is("> ", whole),
        is("a", ONE),
        is("> ", whole),
    ];
    assert_eq!(text(&Framing::At, &received), expected);
}

#[test]
fn a_text_of_several_lines_and_an_empty_one_end_with_ctrl_z() {
    let reads = ["one\rtwo\r", "\x1a", "\x1b>\x1a"];
    let expected = [
        is("one", ONE),
        is("two", ONE),
        is("", ONE),
        is("", ONE),
        is(">", ONE),
    ];
    assert_eq!(text(&Framing::At, &reads), expected);
}

#[test]
fn the_rest_of_a_text_that_is_too_long_ends_with_ctrl_z() {
    let found = framed(&Framing::At, 4, &[b"abcdef\x1aAT\r"]);
    let too_long = FrameEnd::TooLong;
    assert_eq!(
        found,
        [is("abcd", too_long), is("ef\x1a", too_long), is("AT", ONE)]
    );
}
