#![no_main]

use netpeer_fuzz::{impairment, run};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| run(impairment::check, bytes));
