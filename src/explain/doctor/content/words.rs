//! The words of these situations.

use crate::explain::doctor::Situation;

/// The keys of what it is, what to do, how it looks in a packet capture, and how to make it. They
/// name values of the clues. `None` for situations of other subjects.
pub fn words(situation: Situation) -> Option<[&'static str; 4]> {
    let keys = match situation {
        Situation::WrongEncoding => [
            "doctor.wrong_encoding.what",
            "doctor.wrong_encoding.cure",
            "doctor.wrong_encoding.capture",
            "doctor.wrong_encoding.reproduce",
        ],
        Situation::ByteOrderMark => [
            "doctor.byte_order_mark.what",
            "doctor.byte_order_mark.cure",
            "doctor.byte_order_mark.capture",
            "doctor.byte_order_mark.reproduce",
        ],
        Situation::NoLineEnd => [
            "doctor.no_line_end.what",
            "doctor.no_line_end.cure",
            "doctor.no_line_end.capture",
            "doctor.no_line_end.reproduce",
        ],
        Situation::OtherLineEnd => [
            "doctor.other_line_end.what",
            "doctor.other_line_end.cure",
            "doctor.other_line_end.capture",
            "doctor.other_line_end.reproduce",
        ],
        Situation::ByteOrder => [
            "doctor.byte_order.what",
            "doctor.byte_order.cure",
            "doctor.byte_order.capture",
            "doctor.byte_order.reproduce",
        ],
        Situation::WrongChecksum => [
            "doctor.wrong_checksum.what",
            "doctor.wrong_checksum.cure",
            "doctor.wrong_checksum.capture",
            "doctor.wrong_checksum.reproduce",
        ],
        Situation::DigitsAsText => [
            "doctor.digits_as_text.what",
            "doctor.digits_as_text.cure",
            "doctor.digits_as_text.capture",
            "doctor.digits_as_text.reproduce",
        ],
        _ => return None,
    };
    Some(keys)
}
