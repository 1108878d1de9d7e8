#![no_main]

use netpeer_fuzz::{messages, run};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| run(messages::check, bytes));
