//! Trees of messages as the compiler of Kaitai Struct has them.

use super::FILES;
use crate::skips::skip;
use netpeer::config::description;
use netpeer::payload::hex;
use netpeer::schema::{Fault, Schema, Tree};
use serde_json::Value;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
/// Messages for the descriptions in `NETPEER_KSY`.
const MESSAGES: &str = include_str!("messages.txt");
/// The descriptions in `own`. Each has messages with their trees, which `kaitai.js` made.
const OWN: [&str; 4] = ["choices", "places", "texts", "values"];
/// How many places of a message are changed.
const CHANGES: usize = 60;

fn schema(path: &Path) -> Schema {
    let text = std::fs::read_to_string(path).unwrap();
    description::of_file(path, &text).unwrap_or_else(|mistake| panic!("{mistake}"))
}

/// Where the tree of a message is another one than that of Kaitai Struct. That one ends with the
/// first mistake, and has no value where an instance fails; what it has must be the same.
fn differences(schema: &Schema, message: &[u8], kaitai: &Value) -> Vec<String> {
    let mut tree = Tree::default();
    schema.decode(message, &mut tree);
    let failed = kaitai["failed"].as_array().unwrap();
    let is_whole = kaitai["stopped"].is_null();
    let mut found = Vec::new();
    let is_right = match tree.fault() {
        _ if kaitai["deep"] == true => tree.fault().is_some(),
        None => is_whole && failed.is_empty() && kaitai["rest"] == 0,
        Some((0, Fault::Rest(rest))) if is_whole && failed.is_empty() => kaitai["rest"] == *rest,
        Some(_) => !is_whole || !failed.is_empty(),
    };
    if !is_right {
        found.push(format!("{:?} instead of {}", tree.fault(), kaitai["error"]));
    }
    if kaitai["deep"] != true {
        let mut own = Vec::new();
        schema.push_json(&mut own, &tree, message).unwrap();
        let own: Value = serde_json::from_slice(&own).unwrap();
        let comparison = Comparison { is_whole, failed };
        comparison.differ(&kaitai["fields"], &own, "", &mut found);
    }
    let digits = hex::format(message);
    let said = found.into_iter().map(|found| format!("{digits}: {found}"));
    said.collect()
}

struct Comparison<'a> {
    is_whole: bool,
    failed: &'a [Value],
}

impl Comparison<'_> {
    fn differ(&self, kaitai: &Value, own: &Value, path: &str, found: &mut Vec<String>) {
        if self.failed.iter().any(|failed| failed == path) {
            return;
        }
        match (kaitai, own) {
            (Value::Object(kaitai), Value::Object(own)) => {
                let inner = |name: &str| match path {
                    "" => name.to_owned(),
                    path => format!("{path}.{name}"),
                };
                for (name, value) in kaitai {
                    match own.get(name) {
                        Some(own) => self.differ(value, own, &inner(name), found),
                        None => found.push(format!("{} is missing", inner(name))),
                    }
                }
                let more = own.keys().filter(|name| !kaitai.contains_key(*name));
                let more = more.filter(|_| self.is_whole);
                found.extend(more.map(|name| format!("{} is more", inner(name))));
            }
            (Value::Array(kaitai), Value::Array(own)) => {
                let (expected, count) = (kaitai.len(), own.len());
                if expected > count || expected < count && self.is_whole {
                    found.push(format!("{path} has {count} elements, not {expected}"));
                }
                for (at, (kaitai, own)) in kaitai.iter().zip(own).enumerate() {
                    self.differ(kaitai, own, &format!("{path}[{at}]"), found);
                }
            }
            // JavaScript has no whole numbers of 64 bits.
            (Value::Number(kaitai), Value::Number(own)) if kaitai.as_f64() == own.as_f64() => {}
            // Bytes that are no text in their encoding; a computed text has the sign of each.
            (Value::String(kaitai), Value::String(own))
                if kaitai
                    .strip_prefix("undecodable:")
                    .is_some_and(|hex| *own == hex || own.contains("\\x")) => {}
            _ if kaitai == own => {}
            _ => found.push(format!("{path} is {own}, not {kaitai}")),
        }
    }
}

/// A message of the list.
fn message(line: &str) -> Vec<u8> {
    let (mut bytes, mut rest) = (Vec::new(), line.trim());
    while !rest.is_empty() {
        let (part, after) = match rest.strip_prefix('\'') {
            Some(text) => {
                let (text, after) = text.split_once('\'').unwrap();
                (text.as_bytes().to_vec(), after)
            }
            None => {
                let end = rest.find([' ', '*']).unwrap_or(rest.len());
                let (digits, after) = rest.split_at(end);
                (hex::parse(digits).unwrap(), after)
            }
        };
        let (times, after) = match after.strip_prefix('*') {
            None => (1, after),
            Some(after) => {
                let (times, after) = after.split_at(after.find(' ').unwrap_or(after.len()));
                (times.parse().unwrap(), after)
            }
        };
        bytes.extend(part.repeat(times));
        rest = after.trim_start();
    }
    bytes
}

