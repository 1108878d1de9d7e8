//! The arguments that `netpeer send` refuses, and its time limits.

use super::program::{Program, echo, run};

#[test]
fn a_word_that_is_missing_is_named() {
    for (word, to) in [("udp", "127.0.0.1:18888"), ("unix", "/tmp/s.sock")] {
        let ended = run(&["send", word, to]);
        assert_eq!(ended.status, Some(2));
        let said = format!("DATA is missing: netpeer send {word} {to} DATA");
        assert!(ended.err.contains(&said), "{}", ended.err);
    }
    let ended = run(&["send", "127.0.0.1:18888"]);
    let said = "DATA is missing: netpeer send 127.0.0.1:18888 DATA";
    assert!(ended.err.contains(said), "{}", ended.err);
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

#[test]
fn a_wait_that_the_user_ends_gives_no_verdict_of_its_time() {
    let silent = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let to = silent.local_addr().unwrap().to_string();
    for (lang, said) in [("en", "Interrupted before"), ("zh", "已中断，还没有收到")] {
        let words = ["send", &to, "hello", "--expect", "hi", "--within", "77s"];
        let program = Program::run(&[&words[..], &["--lang", lang]].concat());
        silent.recv(&mut [0; 9]).unwrap();
        program.send_signal("INT");
        let ended = program.ended();
        assert_eq!(ended.status, Some(1), "{}", ended.err);
        let is_right = ended.err.contains(said) && !ended.err.contains("77");
        assert!(is_right, "{}", ended.err);
    }
}
