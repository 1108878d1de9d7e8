//! The names of values, as tables of two columns.

use super::cell::{plain, quoted};
use super::{BadCell, DescriptionTable, readable};
use crate::config::ron_file::{RonNode, edit};

/// A value with its name, as they are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedValue {
    pub value: String,
    pub name: String,
    /// More than the name is written: it can be changed in the text alone.
    pub is_locked: bool,
}

impl DescriptionTable {
    /// The enumerations of a type.
    pub fn enums(&self, of: &str) -> Vec<String> {
        let enums = self.node(of).and_then(|node| node.get("enums"));
        let parts = enums.into_iter().flat_map(|enums| &enums.parts);
        let keys = parts.filter_map(|part| part.key.as_ref());
        keys.map(|(key, _)| key.clone()).collect()
    }

    /// The values of an enumeration of a type.
    pub fn values(&self, of: &str, name: &str) -> Vec<NamedValue> {
        let values = self.enumeration(of, name);
        let parts = values.into_iter().flat_map(|values| &values.parts);
        let named = parts.filter_map(|part| {
            let written = part.node.text(self.text());
            Some(NamedValue {
                value: part.key.as_ref()?.0.clone(),
                name: plain(written),
                is_locked: part.node.open.is_some(),
            })
        });
        named.collect()
    }

    /// The text with another enumeration of this name in a type; `None` if it has one.
    pub fn with_enum(&self, of: &str, name: &str) -> Option<String> {
        self.with_entry(of, "enums", (name, "{0: \"none\"}"))
    }

    /// The text without this enumeration.
    pub fn without_enum(&self, of: &str, name: &str) -> Option<String> {
        let enums = self.node(of)?.get("enums")?;
        readable(edit::without_part(self.text(), enums, enums.place(name)?))
    }

    /// The text with one more value in an enumeration.
    pub fn with_value(&self, of: &str, name: &str) -> Option<String> {
        let values = self.enumeration(of, name)?;
        let known = self.values(of, name);
        let is_free = |number: &usize| {
            let is_it = |known: &NamedValue| known.value == number.to_string();
            !known.iter().any(is_it)
        };
        let number = (0..=known.len()).find(is_free)?;
        let entry = format!("{number}: \"value_{number}\"");
        readable(edit::with_part(
            self.text(),
            values,
            values.parts.len(),
            &entry,
        ))
    }

    /// The text without the value at this place.
    pub fn without_value(&self, of: &str, name: &str, at: usize) -> Option<String> {
        let values = self.enumeration(of, name)?;
        readable(edit::without_part(self.text(), values, at))
    }

    /// The text with another number and name of a value.
    ///
    /// # Errors
    /// The number is none.
    pub fn with_named(
        &self,
        of: &str,
        name: &str,
        at: usize,
        (value, text): (&str, &str),
    ) -> Result<String, BadCell> {
        let values = self.enumeration(of, name).ok_or(BadCell)?;
        let part = values.parts.get(at).ok_or(BadCell)?;
        let (old, span) = part.key.as_ref().ok_or(BadCell)?;
        // From behind, so that the place of the number stays.
        let mut changed = self.text().to_owned();
        if plain(part.node.text(self.text())) != text {
            changed = edit::replaced(&changed, &part.node, &quoted(text.trim()));
        }
        if old != value {
            let key = RonNode {
                span: span.clone(),
                open: None,
                parts: Vec::new(),
            };
            changed = edit::replaced(&changed, &key, value.trim());
        }
        let is_number = RonNode::read(value.trim()).is_some_and(|node| node.open.is_none());
        let is_same = |changed: &str| {
            let table = Self::read(changed).ok()?;
            Some(table.values(of, name).len() == values.parts.len())
        };
        match is_number && is_same(&changed) == Some(true) {
            true => Ok(changed),
            false => Err(BadCell),
        }
    }

    fn enumeration(&self, of: &str, name: &str) -> Option<&RonNode> {
        self.node(of)?.get("enums")?.get(name)
    }
}
