//! The end of all that a program has printed, whatever steps have used of it.

use super::printed::OutputStream;

/// The most bytes kept of each output.
const KEPT: usize = 64 << 10;

/// The last bytes of both outputs.
#[derive(Debug, Default)]
pub struct Transcript {
    output: Vec<u8>,
    error: Vec<u8>,
}

impl Transcript {
    /// Adds printed bytes of this output.
    pub fn add(&mut self, stream: OutputStream, bytes: &[u8]) {
        let kept = match stream {
            OutputStream::Output => &mut self.output,
            OutputStream::Error => &mut self.error,
        };
        kept.extend_from_slice(bytes);
        // Twice the limit, so that not every piece moves all bytes.
        if kept.len() > 2 * KEPT {
            kept.drain(..kept.len() - KEPT);
        }
    }

    /// The end of an output as text.
    pub fn text(&self, stream: OutputStream) -> String {
        let bytes = match stream {
            OutputStream::Output => &self.output,
            OutputStream::Error => &self.error,
        };
        String::from_utf8_lossy(bytes).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_kept_and_the_outputs_apart() {
        let mut transcript = Transcript::default();
        for _ in 0..5 {
            transcript.add(OutputStream::Output, &vec![b'a'; KEPT]);
        }
        transcript.add(OutputStream::Output, b"end");
        transcript.add(OutputStream::Error, b"wrong");
        let output = transcript.text(OutputStream::Output);
        assert!(output.ends_with("aend") && output.len() <= 2 * KEPT);
        assert_eq!(transcript.text(OutputStream::Error), "wrong");
    }
}
