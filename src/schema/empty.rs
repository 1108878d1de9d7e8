//! Values of JSON without anything in them.

/// A list or an object without anything in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmptyValue {
    List,
    Object,
}

impl EmptyValue {
    /// The one that a JSON text is, with or without white space in it and around it.
    pub(super) fn of(text: &[u8]) -> Option<Self> {
        let (empty, inner) = match text.trim_ascii() {
            [b'[', inner @ .., b']'] => (Self::List, inner),
            [b'{', inner @ .., b'}'] => (Self::Object, inner),
            _ => return None,
        };
        inner.trim_ascii().is_empty().then_some(empty)
    }

    /// As it is written.
    pub fn text(self) -> &'static str {
        match self {
            Self::List => "[]",
            Self::Object => "{}",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_and_an_object_are_empty_without_values() {
        assert_eq!(EmptyValue::of(b"[ \n]"), Some(EmptyValue::List));
        assert_eq!(EmptyValue::of(b" {}"), Some(EmptyValue::Object));
        for other in ["", "[", "[}", "[0]", "\"[]\"", "{\"\":0}"] {
            assert_eq!(EmptyValue::of(other.as_bytes()), None, "{other}");
        }
    }
}
