//! What is checked of the inputs of each fuzz target, in a module each. The programs in `targets`
//! get inputs from libFuzzer (`scripts/fuzz`), the tests of netpeer those in `seeds`.

mod input;
mod rows;
mod texts;

pub mod address;
pub mod chunk;
pub mod descriptions;
pub mod filter;
pub mod framing;
pub mod hex;
pub mod impairment;
pub mod import;
pub mod journal;
pub mod messages;
pub mod printable;
pub mod rules;
pub mod scenario;
pub mod settings;
pub mod template;

use nix::time::{ClockId, clock_gettime};
use std::time::Duration;

/// Checks an input.
pub type Check = fn(&[u8]);

/// The targets by their names.
pub const TARGETS: [(&str, Check); 15] = [
    ("address", address::check),
    ("chunk", chunk::check),
    ("descriptions", descriptions::check),
    ("filter", filter::check),
    ("framing", framing::check),
    ("hex", hex::check),
    ("impairment", impairment::check),
    ("import", import::check),
    ("journal", journal::check),
    ("messages", messages::check),
    ("printable", printable::check),
    ("rules", rules::check),
    ("scenario", scenario::check),
    ("settings", settings::check),
    ("template", template::check),
];

/// The most processor time for an input of a few thousand bytes, with the checks of a debug build
/// and a sanitizer.
const DEADLINE: Duration = Duration::from_secs(4);

/// Checks an input in bounded time.
///
/// # Panics
/// If something is wrong.
pub fn run(check: Check, bytes: &[u8]) {
    let before = spent();
    check(bytes);
    let time = spent().saturating_sub(before);
    assert!(time < DEADLINE, "{} bytes took {time:?}", bytes.len());
}

/// The processor time of this thread, which other programs do not change.
fn spent() -> Duration {
    let time = clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID);
    time.map(Duration::from).expect("a clock of the thread")
}
