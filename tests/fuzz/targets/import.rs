#![no_main]

use netpeer_fuzz::{import, run};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| run(import::check, bytes));
