//! Machines that do not take a protocol.

use crate::{t, words::Lang};

/// ENOPROTOOPT of Linux, as an ICMP protocol unreachable is reported (type 3 code 2).
pub const CODE: i32 = 92;

/// Explains an ICMP protocol unreachable.
pub fn failure(lang: Lang, address: &str, protocol: &str) -> (String, String) {
    (
        t!(
            lang,
            "failure.rejected.what",
            address = address,
            protocol = protocol
        ),
        t!(lang, "failure.rejected.cure"),
    )
}
