//! The place of a value in a JSON text.

use super::text_form::push_to_pointer;

/// The most characters of the name of what no field is declared for.
pub(super) const NAME: usize = 256;

/// The name of a text that has no names.
pub(super) const NAMELESS: &str = "value";

/// The way to a value from the beginning of its text.
#[derive(Debug, Default)]
pub(super) struct JsonPath {
    /// As a JSON pointer.
    pub pointer: String,
    /// The names that lead to it, with points between them, as filters have them.
    name: String,
}

/// What leads back from a member.
#[derive(Clone, Copy, Debug)]
pub(super) struct WayBack {
    pointer: usize,
    name: usize,
}

impl JsonPath {
    /// Goes to a member, or to the element of this number.
    pub fn enter(&mut self, name: &str) -> WayBack {
        let back = WayBack {
            pointer: self.pointer.len(),
            name: self.name.len(),
        };
        push_to_pointer(&mut self.pointer, name);
        // Each value has its name.
        if self.name.len() < NAME {
            if !self.name.is_empty() {
                self.name.push('.');
            }
            self.name.extend(name.chars().take(NAME));
        }
        back
    }

    pub fn leave(&mut self, back: WayBack) {
        self.pointer.truncate(back.pointer);
        self.name.truncate(back.name);
    }

    /// The name of the value, cut as the list of others has it.
    pub fn name(&self) -> String {
        match self.name.as_str() {
            "" => NAMELESS.to_owned(),
            name => name.chars().take(NAME).collect(),
        }
    }
}
