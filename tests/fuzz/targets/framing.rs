#![no_main]

use netpeer_fuzz::{framing, run};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| run(framing::check, bytes));