/// The messages of the list, by the name of their description.
fn messages() -> Vec<(&'static str, Vec<Vec<u8>>)> {
    let mut all: Vec<(&str, Vec<Vec<u8>>)> = Vec::new();
    for line in MESSAGES.lines() {
        let text = line.trim();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        match line.starts_with(' ') {
            true => all.last_mut().unwrap().1.push(message(text)),
            false => all.push((text, Vec::new())),
        }
    }
    all
}

/// A message, one that is longer, and those that are cut or have one other byte.
fn changed(message: &[u8]) -> Vec<Vec<u8>> {
    let mut all = vec![message.to_vec(), [message, b"\0"].concat()];
    for at in (0..message.len()).step_by(message.len() / CHANGES + 1) {
        // An empty line is no message.
        all.extend((at > 0).then(|| message[..at].to_vec()));
        let was = message[at];
        for byte in [0, 0xFF, was ^ 1, was ^ 0x80] {
            let mut other = message.to_vec();
            other[at] = byte;
            all.push(other);
        }
    }
    all
}

/// What the parser of Kaitai Struct says of messages.
fn kaitai(packages: &Path, file: &Path, messages: &[Vec<u8>]) -> Vec<Value> {
    let mut node = Command::new("node")
        .arg(format!("{ROOT}/tests/peers/kaitai.js"))
        .arg(file)
        .env("NODE_PATH", packages.join("node_modules"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = messages.iter().map(|message| hex::format(message) + "\n");
    let lines: String = lines.collect();
    // It reads everything before it writes.
    node.stdin
        .take()
        .unwrap()
        .write_all(lines.as_bytes())
        .unwrap();
    let output = node.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", file.display());
    let text = String::from_utf8(output.stdout).unwrap();
    let trees: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(trees.len(), messages.len(), "{}", file.display());
    trees
}

fn own(name: &str, extension: &str) -> PathBuf {
    PathBuf::from(format!("{ROOT}/tests/ksy/own/{name}.{extension}"))
}

/// The messages for a description of our own, with their trees.
fn kept(name: &str) -> Vec<(Vec<u8>, Value)> {
    let text = std::fs::read_to_string(own(name, "txt")).unwrap();
    let lines = text.lines().map(|line| {
        let (digits, tree) = line.split_once(' ').unwrap();
        (
            hex::parse(digits).unwrap(),
            serde_json::from_str(tree).unwrap(),
        )
    });
    lines.collect()
}

#[test]
fn messages_have_the_trees_that_kaitai_struct_made() {
    let mut found = Vec::new();
    for name in OWN {
        let schema = schema(&own(name, "ksy"));
        let kept = kept(name);
        assert!(kept.len() > 3, "{name}");
        for (message, tree) in kept {
            found.extend(differences(&schema, &message, &tree));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn another_tree_is_noticed() {
    let schema = schema(&own("values", "ksy"));
    let kept = kept("values");
    let (message, tree) = kept.first().unwrap();
    for (name, value) in [("a", Value::from(1)), ("more", Value::Null)] {
        let mut other = tree.clone();
        other["fields"][name] = value;
        assert_eq!(differences(&schema, message, &other).len(), 1, "{name}");
    }
    let mut other = tree.clone();
    other["fields"]["items"][1]["bytes"] = Value::Array(Vec::new());
    other["rest"] = Value::from(1);
    assert_eq!(differences(&schema, message, &other).len(), 2);
}

#[test]
fn every_message_has_the_tree_of_kaitai_struct() {
    let name = "NETPEER_KAITAI";
    let Some(packages) = std::env::var_os(name).map(PathBuf::from) else {
        return skip(name, "it names no folder with the compiler's packages");
    };
    let Some(folder) = std::env::var_os("NETPEER_KSY").map(PathBuf::from) else {
        return skip("NETPEER_KSY", "it names no folder of descriptions");
    };
    let all = messages();
    let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
    let readable = FILES.iter().filter(|(_, refused)| refused.is_none());
    let readable: Vec<&str> = readable.map(|(name, _)| *name).collect();
    assert_eq!(names, readable);
    for name in OWN {
        let (messages, trees): (Vec<_>, Vec<_>) = kept(name).into_iter().unzip();
        let made = kaitai(&packages, &own(name, "ksy"), &messages);
        assert_eq!(made, trees, "{name} is to be made again");
    }
    let mut found = Vec::new();
    for (name, messages) in all {
        let path = folder.join(name);
        let schema = schema(&path);
        let messages: Vec<Vec<u8>> = messages.iter().flat_map(|one| changed(one)).collect();
        let trees = kaitai(&packages, &path, &messages);
        for (message, tree) in messages.iter().zip(&trees) {
            let differences = differences(&schema, message, tree).into_iter();
            found.extend(differences.map(|one| format!("{name} {one}")));
        }
    }
    let few: Vec<String> = found.iter().take(20).cloned().collect();
    assert!(
        found.is_empty(),
        "{} differences\n{}",
        found.len(),
        few.join("\n")
    );
}
