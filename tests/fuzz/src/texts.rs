//! What holds for every text and every mistake in it.

use netpeer::config::FileMistake;
use netpeer::payload::printable::deceives;

/// A mistake stands in its text, and its words are no longer than it is worth.
pub fn stands_in(text: &str, mistake: &FileMistake) {
    let lines = text.split(['\n', '\r']).count();
    let at = (mistake.line, mistake.column);
    assert!((1..=lines + 1).contains(&at.0) && at.1 >= 1, "{at:?}");
    let words = mistake.to_string();
    let most = 16 * text.len() + 8192;
    assert!(words.len() <= most, "{} bytes of words", words.len());
}

/// No character hides or moves the text around it.
pub fn is_safe(text: &str) {
    let unsafe_one = text.chars().find(|c| deceives(*c));
    assert_eq!(unsafe_one, None, "{text:?}");
}
