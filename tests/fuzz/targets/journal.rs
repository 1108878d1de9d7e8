#![no_main]

use netpeer_fuzz::{journal, run};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| run(journal::check, bytes));
