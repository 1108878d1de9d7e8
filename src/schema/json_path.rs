//! The place of a value in a JSON text.

use super::text_form::push_to_pointer;

/// The most characters of the name of what no field is declared for.
pub(super) const NAME: usize = 256;

/// The name of a text that has no names.
pub(super) const NAMELESS: &str = "value";

/// The name of a member whose name is empty.
const EMPTY: &str = "\"\"";

/// The names that lead to a value, from its name.
pub(super) fn steps(name: &str) -> Vec<String> {
    let steps = name.split('.').map(|step| match step {
        EMPTY => "",
        step => step,
    });
    steps.map(str::to_owned).collect()
}

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
            let shown = if name.is_empty() { EMPTY } else { name };
            self.name.extend(shown.chars().take(NAME));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_without_a_name_has_one_of_its_own() {
        let mut path = JsonPath::default();
        assert_eq!(path.name(), NAMELESS);
        path.enter("");
        assert_eq!(path.name(), "\"\"");
        path.enter("a");
        let back = path.enter("");
        assert_eq!(path.name(), "\"\".a.\"\"");
        assert_eq!(path.pointer, "//a/");
        assert_eq!(steps(&path.name()), ["", "a", ""]);
        path.leave(back);
        assert_eq!(steps(&path.name()), ["", "a"]);
    }
}
