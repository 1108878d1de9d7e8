#![no_main]

use netpeer_fuzz::{address, run};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| run(address::check, bytes));
