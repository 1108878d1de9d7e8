//! Every command, option and file that the READMEs show exists.

use netpeer::cli::Arguments;
use netpeer::kind::Kind;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

pub const READMES: [&str; 2] = [
    include_str!("../README.md"),
    include_str!("../README.zh-CN.md"),
];

/// The command lines of `netpeer` in the code blocks, joined over `\`.
fn command_lines(readme: &str) -> Vec<String> {
    let (mut lines, mut inside, mut open) = (Vec::new(), false, String::new());
    for line in readme.lines() {
        if line.trim_start().starts_with("```") {
            inside = !inside;
            continue;
        }
        if !inside {
            continue;
        }
        let line = line.trim().trim_start_matches("$ ");
        match line.strip_suffix('\\') {
            Some(begun) => open.push_str(begun),
            None => {
                open.push_str(line);
                lines.push(std::mem::take(&mut open));
            }
        }
    }
    let runs = |line: &String| line.starts_with("netpeer ") || line.contains("| netpeer ");
    lines.retain(runs);
    lines
}

/// The words of a command line up to a comment or the next program, as a shell splits them.
fn words(line: &str) -> Vec<String> {
    let behind = line.split_once("netpeer ").map_or("", |(_, behind)| behind);
    let (mut words, mut word, mut quote, mut any) = (Vec::new(), String::new(), None, false);
    for c in behind.chars() {
        match (quote, c) {
            (None, '\'' | '"') => (quote, any) = (Some(c), true),
            (Some(q), c) if q == c => quote = None,
            (None, '#') if word.is_empty() && !any => break,
            (None, '|' | '>' | '<' | '&' | ';') => break,
            (None, c) if c.is_whitespace() => {
                if any || !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
                any = false;
            }
            (_, c) => word.push(c),
        }
    }
    if any || !word.is_empty() {
        words.push(word);
    }
    words
}

fn help(command: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_netpeer"))
        .args(command)
        .arg("--help")
        .output()
        .unwrap();
    assert!(output.status.success(), "{command:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_command_line_of_the_readmes_is_understood() {
    let mut count = 0;
    for readme in READMES {
        for line in command_lines(readme) {
            let words = std::iter::once("netpeer".to_owned()).chain(words(&line));
            // `netpeer help COMMAND` is clap's own command.
            match <Arguments as clap::Parser>::try_parse_from(words) {
                Ok(_) => {}
                Err(error) => assert!(!error.use_stderr(), "{line}\n{error}"),
            }
            count += 1;
        }
    }
    assert!(count > 20, "{count}");
}

#[test]
fn every_option_the_readmes_speak_of_is_there() {
    let commands: [&[&str]; 14] = [
        &[],
        &["udp"],
        &["tcp-client"],
        &["tcp-server"],
        &["relay", "udp"],
        &["relay", "tcp"],
        &["send"],
        &["flood"],
        &["meter"],
        &["run"],
        &["show"],
        &["convert"],
        &["completions"],
        &["man"],
    ];
    let mut known: String = commands.iter().map(|command| help(command)).collect();
    for script in [
        "scripts/bench",
        "scripts/test",
        "scripts/run",
        "scripts/faults",
    ] {
        known.push_str(&std::fs::read_to_string(script).unwrap());
    }
    // Options of cargo and other programs.
    let others = [
        "--open",
        "--test",
        "--release",
        "--example",
        "--bench",
        "--locked",
        "--nocapture",
        "--ignored",
        "--features",
    ];
    let mut missing = BTreeSet::new();
    for readme in READMES {
        for span in readme.split('`').skip(1).step_by(2) {
            for word in span
                .split_whitespace()
                .filter(|word| word.starts_with("--"))
            {
                let is_part = |c: char| c.is_ascii_lowercase() || c == '-';
                let name: String = word.chars().take_while(|c| is_part(*c)).collect();
                if name.len() > 2 && !known.contains(&name) && !others.contains(&name.as_str()) {
                    missing.insert(name);
                }
            }
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_file_the_docs_name_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut missing = BTreeSet::new();
    let contributing = include_str!("../CONTRIBUTING.md");
    for readme in READMES.into_iter().chain([contributing]) {
        let spans = readme.split('`').skip(1).step_by(2);
        let words = spans.flat_map(str::split_whitespace);
        let links = readme
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next());
        for path in words.chain(links) {
            let folders = [
                "scripts/",
                "src/",
                "tests/",
                "assets/",
                "screenshots/",
                "examples/",
            ];
            let path = path.trim_end_matches([',', '.', '…']);
            if folders.iter().any(|folder| path.starts_with(folder))
                && !path.contains('*')
                && !root.join(path).exists()
            {
                missing.insert(path.to_owned());
            }
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_kind_of_session_of_a_scenario_is_named() {
    for (readme, heading) in READMES.into_iter().zip(["### Scenarios", "### 场景"]) {
        let (_, scenarios) = readme.split_once(heading).expect(heading);
        for kind in Kind::ALL {
            let session = format!("`{}(", kind.traits().scenario);
            assert!(scenarios.contains(&session), "{session}");
        }
        assert!(scenarios.contains("`half_open: true`"));
    }
}
