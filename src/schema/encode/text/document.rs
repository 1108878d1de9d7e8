//! A JSON text whose values can be changed, with the white space that it has.

use crate::payload::{EncodeProblem, json};
use crate::schema::decode::json_text;
use crate::schema::json_path::JsonPath;
use crate::schema::plan::DEPTH;

/// The most elements that a list gets by one value in it.
const ELEMENTS: usize = 1_000;

const NULL: &[u8] = b"null";

/// A value of JSON.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Document {
    /// As it stands.
    Raw(Vec<u8>),
    /// The value of this number among those that no field is declared for.
    Other(usize),
    Container(Container),
    /// One that is taken away.
    Gone,
}

/// An object or a list.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Container {
    pub is_list: bool,
    pub items: Vec<Item>,
    /// The white space of one without items.
    space: Vec<u8>,
}

/// A member of an object, or an element of a list.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Item {
    /// The white space before and behind it.
    pub before: Vec<u8>,
    pub after: Vec<u8>,
    /// The name of a member, in its quotation marks, with the colon; empty in a list.
    pub key: Vec<u8>,
    pub colon: Vec<u8>,
    pub name: String,
    pub value: Document,
}

/// A text with the white space around it.
pub(super) struct JsonText {
    pub before: Vec<u8>,
    pub value: Document,
    pub after: Vec<u8>,
}

impl JsonText {
    /// Reads a text; one that is not JSON is nothing.
    pub fn read(text: &[u8]) -> Self {
        let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default().to_vec();
        if json_text::length(text).is_err() {
            return Self {
                before: Vec::new(),
                value: Document::Raw(NULL.to_vec()),
                after: Vec::new(),
            };
        }
        let begin = json_text::skip_space(text, 0);
        let (value, end) = read(text, begin, 0);
        Self {
            before: part(0, begin),
            value,
            after: part(end, text.len()),
        }
    }
}

/// Reads the value at a place, and returns where it ends.
fn read(text: &[u8], at: usize, depth: usize) -> (Document, usize) {
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default().to_vec();
    let is_list = match text.get(at) {
        Some(b'[') => true,
        Some(b'{') => false,
        _ => {
            let end = json_text::end_of(text, at);
            return (Document::Raw(part(at, end)), end);
        }
    };
    if depth >= DEPTH {
        let end = json_text::end_of(text, at);
        return (Document::Raw(part(at, end)), end);
    }
    let mut container = Container::new(is_list);
    let mut from = at + 1;
    loop {
        let begin = json_text::skip_space(text, from);
        if matches!(text.get(begin), None | Some(b']' | b'}')) {
            container.space = part(from, begin);
            return (Document::Container(container), begin + 1);
        }
        let before = part(from, begin);
        let (mut key, mut colon, mut name, mut value) =
            (Vec::new(), Vec::new(), String::new(), begin);
        if !is_list {
            let end = json_text::end_of(text, begin);
            let sign = json_text::skip_space(text, end);
            value = json_text::skip_space(text, sign + 1);
            (key, colon) = (part(begin, end), part(end, value));
            name = json_text::string(&key).into_owned();
        }
        let (inner, end) = read(text, value, depth + 1);
        let next = json_text::skip_space(text, end);
        container.items.push(Item {
            before,
            after: part(end, next),
            key,
            colon,
            name,
            value: inner,
        });
        if text.get(next) != Some(&b',') {
            return (Document::Container(container), next + 1);
        }
        from = next + 1;
    }
}

impl Container {
    fn new(is_list: bool) -> Self {
        Self {
            is_list,
            items: Vec::new(),
            space: Vec::new(),
        }
    }

    /// The place of the item of this name, or number.
    fn place_of(&self, step: &str) -> Option<usize> {
        match self.is_list {
            true => number(step).filter(|at| *at < self.items.len()),
            false => self.items.iter().position(|item| item.name == step),
        }
    }

    /// Adds an item behind the others, with white space as they have it. Returns its place.
    fn add(&mut self, name: &str) -> usize {
        let mut item = Item {
            before: std::mem::take(&mut self.space),
            after: Vec::new(),
            key: Vec::new(),
            colon: b":".to_vec(),
            name: name.to_owned(),
            value: Document::null(),
        };
        if let Some(last) = self.items.last_mut() {
            item.before.clone_from(&last.before);
            item.after = std::mem::take(&mut last.after);
            item.colon.clone_from(&last.colon);
        }
        if !self.is_list {
            // Writing to memory cannot fail.
            let _ = json::push_text(&mut item.key, name);
        }
        self.items.push(item);
        self.items.len() - 1
    }

    /// Takes an item away, with the white space behind it, unless it was the last.
    fn take(&mut self, at: usize) {
        if at >= self.items.len() {
            return;
        }
        let gone = self.items.remove(at);
        if at == self.items.len()
            && let Some(last) = self.items.last_mut()
        {
            last.after = gone.after;
        }
    }

    /// Appends the text.
    pub fn push_to(&self, out: &mut Vec<u8>) {
        out.push(self.opening());
        out.extend_from_slice(self.inside());
        for (at, item) in self.items.iter().enumerate() {
            item.push_before(at, out);
            item.value.push_to(out);
            out.extend_from_slice(&item.after);
        }
        out.push(self.closing());
    }

