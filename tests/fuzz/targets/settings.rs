#![no_main]

use netpeer_fuzz::{run, settings};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| run(settings::check, bytes));
