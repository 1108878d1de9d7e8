//! Every command, option, file and link that the READMEs and the book show exists.

/// The page about security.
mod security;

use clap::CommandFactory as _;
use netpeer::cli::Arguments;
use netpeer::kind::SessionKind;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const LANGUAGES: [&str; 2] = ["en", "zh"];

/// A README, or a page of the book.
pub struct Page {
    /// Relative to the root of the repository.
    pub path: PathBuf,
    pub text: String,
}

/// The READMEs and the pages of the book.
pub fn pages() -> Vec<Page> {
    let readmes = ["README.md", "README.zh-CN.md"].map(PathBuf::from);
    let book = LANGUAGES.iter().flat_map(|language| {
        let folder = Path::new("docs").join(language);
        names(language)
            .into_iter()
            .map(move |name| folder.join(name))
    });
    readmes.into_iter().chain(book).map(page).collect()
}

fn page(path: PathBuf) -> Page {
    let text = std::fs::read_to_string(Path::new(ROOT).join(&path));
    let text = text.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Page { path, text }
}

/// The files of the book in one language.
fn names(language: &str) -> BTreeSet<String> {
    let folder = std::fs::read_dir(Path::new(ROOT).join("docs").join(language));
    let names = folder.unwrap().map(|entry| entry.unwrap().file_name());
    names.map(|name| name.into_string().unwrap()).collect()
}

/// The contents of the code blocks in this language.
pub fn blocks<'a>(text: &'a str, language: &str) -> Vec<&'a str> {
    let begin = format!("```{language}\n");
    let blocks = text
        .match_indices(&begin)
        .map(|(at, _)| &text[at + begin.len()..]);
    blocks
        .map(|rest| rest.split_once("```").unwrap().0)
        .collect()
}

