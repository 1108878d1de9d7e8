#![no_main]

use netpeer_fuzz::{printable, run};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| run(printable::check, bytes));
