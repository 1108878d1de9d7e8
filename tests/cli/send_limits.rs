//! What `netpeer send` refuses, and when it is over.

use super::program::run;

#[test]
fn a_word_that_is_missing_is_named() {
    for (word, to) in [("udp", "127.0.0.1:18888"), ("unix", "/tmp/s.sock")] {
        let ended = run(&["send", word, to]);
        assert_eq!(ended.status, Some(2));
        let said = format!("DATA is missing: netpeer send {word} {to} DATA");
        assert!(ended.err.contains(&said), "{}", ended.err);
    }
    for words in [&["/tmp/s.sock", "hi"][..], &["udp", "@name", "hi"]] {
        let ended = run(&[&["send"], words].concat());
        assert_eq!(ended.status, Some(2));
        assert!(ended.err.contains("netpeer send unix "), "{}", ended.err);
    }
}
