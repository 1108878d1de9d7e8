//! Lines of the standard input, read on a thread of its own: nothing else waits for it.

use super::lines;
use crossbeam_channel::Receiver;
use std::io;

/// Lines that may wait.
const AHEAD: usize = 64;
/// A longer line goes in parts.
const LONGEST: u64 = 1 << 20;

/// The lines, without their breaks; the channel ends with the input.
///
/// # Errors
/// If the system has no thread left.
pub fn lines() -> io::Result<Receiver<Vec<u8>>> {
    let (line, typed) = crossbeam_channel::bounded(AHEAD);
    std::thread::Builder::new()
        .name("input".into())
        .spawn(move || {
            let mut input = io::stdin().lock();
            while let Some(text) = lines::next(&mut input, LONGEST) {
                if line.send(text).is_err() {
                    return;
                }
            }
        })?;
    Ok(typed)
}
