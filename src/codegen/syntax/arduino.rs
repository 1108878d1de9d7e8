//! C++ for an ESP32 with the Arduino core, which has messages, checksum and framing of C.

use super::{Syntax, c};
use crate::codegen::program::PeerProgram;
use crate::codegen::template::Values;
use std::net::SocketAddr;

pub(super) const SYNTAX: Syntax = Syntax {
    parts: &[
        include_str!("../templates/arduino/head.tmpl"),
        c::MESSAGES,
        include_str!("../templates/arduino/complain.tmpl"),
        c::CHECKSUM,
        c::WRITE,
        c::READ,
        include_str!("../templates/arduino/main.tmpl"),
    ],
    own,
    ..c::POSIX
};

/// An address as a computer has it in a small network, to be replaced.
const COMPUTER: &str = "192.168.1.2";
/// The port of a board that sends first, whose port means nothing.
const ANY_PORT: u16 = 9001;
/// The longest message that a board holds, in bytes: beside the longest one in the program.
const LONGEST: usize = 8192;

fn own(program: &PeerProgram, values: &mut Values) {
    let is_remote = |address: &SocketAddr| !address.ip().is_loopback();
    let session = program.addresses.session.filter(is_remote);
    let host = session.map_or_else(|| COMPUTER.to_owned(), |session| session.ip().to_string());
    values.set("board_host", c::text(&host));
    let own = program.addresses.own.map_or(0, |own| own.port());
    let own = if own == 0 { ANY_PORT } else { own };
    values.set("board_port", own.to_string());
    values.set("board_longest", LONGEST.to_string());
}
