//! What a program printed and nobody asked for yet.

use std::collections::VecDeque;

/// Bytes that are kept; beyond that the oldest lines go.
const KEPT: usize = 4 << 20;
/// What a line takes besides its bytes.
const EACH: usize = size_of::<String>();

/// The newest lines, the oldest of them first.
#[derive(Debug, Default)]
pub struct Printed {
    lines: VecDeque<String>,
    /// Bytes they take.
    size: usize,
    forgotten: u64,
}

impl Printed {
    pub fn push(&mut self, line: String) {
        self.size += line.len() + EACH;
        self.lines.push_back(line);
        while self.size > KEPT && self.next().is_some() {
            self.forgotten += 1;
        }
    }

    /// The oldest line, which is used up.
    pub fn next(&mut self) -> Option<String> {
        let line = self.lines.pop_front()?;
        self.size -= line.len() + EACH;
        Some(line)
    }

    /// How many lines had to go because no step asked for them; told once.
    pub fn forgotten(&mut self) -> u64 {
        std::mem::take(&mut self.forgotten)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_in_their_order() {
        let mut printed = Printed::default();
        printed.push("a".into());
        printed.push(String::new());
        let lines: Vec<String> = std::iter::from_fn(|| printed.next()).collect();
        assert_eq!((lines, printed.size), (vec!["a".into(), String::new()], 0));
        assert_eq!(printed.forgotten(), 0);
    }

    #[test]
    fn what_nobody_asks_for_is_not_kept_for_ever() {
        let mut printed = Printed::default();
        let many = 2 * KEPT / EACH;
        for number in 0..many {
            printed.push(number.to_string());
        }
        assert!(printed.size <= KEPT);
        let forgotten = printed.forgotten();
        assert_eq!(printed.next(), Some(forgotten.to_string()));
        assert_eq!(forgotten as usize + printed.lines.len() + 1, many);
        assert_eq!(printed.forgotten(), 0);
    }
}
