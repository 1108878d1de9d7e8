//! A line of a form.

use crate::schema::tree::Fault;

#[derive(Clone, Debug, PartialEq)]
pub struct FormLine {
    /// As values name it: `queries[0].name`.
    pub path: String,
    /// The name of the field, with its place if that is repeated.
    pub name: String,
    /// The number of types and lists around it.
    pub depth: usize,
    pub value: FormValue,
    pub unit: Option<String>,
    pub doc: Option<String>,
    /// Why its value is not as described.
    pub fault: Option<Fault>,
    /// Its place in a list whose elements can be taken away.
    pub element: Option<ElementPlace>,
    /// Whether its value is computed where none is given.
    pub follows: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum FormValue {
    Text {
        /// As it was given, if it was.
        given: Option<String>,
        /// The value in the message.
        value: String,
        /// The names that values have.
        names: Vec<String>,
    },
    /// One of several names.
    Choice {
        /// None if the value has none.
        name: Option<String>,
        number: String,
        names: Vec<String>,
    },
    Bit(bool),
    /// It is always the same, or none can be given.
    Fixed(String),
    /// It follows from other fields, as it would be written.
    Computed(String),
    /// A type, whose fields are the next lines.
    Type,
    /// A repeated field, whose elements are the next lines.
    List {
        count: usize,
        /// Whether elements can be added.
        changes: bool,
    },
}

/// A place in a list of so many elements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElementPlace {
    /// The path of the list.
    pub list: String,
    pub index: usize,
    pub count: usize,
}

impl ElementPlace {
    /// Takes the element away from values by their paths, so that those behind it move up.
    pub fn remove(&self, fields: &mut std::collections::BTreeMap<String, String>) {
        let place = |path: &str| {
            let (index, rest) = path
                .strip_prefix(&self.list)?
                .strip_prefix('[')?
                .split_once(']')?;
            Some((index.parse::<usize>().ok()?, rest.to_owned()))
        };
        let all = std::mem::take(fields);
        for (path, text) in all {
            match place(&path) {
                Some((index, _)) if index == self.index => {}
                Some((index, rest)) if index > self.index => {
                    let path = format!("{}[{}]{rest}", self.list, index - 1);
                    fields.insert(path, text);
                }
                _ => {
                    fields.insert(path, text);
                }
            }
        }
        // The others stay, also those that have their usual values.
        if let Some(last) = self.count.checked_sub(2)
            && !fields
                .keys()
                .any(|path| place(path).is_some_and(|(index, _)| index == last))
        {
            fields.insert(format!("{}[{last}]", self.list), String::new());
        }
    }
}
