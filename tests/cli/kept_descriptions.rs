//! Descriptions that the user keeps are found by their names.

use super::fields::files;
use super::show::text;

#[test]
fn a_kept_description_is_found_by_its_name_and_a_pipe_is_refused_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let (description, recorded) = files(dir.path());
    let kept = dir.path().join("netpeer").join("descriptions");
    std::fs::create_dir_all(&kept).unwrap();
    std::fs::rename(&description, kept.join("kept.ron")).unwrap();
    std::fs::write(kept.join("wrong.ron"), "(seq: [(id: \"a\", type: \"u2\")])").unwrap();
    let fifo = dir.path().join("fifo.ron");
    let made = std::process::Command::new("mkfifo").arg(&fifo).status();
    assert!(made.unwrap().success());
    let run = |arguments: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_netpeer"))
            .args(["--lang", "en"])
            .args(arguments)
            .env("XDG_CONFIG_HOME", dir.path())
            .output()
            .unwrap();
        let [out, err] =
            [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        (output.status.code(), out, err)
    };
    let (status, out, err) = run(&["show", text(&recorded), "--describe", "kept"]);
    assert_eq!(status, Some(0), "{err}");
    assert!(out.contains("type=measurement"), "{out}");
    let (_, out, _) = run(&["fields"]);
    let line = |name: &str| {
        out.lines()
            .find(|line| line.starts_with(name))
            .unwrap()
            .to_owned()
    };
    assert!(line("kept ").ends_with("sensor"), "{out}");
    assert!(line("wrong ").contains("wrong.ron:1:8: "), "{out}");
    let (status, _, err) = run(&["fields", text(&fifo)]);
    assert_eq!(status, Some(2), "{err}");
    assert!(err.contains("it is not an ordinary file"), "{err}");
}

#[test]
fn a_list_without_the_kept_descriptions_is_a_failure_that_says_why() {
    let dir = tempfile::tempdir().unwrap();
    let settings = dir.path().join("netpeer");
    std::fs::create_dir_all(&settings).unwrap();
    let list = |lang: &str| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_netpeer"))
            .args(["--lang", lang, "fields"])
            .env("XDG_CONFIG_HOME", dir.path())
            .output()
            .unwrap();
        let [out, err] =
            [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        (output.status.code(), out, err)
    };
    // A folder that does not exist has none.
    let (status, all, err) = list("en");
    assert_eq!((status, err.as_str()), (Some(0), ""));
    std::fs::write(settings.join("descriptions"), "").unwrap();
    for lang in ["en", "zh"] {
        let (status, out, err) = list(lang);
        assert_eq!(status, Some(1), "{err}");
        // The ready-made ones are listed all the same.
        assert_eq!(out, all);
        let cause = err.lines().next().unwrap();
        assert!(cause.starts_with("netpeer: ") && cause.contains("/descriptions"));
        assert_eq!(err.lines().count(), 2, "{err}");
    }
}