/// The command lines of `netpeer` in the code blocks, joined over `\`.
fn command_lines(text: &str) -> Vec<String> {
    let (mut lines, mut inside, mut open) = (Vec::new(), false, String::new());
    for line in text.lines() {
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
fn every_command_line_of_the_pages_is_understood() {
    let mut count = 0;
    for Page { path, text } in pages() {
        for line in command_lines(&text) {
            let words = std::iter::once("netpeer".to_owned()).chain(words(&line));
            // `netpeer help COMMAND` is clap's own command.
            match <Arguments as clap::Parser>::try_parse_from(words) {
                Ok(_) => {}
                Err(error) => assert!(!error.use_stderr(), "{}: {line}\n{error}", path.display()),
            }
            count += 1;
        }
    }
    assert!(count > 40, "{count}");
}

#[test]
fn every_option_the_pages_speak_of_is_there() {
    let commands: [&[&str]; 20] = [
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
        &["learn", "start"],
        &["learn", "check"],
        &["show"],
        &["convert"],
        &["fields"],
        &["doctor"],
        &["doctor", "udp"],
        &["explain"],
        &["completions"],
        &["man"],
    ];
    let mut known: String = commands.iter().map(|command| help(command)).collect();
    for script in ["bench", "test", "run", "faults", "book", "package"] {
        let script = Path::new(ROOT).join("scripts").join(script);
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
        "--path",
        "--add-port",
    ];
    let mut missing = BTreeSet::new();
    for Page { text, .. } in pages() {
        for span in text.split('`').skip(1).step_by(2) {
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

/// The pages, and the other texts of the repository for people.
fn texts() -> impl Iterator<Item = Page> {
    let others = ["CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"].map(PathBuf::from);
    pages().into_iter().chain(others.map(page))
}

#[test]
fn every_file_the_texts_name_is_there() {
    let mut missing = BTreeSet::new();
    for Page { text, .. } in texts() {
        let spans = text.split('`').skip(1).step_by(2);
        for path in spans.flat_map(str::split_whitespace) {
            let folders = [
                "scripts/",
                "src/",
                "tests/",
                "assets/",
                "screenshots/",
                "examples/",
                "docs/",
            ];
            let path = path.trim_end_matches([',', '.', '…']);
            if folders.iter().any(|folder| path.starts_with(folder))
                && !path.contains('*')
                && !Path::new(ROOT).join(path).exists()
            {
                missing.insert(path.to_owned());
            }
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_relative_link_leads_somewhere() {
    let (mut count, mut broken) = (0, Vec::new());
    for Page { path, text } in texts() {
        let links = text.split("](").skip(1);
        let links = links.filter_map(|rest| rest.split(')').next());
        for link in links.filter(|link| !link.contains("://")) {
            count += 1;
            let file = link.split('#').next().unwrap();
            let folder = Path::new(ROOT).join(&path);
            if !file.is_empty() && !folder.parent().unwrap().join(file).exists() {
                broken.push(format!("{}: {link}", path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:?}");
    assert!(count > 100, "{count}");
}

#[test]
fn both_languages_have_the_pages_of_the_table_of_contents() {
    let [english, chinese] = LANGUAGES.map(names);
    assert_eq!(english, chinese);
    let contents = page("docs/mkdocs.yml".into()).text;
    let (_, contents) = contents.split_once("\nnav:\n").unwrap();
    let contents = contents
        .lines()
        .map(|line| line.trim_start_matches("  - ").to_owned());
    assert_eq!(contents.collect::<BTreeSet<_>>(), english);
}

#[test]
fn both_languages_have_the_same_sections() {
    // The book gives the sections of a Chinese page the anchors of the English one.
    let sections = |language: &str, name: &str| {
        let text = page(format!("docs/{language}/{name}").into()).text;
        let prose = text.split("```").step_by(2).flat_map(str::lines);
        let levels = prose.map(|line| line.split(' ').next().unwrap_or_default().to_owned());
        let is_section = |level: &String| level.len() > 1 && level.bytes().all(|byte| byte == b'#');
        levels.filter(is_section).collect::<Vec<_>>()
    };
    for name in names("en") {
        assert_eq!(sections("en", &name), sections("zh", &name), "{name}");
    }
}

#[test]
fn a_readme_has_at_most_150_lines() {
    for name in ["README.md", "README.zh-CN.md"] {
        let lines = page(name.into()).text.lines().count();
        assert!(lines <= 150, "{name}: {lines}");
    }
}

#[test]
fn programs_of_the_tutorials_are_those_of_the_tests() {
    let peers = std::fs::read_dir(Path::new(ROOT).join("tests/peers")).unwrap();
    let files = peers.map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|end| end == "py"));
    let programs: Vec<String> = files
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    let mut count = 0;
    for Page { path, text } in pages() {
        for block in blocks(&text, "python") {
            let is_shown = programs.iter().any(|program| program.contains(block));
            assert!(is_shown, "{}:\n{block}", path.display());
            count += 1;
        }
    }
    assert!(count > 5, "{count}");
}

#[test]
fn every_kind_of_session_of_a_scenario_is_named() {
    for language in LANGUAGES {
        let scenarios = page(format!("docs/{language}/scenarios.md").into()).text;
        for kind in SessionKind::ALL {
            let session = format!("`{}(", kind.traits().scenario);
            assert!(scenarios.contains(&session), "{session}");
        }
        assert!(scenarios.contains("`half_open: true`"));
    }
}

/// The options of a command and of those below it, each with the words of its command.
fn options(command: &clap::Command, words: &str) -> Vec<(String, String)> {
    let long = command.get_arguments().filter(|arg| !arg.is_hide_set());
    let long = long.filter_map(clap::Arg::get_long);
    let own = long.map(|name| (words.to_owned(), format!("--{name}")));
    let below = command.get_subcommands().flat_map(|below| {
        let words = format!("{words} {}", below.get_name());
        options(below, words.trim())
    });
    own.chain(below).collect()
}

#[test]
fn the_reference_lists_every_option_of_every_command() {
    let all = options(&Arguments::command(), "");
    assert!(all.len() > 200, "{}", all.len());
    let is_session = |words: &str| {
        let mut kinds = SessionKind::ALL.into_iter();
        kinds.any(|kind| kind.traits().command.join(" ") == words)
    };
    for (language, window, sessions, commands) in [
        ("en", "window", "every session", "every command"),
        ("zh", "窗口", "所有会话", "所有命令"),
    ] {
        let text = page(format!("docs/{language}/options.md").into()).text;
        let lists = |row: &str, words: &str, option: &str| {
            let cells: Vec<&str> = row.trim_matches(['|', ' ']).split(" | ").collect();
            let [name, .., whose] = cells[..] else {
                return false;
            };
            let name = name.split(['`', ',', ' ']).any(|part| part == option);
            let mut whose = whose.split([',', '、']).map(str::trim);
            name && whose.any(|whose| {
                let of_window = words.is_empty() && whose == window;
                let of_session = is_session(words) && whose == sessions;
                of_window || of_session || whose == commands || whose == words
            })
        };
        let is_missing = |(words, option): &&(String, String)| {
            !text.lines().any(|row| lists(row, words, option))
        };
        let missing: Vec<_> = all.iter().filter(is_missing).collect();
        assert!(missing.is_empty(), "{language}: {missing:?}");
    }
}
