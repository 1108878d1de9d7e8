#![no_main]

use netpeer_fuzz::{descriptions, run};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| run(descriptions::check, bytes));
