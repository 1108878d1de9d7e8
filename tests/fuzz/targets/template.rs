#![no_main]

use netpeer_fuzz::{run, template};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| run(template::check, bytes));
