//! The arguments that `netpeer send` refuses, and its time limits.

use super::program::{echo, run};

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

#[test]
fn what_is_printed_came_in_time() {
    let to = echo().to_string();
    for _ in 0..20 {
        let expected = ["--within", "0s", "--expect", "re:hello"];
        let ended = run(&[&["send", &to, "hello"][..], &expected].concat());
        let came = ended.status == Some(0);
        assert_eq!(ended.out.contains("re:hello"), came, "{}", ended.err);
    }
}
