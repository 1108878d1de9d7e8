//! A description as tables that are edited. Its text is what counts: rows are read from it, and a
//! change is made in it, so that comments, line breaks and all that a table does not show stay.

mod cell;
mod column;
mod enumeration;
mod place;
#[cfg(test)]
mod tests;

pub use cell::BadCell;
pub use column::Column;
pub use enumeration::NamedValue;
pub use place::{PlacedMistake, TableMistake};

use super::ron_file::{self, RonNode, edit};
use super::{FileMistake, RonProblem};
use crate::schema::TypeSpec;
use cell::{Written, quoted};
use column::ORDER;

/// The text of a field that is added.
const NEW_FIELD: &str = "(id: \"field\", type: \"u1\")";
/// The keys of a type in the order in which new ones are written.
const TYPE_ORDER: [&str; 6] = ["meta", "doc", "params", "seq", "types", "enums"];
/// The keys of `meta` that the head of the tables has.
pub const META: [&str; 3] = ["id", "endian", "framing"];
/// The built-in types that are offered. Each has other widths and orders of its bytes.
pub const TYPES: [&str; 24] = [
    "u1", "u2", "u4", "u8", "s1", "s2", "s4", "s8", "f4", "f8", "u2le", "u2be", "u4le", "u4be",
    "b1", "b4", "varint", "str", "strz", "bytes", "dec", "hex", "real", "scalar",
];

/// A description in RON, its fields and where they are written.
#[derive(Clone, Debug)]
pub struct DescriptionTable {
    text: String,
    spec: TypeSpec,
    root: RonNode,
}

/// A cell as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellText {
    pub text: String,
    /// Its value takes several lines, or has a comment: it can be changed in the text alone.
    pub is_locked: bool,
}

