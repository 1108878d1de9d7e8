//! Descriptions of messages, in RON and in the YAML of Kaitai Struct: a mistake has its place, and
//! a description without one can be used in bounded time.

use super::messages;
use super::texts::stands_in;
use netpeer::config::description;
use netpeer::schema::{CodeLanguage, FieldValues, Schema, Tree};
use std::path::Path;

/// The most fields and paths that are asked for.
const MOST: usize = 200;
/// More bytes than any message or code has.
const LONG: usize = 32 << 20;

pub fn check(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    // No folder has the files that it imports.
    for path in ["/nowhere/input.ron", "/nowhere/input.ksy"] {
        match description::of_file(Path::new(path), &text) {
            Ok(schema) => use_it(&schema, bytes),
            Err(mistake) => stands_in(&text, &mistake),
        }
    }
}

fn use_it(schema: &Schema, bytes: &[u8]) {
    for message in [bytes, b"", &[0; 64]] {
        let tree = messages::read(schema, message);
        if tree.fault().is_none() {
            make(schema, &schema.values(&tree, message));
        }
    }
    make(schema, &FieldValues::default());
    assert!(schema.listed(MOST).len() <= MOST);
    let paths = schema.paths(MOST);
    assert!(paths.len() <= MOST);
    for path in paths {
        let steps: Vec<String> = path.split('.').map(str::to_owned).collect();
        assert!(schema.has_path(&steps), "{path}");
    }
    for language in CodeLanguage::ALL {
        if let Ok(code) = schema.code(language, &[], None) {
            assert!(code.len() < LONG, "{} bytes of code", code.len());
        }
    }
}

/// Makes a message, which can be read.
fn make(schema: &Schema, values: &FieldValues) {
    if let Ok(made) = schema.encode(values) {
        assert!(made.len() < LONG, "a message of {} bytes", made.len());
        let mut tree = Tree::default();
        schema.decode(&made, &mut tree);
        assert!(!tree.is_empty());
    }
}
