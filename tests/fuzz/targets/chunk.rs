#![no_main]

use netpeer_fuzz::{chunk, run};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| run(chunk::check, bytes));