impl DescriptionTable {
    /// Reads a text in RON. It may describe what cannot be: [`Self::check`] says so.
    ///
    /// # Errors
    /// The first mistake that keeps it from being read, with its line and column.
    pub fn read(text: &str) -> Result<Self, FileMistake> {
        let spec: TypeSpec = ron_file::parse(text)?;
        let root = RonNode::read(text).ok_or_else(|| {
            let problem = RonProblem::Syntax {
                error: Box::new(ron::Error::ExceededRecursionLimit),
                known: ron_file::Known::Nothing,
            };
            ron_file::mistake(text, 0, problem)
        })?;
        Ok(Self {
            text: text.to_owned(),
            spec,
            root,
        })
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// The types, outer ones first: `""` is the message, `query::name` a type in a type.
    pub fn types(&self) -> Vec<String> {
        let mut found = vec![String::new()];
        push_types(&self.spec, "", &mut found);
        found
    }

    /// The names that a field of this type may have as its type: built-in ones, and those of the
    /// types in it and around it.
    pub fn type_names(&self, of: &str) -> Vec<String> {
        let mut names: Vec<String> = TYPES.map(str::to_owned).to_vec();
        let mut around = Some(&self.spec);
        let mut steps = of.split("::").filter(|step| !step.is_empty());
        while let Some(here) = around {
            names.extend(here.types.keys().cloned());
            around = steps.next().and_then(|step| here.types.get(step));
        }
        names
    }

    /// The number of fields of a type.
    pub fn rows(&self, of: &str) -> usize {
        self.seq(of).map_or(0, |seq| seq.parts.len())
    }

    /// The keys of this type that no table shows.
    pub fn hidden(&self, of: &str) -> Vec<&str> {
        let node = self.node(of);
        let keys = node.into_iter().flat_map(|node| &node.parts);
        let keys = keys.filter_map(|part| Some(part.key.as_ref()?.0.as_str()));
        keys.filter(|key| !matches!(*key, "meta" | "seq" | "types" | "enums"))
            .collect()
    }

    /// A cell of the fields of this type.
    pub fn cell(&self, of: &str, row: usize, column: Column) -> CellText {
        let Some(field) = self.field(of, row) else {
            return CellText {
                text: String::new(),
                is_locked: true,
            };
        };
        let is_long = |key: &str| {
            let written = field.get(key).map(|node| node.text(&self.text));
            written.is_some_and(|value| value.contains('\n') || value.contains("/*"))
        };
        let text = cell::shown(&self.text, field, column);
        let is_locked = is_long(column.key());
        let text = match is_locked {
            true => text.split_whitespace().collect::<Vec<_>>().join(" "),
            false => text,
        };
        CellText { text, is_locked }
    }

    /// The text of the description with this text in a cell.
    ///
    /// # Errors
    /// The column has no such value.
    pub fn with_cell(
        &self,
        of: &str,
        row: usize,
        column: Column,
        text: &str,
    ) -> Result<String, BadCell> {
        let keys = cell::written(column, text)?;
        if self.cell(of, row, column).is_locked {
            return Err(BadCell);
        }
        let mut now = self.clone();
        for (key, written) in keys {
            let Some(field) = now.field(of, row) else {
                return Err(BadCell);
            };
            let changed = match written {
                Written::Value(value) => {
                    edit::with_field(&now.text, field, (key, value.as_str()), &ORDER)
                }
                Written::Absent => match field.place(key) {
                    Some(at) => edit::without_part(&now.text, field, at),
                    None => continue,
                },
            };
            now.root = RonNode::read(&changed).ok_or(BadCell)?;
            now.text = changed;
        }
        // What this program cannot read any more would take the table away.
        Self::read(&now.text).map_err(|_| BadCell)?;
        Ok(now.text)
    }

    /// The text with a new field at this place.
    pub fn with_row(&self, of: &str, at: usize) -> Option<String> {
        let field = self.new_field(of);
        let changed = match self.seq(of) {
            Some(seq) => edit::with_part(&self.text, seq, at, &field),
            None => {
                let value = format!("[{field}]");
                edit::with_field(&self.text, self.node(of)?, ("seq", &value), &TYPE_ORDER)
            }
        };
        readable(changed)
    }

    /// The text without the field at this place.
    pub fn without_row(&self, of: &str, at: usize) -> Option<String> {
        readable(edit::without_part(&self.text, self.seq(of)?, at))
    }

    /// The text with a field and the one behind it exchanged.
    pub fn swapped(&self, of: &str, at: usize) -> Option<String> {
        readable(edit::swapped(&self.text, self.seq(of)?, at))
    }

    /// The text with another type of this name in a type; `None` if it has one.
    pub fn with_type(&self, of: &str, name: &str) -> Option<String> {
        self.with_entry(of, "types", (name, &format!("(seq: [{NEW_FIELD}])")))
    }

    /// The text without this type.
    pub fn without_type(&self, path: &str) -> Option<String> {
        let (of, name) = path.rsplit_once("::").unwrap_or(("", path));
        let types = self.node(of)?.get("types")?;
        readable(edit::without_part(&self.text, types, types.place(name)?))
    }

    /// A value of `meta`.
    pub fn meta(&self, key: &str) -> String {
        let node = self.root.get("meta").and_then(|meta| meta.get(key));
        node.map_or_else(String::new, |node| cell::plain(node.text(&self.text)))
    }

    /// The text with this value in `meta`; an empty one is left out.
    pub fn with_meta(&self, key: &str, value: &str) -> Option<String> {
        let value = value.trim();
        let changed = match (self.root.get("meta"), value) {
            (None, "") => self.text.clone(),
            (None, value) => {
                let meta = format!("({key}: {})", quoted(value));
                edit::with_field(&self.text, &self.root, ("meta", &meta), &TYPE_ORDER)
            }
            (Some(meta), "") => match meta.place(key) {
                Some(at) => edit::without_part(&self.text, meta, at),
                None => self.text.clone(),
            },
            (Some(meta), value) => {
                let value = quoted(value);
                edit::with_field(&self.text, meta, (key, &value), &META)
            }
        };
        readable(changed)
    }

    /// The text with an entry in a map of a type, which is made if it is not there.
    fn with_entry(&self, of: &str, map: &str, (name, value): (&str, &str)) -> Option<String> {
        let node = self.node(of)?;
        let entry = format!("{}: {value}", quoted(name));
        let changed = match node.get(map) {
            Some(map) if map.place(name).is_some() => return None,
            Some(map) => edit::with_part(&self.text, map, map.parts.len(), &entry),
            None => {
                let value = format!("{{{entry}}}");
                edit::with_field(&self.text, node, (map, &value), &TYPE_ORDER)
            }
        };
        readable(changed)
    }

    /// A new field, whose name no other one of the type has.
    fn new_field(&self, of: &str) -> String {
        let names = (0..self.rows(of)).map(|row| self.cell(of, row, Column::Name).text);
        let names: Vec<String> = names.collect();
        let numbered = |number: usize| match number {
            1 => "field".to_owned(),
            number => format!("field_{number}"),
        };
        let mut free = (1..=names.len() + 1).map(numbered);
        let name = free.find(|name| !names.contains(name));
        let name = quoted(&name.unwrap_or_default());
        format!("(id: {name}, type: \"u1\")")
    }

    fn node(&self, of: &str) -> Option<&RonNode> {
        let mut steps = of.split("::").filter(|step| !step.is_empty());
        steps.try_fold(&self.root, |node, step| node.get("types")?.get(step))
    }

    fn seq(&self, of: &str) -> Option<&RonNode> {
        self.node(of)?.get("seq")
    }

    fn field(&self, of: &str, row: usize) -> Option<&RonNode> {
        Some(&self.seq(of)?.parts.get(row)?.node)
    }
}

/// The text, if it can be read as a table.
fn readable(text: String) -> Option<String> {
    DescriptionTable::read(&text).ok().map(|table| table.text)
}

fn push_types(spec: &TypeSpec, around: &str, found: &mut Vec<String>) {
    for (name, of) in &spec.types {
        let path = match around {
            "" => name.clone(),
            around => format!("{around}::{name}"),
        };
        found.push(path.clone());
        push_types(of, &path, found);
    }
}
