//! Reads the `use` lines and paths of every file and fails where a room reaches up.

use std::path::{Path, PathBuf};

/// Rooms by floor, lowest first; a room may import its own floor and those below.
const FLOORS: [&[&str]; 6] = [
    &["payload", "words", "signals"],
    &["traffic", "automation"],
    &[
        "net", "journal", "finder", "disk", "recorder", "exporter", "importer",
    ],
    &["explain", "session"],
    &["ui", "cli"],
    &["settings", "app", "start"],
];

/// What only the named rooms may say.
const KEPT: [(&str, &[&str]); 8] = [
    ("Instant::now", &["net", "app"]),
    ("SystemTime::now", &["net", "settings", "journal"]),
    ("UdpSocket", &["net"]),
    ("TcpStream", &["net"]),
    ("TcpListener", &["net"]),
    ("egui", &["ui", "app", "start"]),
    ("clap", &["cli"]),
    ("io::stdin", &["cli"]),
];

#[test]
fn imports_go_down_the_floors_only() {
    let mut broken = Vec::new();
    for (room, file, line, text) in lines_of_code() {
        let Some(floor) = floor_of(&room) else {
            continue;
        };
        for part in text.split("crate::").skip(1) {
            for other in rooms_named(part) {
                if floor_of(&other).is_some_and(|there| there > floor) {
                    broken.push(format!(
                        "{}:{line}: `{room}` reaches up to `{other}`: {text}",
                        file.display()
                    ));
                }
            }
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn clocks_sockets_and_the_toolkit_stay_in_their_rooms() {
    let mut broken = Vec::new();
    for (room, file, line, text) in lines_of_code() {
        for (name, rooms) in KEPT {
            let says = text.contains(name) && !text.contains("env!");
            if says && floor_of(&room).is_some() && !rooms.contains(&room.as_str()) {
                broken.push(format!(
                    "{}:{line}: `{room}` may not name `{name}`: {text}",
                    file.display()
                ));
            }
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn every_room_has_a_floor() {
    for (room, file, ..) in lines_of_code() {
        assert!(
            floor_of(&room).is_some() || matches!(room.as_str(), "main" | "lib"),
            "{}: no floor for `{room}`",
            file.display()
        );
    }
}

#[test]
fn colours_come_from_the_theme_alone() {
    for (_, file, line, text) in lines_of_code() {
        let literal = text.contains("Color32::from_rgb")
            || text.contains("Color32::from_hex")
            || text.contains("hex_color!");
        assert!(
            !literal || file.ends_with("ui/theme.rs"),
            "{}:{line}: {text}",
            file.display()
        );
    }
}

fn floor_of(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

/// The rooms a path or a `{…}` list behind `crate::` begins with.
fn rooms_named(path: &str) -> Vec<String> {
    let word = |text: &str| {
        text.trim()
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect::<String>()
    };
    match path.strip_prefix('{') {
        Some(list) => list.split(',').map(word).collect(),
        None => vec![word(path)],
    }
}

/// Room, file, line number and text of every line that is neither comment nor test.
fn lines_of_code() -> Vec<(String, PathBuf, usize, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&src, &mut files);
    assert!(files.len() > 20, "only {} files found", files.len());
    let mut lines = Vec::new();
    // Tests may look anywhere, in a file of their own as well as behind the code.
    for file in files.into_iter().filter(|file| !file.ends_with("tests.rs")) {
        let inside = file.strip_prefix(&src).unwrap().to_path_buf();
        let room = inside
            .iter()
            .next()
            .unwrap()
            .to_str()
            .unwrap()
            .trim_end_matches(".rs")
            .to_owned();
        let code = std::fs::read_to_string(&file).unwrap();
        for (number, line) in code.lines().enumerate() {
            if line.starts_with("#[cfg(test)]") {
                break;
            }
            if !line.trim_start().starts_with("//") {
                lines.push((
                    room.clone(),
                    inside.clone(),
                    number + 1,
                    line.trim().to_owned(),
                ));
            }
        }
    }
    lines
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}
