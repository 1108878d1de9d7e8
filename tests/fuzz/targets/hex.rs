#![no_main]

use netpeer_fuzz::{hex, run};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| run(hex::check, bytes));
