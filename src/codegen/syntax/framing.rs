//! The framings of a program as conditions and values of its templates.

use super::Syntax;
use crate::codegen::program::PeerProgram;
use crate::codegen::template::Values;
use crate::codegen::wire::Wire;
use crate::payload::stuffing::Stuffing;
use crate::traffic::framing::Framing;

/// The bytes that the longest header with a varint adds to its offset.
const LONGEST_VARINT: u64 = 10;

/// Adds the conditions and values of both directions: `r_` for what the program reads, `w_` for
/// what it writes.
pub(super) fn describe(program: &PeerProgram, syntax: &Syntax, values: &mut Values) {
    let (read, write) = (program.received.as_ref(), program.sent.as_ref());
    direction(program.wire(read), 'r', syntax, values);
    direction(program.wire(write), 'w', syntax, values);
    let tail = program.wire(write).tail();
    let room = match write {
        Some(Framing::LengthPrefix { width, offset, .. }) => u64::from(*offset) + u64::from(*width),
        Some(Framing::Varint { offset }) => u64::from(*offset) + LONGEST_VARINT,
        Some(Framing::Delimiter(end)) => end.len() as u64,
        // The end of a line.
        _ => 2,
    };
    values.set("w_room", (tail as u64 + room).to_string());
}

fn direction(wire: Wire<'_>, way: char, syntax: &Syntax, values: &mut Values) {
    let named = |name: &str| format!("{way}_{name}");
    values.flag_if(!wire.ending.is_empty(), &named("ending"));
    let ends = |values: &mut Values, search: &[u8], end: &[u8]| {
        values.set(&named("search"), (syntax.bytes)(search));
        values.set(&named("search_length"), search.len().to_string());
        values.set(&named("end"), (syntax.bytes)(end));
        values.set(&named("end_array"), syntax.array(end));
    };
    match wire.framing {
        None => values.flag(&named("none")),
        Some(Framing::Lines) => {
            values.flag(&named("lines"));
            values.flag_if(wire.is_crlf, "crlf");
            ends(values, b"\n", wire.line_end());
        }
        Some(Framing::Delimiter(end)) => {
            values.flag(&named("delimiter"));
            ends(values, end, end);
        }
        Some(Framing::Fixed(length)) => {
            values.flag(&named("fixed"));
            values.set(&named("fixed_length"), length.to_string());
            let body = u64::from(*length).saturating_sub(wire.tail() as u64);
            values.set(&named("body"), body.to_string());
        }
        Some(Framing::LengthPrefix {
            width,
            big_endian,
            offset,
            includes_header,
            adjust,
        }) => {
            values.flag(&named("length"));
            values.flag_if(!big_endian, &named("little"));
            values.flag_if(*offset > 0, &named("before"));
            values.flag_if(*width < 8, &named("narrow"));
            let header = i64::from(*offset) + i64::from(*width);
            let order = if *big_endian { "big" } else { "little" };
            values.set(&named("width"), width.to_string());
            values.set(&named("offset"), offset.to_string());
            values.set(&named("header"), header.to_string());
            values.set(&named("order"), order);
            values.set(&named("type"), format!("u{}", 8 * u32::from(*width)));
            let most = 1_u128
                .checked_shl(8 * u32::from(*width))
                .map_or(0, |size| size - 1);
            values.set(&named("most"), most.to_string());
            let counted = if *includes_header { header } else { 0 };
            let plus = match way {
                'r' => i128::from(header - counted) + i128::from(*adjust),
                _ => wire.tail() as i128 + i128::from(counted) - i128::from(*adjust),
            };
            values.set(&named("plus"), added(plus));
            values.set(&named("plus_value"), plus.to_string());
        }
        Some(Framing::Varint { offset }) => {
            values.flag(&named("varint"));
            values.flag_if(*offset > 0, &named("before"));
            values.set(&named("offset"), offset.to_string());
            values.set(&named("plus"), added(wire.tail() as i128));
        }
        Some(way @ (Framing::Cobs | Framing::Slip)) => {
            let is_cobs = way.stuffing() == Some(Stuffing::Cobs);
            values.flag(&named(if is_cobs { "cobs" } else { "slip" }));
            let end = way.stuffing().map_or(0, Stuffing::delimiter);
            values.set(&named("stuffed_end"), format!("0x{end:02X}"));
            ends(values, &[end], &[end]);
        }
        // Refused before.
        Some(Framing::Http | Framing::Nmea | Framing::At | Framing::IdleGap(_)) => {}
    }
}

/// A number as it is added to another one: ` + 3`, ` - 1`, or nothing.
fn added(number: i128) -> String {
    match number {
        0 => String::new(),
        1.. => format!(" + {number}"),
        _ => format!(" - {}", number.unsigned_abs()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_added_with_its_sign() {
        assert_eq!([3, 0, -2].map(added), [" + 3", "", " - 2"]);
    }
}
