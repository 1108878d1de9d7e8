//! Values for which no field is declared: they have the names that the message gives them.

use super::Schema;
use super::tree::{Tree, Value};

/// Whether a path means the name of a value of JSON: the places in lists, which are numbers in it, may
/// stand in brackets, or be left out for all elements.
fn is_meant(name: &str, path: &str) -> bool {
    let steps = path.split(['.', '[']);
    let steps = steps.map(|step| step.strip_suffix(']').unwrap_or(step));
    let mut names = name.split('.');
    for step in steps {
        let mut before = names
            .by_ref()
            .skip_while(|name| !is_place(step) && is_place(name));
        if !before
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case(step))
        {
            return false;
        }
    }
    names.all(is_place)
}

/// Whether a step of a name is a place in a list.
fn is_place(step: &str) -> bool {
    !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit())
}

impl Schema {
    /// The node of the value that a message names as a path does, if this node is of the two.
    pub(super) fn named_value(
        &self,
        tree: &Tree,
        number: usize,
        path: &[impl AsRef<str>],
    ) -> Option<usize> {
        let (name, value) = self.pair(tree, number)?;
        let path: Vec<&str> = path.iter().map(AsRef::as_ref).collect();
        let path = path.join(".");
        let is_it =
            name.eq_ignore_ascii_case(&path) || self.is_json(tree, number) && is_meant(name, &path);
        is_it.then_some(value)
    }

    /// The name that a message gives a node, and the node of its value. `None` if the node is a
    /// field of the description.
    pub fn pair<'a>(&self, tree: &'a Tree, number: usize) -> Option<(&'a str, usize)> {
        let Value::Struct(of, _) = tree.node(number)?.value else {
            return None;
        };
        self.plan.types.get(of).filter(|of| of.is_pair)?;
        let mut parts = tree.children(number);
        let (name, value) = (parts.next()?, parts.next()?);
        match &tree.node(name)?.value {
            Value::MadeText(name) => Some((name, value)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_means_one_element_of_a_list_or_all() {
        for (name, path, is_it) in [
            ("len.0", "len", true),
            ("len.0", "LEN[0]", true),
            ("len.1", "len.1", true),
            ("len.1", "len[0]", false),
            ("a.b.1.c", "a.b.c", true),
            ("a.b.1.c", "a.b[1].c", true),
            ("a.b.1.c", "a.b[2].c", false),
            ("a.b.1.c", "a.b", false),
            ("a.b", "a.b.c", false),
            // A list of lists.
            ("len.0.1", "len", true),
            ("len.0.1", "len[0]", true),
            ("len.0.1", "len[0][1]", true),
            ("len.0.1", "len[1]", false),
            ("len", "lens", false),
            ("0.a", "a", true),
        ] {
            assert_eq!(is_meant(name, path), is_it, "{name} {path}");
        }
    }
}