    /// The white space of one without items.
    pub fn inside(&self) -> &[u8] {
        match self.items.is_empty() {
            true => &self.space,
            false => &[],
        }
    }

    pub fn opening(&self) -> u8 {
        if self.is_list { b'[' } else { b'{' }
    }

    pub fn closing(&self) -> u8 {
        if self.is_list { b']' } else { b'}' }
    }
}

impl Item {
    /// Appends what stands before the value of the item at this place.
    pub fn push_before(&self, at: usize, out: &mut Vec<u8>) {
        if at > 0 {
            out.push(b',');
        }
        out.extend_from_slice(&self.before);
        if !self.key.is_empty() {
            out.extend_from_slice(&self.key);
            out.extend_from_slice(&self.colon);
        }
    }
}

impl Document {
    pub fn null() -> Self {
        Self::Raw(NULL.to_vec())
    }

    fn is_null(&self) -> bool {
        matches!(self, Self::Raw(text) if text == NULL)
    }

    /// Whether it is a list or an object without anything in it.
    pub fn is_hollow(&self) -> bool {
        matches!(self, Self::Container(container) if container.items.is_empty())
    }

    /// Appends the text; values of others are nothing in it.
    pub fn push_to(&self, out: &mut Vec<u8>) {
        match self {
            Self::Raw(text) => out.extend_from_slice(text),
            Self::Container(container) => container.push_to(out),
            Self::Other(_) | Self::Gone => out.extend_from_slice(NULL),
        }
    }

    /// The text.
    pub fn text(&self) -> Vec<u8> {
        let mut text = Vec::new();
        self.push_to(&mut text);
        text
    }

    pub fn get_mut(&mut self, steps: &[String]) -> Option<&mut Self> {
        let Some((first, rest)) = steps.split_first() else {
            return Some(self);
        };
        let Self::Container(container) = self else {
            return None;
        };
        let at = container.place_of(first)?;
        container.items.get_mut(at)?.value.get_mut(rest)
    }

    /// Takes the value at a place away.
    pub fn remove(&mut self, steps: &[String]) {
        let Some((last, around)) = steps.split_last() else {
            *self = Self::null();
            return;
        };
        if let Some(Self::Container(container)) = self.get_mut(around)
            && let Some(at) = container.place_of(last)
        {
            container.take(at);
        }
    }

    /// Sets the value at a place that has none, and makes the objects and lists around it.
    ///
    /// # Errors
    /// Another value stands there or in the way, or the place is too far.
    pub fn insert(&mut self, steps: &[String], value: Self) -> Result<(), EncodeProblem> {
        if steps.len() > DEPTH {
            return Err(EncodeProblem::TooMuch);
        }
        let Some((first, rest)) = steps.split_first() else {
            if !self.is_null() {
                return Err(EncodeProblem::Kind);
            }
            *self = value;
            return Ok(());
        };
        if self.is_null() {
            *self = Self::Container(Container::new(first == "0"));
        }
        let Self::Container(container) = self else {
            return Err(EncodeProblem::Kind);
        };
        let at = match container.place_of(first) {
            Some(at) => at,
            None if container.is_list => {
                let at = number(first).ok_or(EncodeProblem::Kind)?;
                if at >= container.items.len() + ELEMENTS {
                    return Err(EncodeProblem::TooMuch);
                }
                while container.items.len() < at {
                    container.add("");
                }
                container.add("")
            }
            None => container.add(first),
        };
        match container.items.get_mut(at) {
            Some(item) => item.value.insert(rest, value),
            None => Err(EncodeProblem::Kind),
        }
    }

    /// Passes each value to `visit` with its place, and with what that said of the one around it;
    /// `is_free` is so for the first.
    pub fn walk(
        &mut self,
        path: &mut JsonPath,
        is_free: bool,
        visit: &mut dyn FnMut(&JsonPath, &mut Self, bool) -> bool,
    ) {
        let is_free = visit(path, self, is_free);
        if let Self::Container(container) = self {
            for (at, item) in container.items.iter_mut().enumerate() {
                let back = match container.is_list {
                    true => path.enter(&at.to_string()),
                    false => path.enter(&item.name),
                };
                item.value.walk(path, is_free, visit);
                path.leave(back);
            }
        }
    }

    /// Takes away what is gone.
    pub fn sweep(&mut self) {
        match self {
            Self::Gone => *self = Self::null(),
            Self::Container(container) => {
                for at in (0..container.items.len()).rev() {
                    let is_gone = |item: &Item| item.value == Self::Gone;
                    if container.items.get(at).is_some_and(is_gone) {
                        container.take(at);
                    }
                }
                let items = container.items.iter_mut();
                items.for_each(|item| item.value.sweep());
            }
            Self::Raw(_) | Self::Other(_) => {}
        }
    }
}

/// The place in a list that a step is.
fn number(step: &str) -> Option<usize> {
    let is_plain = step == "0" || !step.starts_with(['0', '+']);
    step.parse().ok().filter(|_| is_plain)
}

/// The steps of a JSON pointer.
pub(super) fn steps_of(pointer: &str) -> Vec<String> {
    let steps = pointer.split('/').skip(1);
    steps
        .map(|step| step.replace("~1", "/").replace("~0", "~"))
        .collect()
}
