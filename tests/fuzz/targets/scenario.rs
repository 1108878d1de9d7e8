#![no_main]

use netpeer_fuzz::{run, scenario};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| run(scenario::check, bytes));
