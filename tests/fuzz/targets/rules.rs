#![no_main]

use netpeer_fuzz::{rules, run};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| run(rules::check, bytes));
