#![no_main]

use netpeer_fuzz::{filter, run};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| run(filter::check, bytes));
