//! Reads the paths in every file and fails where a module imports from a layer above its own.

mod cycles;
mod source_files;

use regex::Regex;
use source_files::{files, imports_in};

/// The crate's modules by layer, lowest first. A module may import the layers below its own, and
/// the modules listed before it in its own layer, so there is no import cycle.
const LAYERS: [&[&str]; 7] = [
    &[
        "payload",
        "schema",
        "counter",
        "peer",
        "connection_id",
        "kind",
        "renderer",
        "words",
        "jobs",
        "signals",
        "disk",
        "stderr",
        "book",
        "core_dumps",
    ],
    &["traffic", "automation"],
    &["capture"],
    &[
        "engine", "config", "journal", "finder", "plotter", "importer", "course", "scenario",
        "settings",
    ],
    &["codegen", "explain", "session"],
    &["cli", "ui"],
    &["app", "start"],
];

/// The engine's modules by layer, lowest first; each may import itself and those below.
const ENGINE: [&str; 11] = [
    "layers",
    "sys",
    "evidence",
    "rulebook",
    "command",
    "context",
    "driver",
    "transport",
    "senders",
    "kinds",
    "worker",
];

/// The modules of each front end. The front ends do not import each other.
const FRONT_ENDS: [&[&str]; 2] = [&["ui", "app", "start"], &["cli"]];

/// The modules that may name a language or load texts: the front ends, and those that explain
/// facts to them; programs have comments in a language. All others report facts.
const WORDED: [&str; 7] = ["words", "codegen", "explain", "ui", "app", "start", "cli"];

/// Other files that may name a language.
const NAMES_A_LANGUAGE: [&str; 1] = [
    // The language of the window is one of its settings.
    "settings/mod.rs",
];

/// Names that only the listed modules may use.
const KEPT: [(&str, &[&str]); 13] = [
    ("Instant::now", &["engine", "app"]),
    ("SystemTime::now", &["engine", "settings", "journal"]),
    ("UdpSocket", &["engine"]),
    ("TcpStream", &["engine"]),
    ("TcpListener", &["engine"]),
    ("egui", &["ui", "app", "start"]),
    ("clap", &["cli"]),
    ("io::stdin", &["cli"]),
    // `Job` reports to its owner how a thread ended.
    ("thread::Builder", &["jobs"]),
    ("thread::spawn", &["jobs"]),
    ("thread::scope", &["jobs"]),
    ("std::thread::{", &["jobs"]),
    // Functions receive their context as arguments.
    ("thread_local!", &[]),
];

