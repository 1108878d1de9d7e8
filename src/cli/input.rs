//! Lines of the standard input, read on a thread of its own: nothing else waits for it.

use crossbeam_channel::Receiver;
use std::io::{self, BufRead as _, Read as _};

/// Lines that may wait.
const AHEAD: usize = 64;
/// A longer line goes in parts.
const LONGEST: u64 = 1 << 20;

/// The lines, without their breaks; the channel ends with the input.
///
/// # Errors
/// If the system has no thread left.
pub fn lines() -> io::Result<Receiver<Vec<u8>>> {
    let (line, lines) = crossbeam_channel::bounded(AHEAD);
    std::thread::Builder::new()
        .name("input".into())
        .spawn(move || {
            let mut input = io::stdin().lock();
            loop {
                let mut text = Vec::new();
                match input.by_ref().take(LONGEST).read_until(b'\n', &mut text) {
                    // What cannot be read has ended.
                    Ok(0) | Err(_) => return,
                    Ok(_) => {}
                }
                if line.send(without_break(text)).is_err() {
                    return;
                }
            }
        })?;
    Ok(lines)
}

fn without_break(mut line: Vec<u8>) -> Vec<u8> {
    if line.ends_with(b"\n") {
        line.pop();
        if line.ends_with(b"\r") {
            line.pop();
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_loses_its_break_and_nothing_else() {
        let cases = [
            ("a\n", "a"),
            ("a\r\n", "a"),
            ("a\r", "a\r"),
            ("\n", ""),
            ("\r\r\n", "\r"),
        ];
        for (line, text) in cases {
            assert_eq!(without_break(line.into()), text.as_bytes());
        }
    }
}