#[test]
fn imports_go_down_the_layers_only() {
    let mut broken = Vec::new();
    for file in files() {
        let Some(place) = place_of(file.top()) else {
            continue;
        };
        for import in file.imports() {
            let other = import.first().map(String::as_str).unwrap_or_default();
            if place_of(other).is_some_and(|there| there > place) {
                broken.push(format!("{}: {}", file.path.display(), import.join("::")));
            }
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn links_lead_to_files_of_ours_only() {
    let opens = Regex::new(r"Hyperlink::|open_url|OpenUrl|hyperlink_to").unwrap();
    // All take their URL from `book`, as `file:` with a path that the program chose.
    let known = [
        "ui/help.rs",
        "ui/description/library/page.rs",
        "ui/course/exercise.rs",
    ];
    let mut found = Vec::new();
    for file in files() {
        let name = file.path.to_str().unwrap().to_owned();
        if file.lines().any(|(_, line)| opens.is_match(line)) {
            let from_book = file.code.contains("book.url(") || file.code.contains("file_url(");
            assert!(from_book, "{name}");
            found.push(name);
        }
    }
    found.sort();
    let mut known = known.map(str::to_owned);
    known.sort();
    assert_eq!(found, known);
}

#[test]
fn traffic_does_not_depend_on_automation() {
    assert!(place_of("traffic") < place_of("automation"));
    let code = "use crate::automation::Refusal;";
    let import = imports_in(code, &["traffic".to_owned()]);
    assert!(place_of(&import[0][0]) > place_of("traffic"));
}

#[test]
fn settings_are_plain_types_below_the_window() {
    for panel in ["ui", "app"] {
        assert!(place_of("settings") < place_of(panel), "{panel}");
    }
}

#[test]
fn front_ends_do_not_import_each_other() {
    let side = |module: &str| FRONT_ENDS.iter().position(|side| side.contains(&module));
    let mut broken = Vec::new();
    for file in files() {
        let Some(here) = side(file.top()) else {
            continue;
        };
        for import in file.imports() {
            let other = import.first().map(String::as_str).unwrap_or_default();
            if side(other).is_some_and(|there| there != here) {
                broken.push(format!("{}: {}", file.path.display(), import.join("::")));
            }
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn only_front_ends_and_explanations_know_a_language() {
    let knows = Regex::new(r"\bLang\b|\bt!").unwrap();
    let mut broken = Vec::new();
    for file in files() {
        let is_exception = NAMES_A_LANGUAGE
            .iter()
            .any(|path| file.path.ends_with(path));
        if WORDED.contains(&file.top()) || place_of(file.top()).is_none() || is_exception {
            continue;
        }
        for (number, line) in file.lines() {
            if knows.is_match(line) {
                broken.push(format!("{}:{number}: {line}", file.path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn imports_go_down_the_engines_layers_only() {
    let within = |modules: &[String]| {
        let inner = modules.get(1).map(String::as_str).unwrap_or_default();
        ENGINE.iter().position(|layer| *layer == inner)
    };
    let mut broken = Vec::new();
    let mut count = 0;
    for file in files().iter().filter(|file| file.top() == "engine") {
        let Some(layer) = within(&file.modules) else {
            continue;
        };
        for import in file.imports() {
            if import.first().is_none_or(|top| top != "engine") {
                continue;
            }
            count += 1;
            if within(&import).is_none_or(|there| there > layer) {
                broken.push(format!("{}: {}", file.path.display(), import.join("::")));
            }
        }
    }
    assert!(count > 100, "only {count} imports found");
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn the_paths_of_an_import_are_found() {
    let paths = |code: &str| {
        let modules = ["engine".to_owned(), "kinds".to_owned(), "udp".to_owned()];
        let found = imports_in(code, &modules);
        found.iter().map(|path| path.join("::")).collect::<Vec<_>>()
    };
    assert_eq!(paths("use crate::ui::theme::Ink;"), ["ui::theme::Ink"]);
    assert_eq!(paths("use crate::{a::b,\n c};"), ["a::b", "c"]);
    assert_eq!(
        paths("let x = super::super::worker::open();"),
        ["engine::worker::open"]
    );
    assert_eq!(
        paths("fn f(x: crate::engine::worker::X)"),
        ["engine::worker::X"]
    );
}

#[test]
fn clocks_sockets_threads_and_the_toolkit_stay_in_their_modules() {
    let mut broken = Vec::new();
    for file in files() {
        for (number, line) in file.lines() {
            for (name, modules) in KEPT {
                let says = line.contains(name) && !line.contains("env!");
                if says && place_of(file.top()).is_some() && !modules.contains(&file.top()) {
                    broken.push(format!("{}:{number}: {line}", file.path.display()));
                }
            }
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn the_engine_reads_the_clock_in_one_place() {
    for file in files().iter().filter(|file| file.top() == "engine") {
        // Evidence is about the real machine, at its time.
        let is_system = file
            .modules
            .get(1)
            .is_some_and(|module| matches!(module.as_str(), "sys" | "evidence"));
        let is_test =
            file.path.ends_with("simulation.rs") || file.path.ends_with("test_context.rs");
        for (number, line) in file.lines() {
            let reads = line.contains("Instant::now") || line.contains(".elapsed()");
            assert!(
                is_system || is_test || !reads,
                "{}:{number}: {line}",
                file.path.display()
            );
        }
    }
}

#[test]
fn every_module_has_a_layer() {
    for file in files() {
        assert!(
            place_of(file.top()).is_some() || matches!(file.top(), "main" | "lib" | "netpeerw"),
            "{}: no layer for `{}`",
            file.path.display(),
            file.top()
        );
    }
}

#[test]
fn colours_come_from_the_theme_alone() {
    for file in files() {
        for (number, line) in file.lines() {
            let literal = line.contains("Color32::from_rgb")
                || line.contains("Color32::from_hex")
                || line.contains("hex_color!");
            assert!(
                !literal || file.path.ends_with("ui/theme.rs"),
                "{}:{number}: {line}",
                file.path.display()
            );
        }
    }
}

/// The position of a module in the list of all modules.
fn place_of(module: &str) -> Option<usize> {
    LAYERS.concat().iter().position(|name| *name == module)
}
