//! The columns of the table of fields, and the keys that each of them is written by.

use crate::schema::SchemaProblem;

/// A column of the table: what is said of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Column {
    Name,
    Type,
    /// Bytes, or `*` up to the end.
    Size,
    /// How often, `*` up to the end, or `until` and a condition.
    Repeat,
    Condition,
    /// The bytes that always stand there.
    Constant,
    /// A value, or `least..greatest`.
    Valid,
    Counts,
    Checksum,
    Unit,
    Scale,
    Covers,
    Offset,
    Enum,
    Encoding,
    Terminator,
    Show,
    /// The key of a pair, or the place in a JSON text.
    Key,
    Doc,
}

/// The keys of a field in the order in which new ones are written.
pub(super) const ORDER: [&str; 24] = [
    "id",
    "key",
    "type",
    "contents",
    "size",
    "size_eos",
    "terminator",
    "repeat",
    "repeat_expr",
    "repeat_until",
    "enum",
    "encoding",
    "scale",
    "offset",
    "unit",
    "show",
    "valid",
    "counts",
    "checksum",
    "covers",
    "if",
    "summary",
    "doc",
    "value",
];

impl Column {
    /// Those of the table itself.
    pub const TABLE: [Self; 11] = [
        Self::Name,
        Self::Type,
        Self::Size,
        Self::Repeat,
        Self::Condition,
        Self::Constant,
        Self::Valid,
        Self::Counts,
        Self::Checksum,
        Self::Unit,
        Self::Scale,
    ];

    /// Those that only the selected field shows.
    pub const DETAILS: [Self; 8] = [
        Self::Covers,
        Self::Offset,
        Self::Enum,
        Self::Encoding,
        Self::Terminator,
        Self::Show,
        Self::Key,
        Self::Doc,
    ];

    /// The first key that it is written by.
    pub fn key(self) -> &'static str {
        match self {
            Self::Name => "id",
            Self::Type => "type",
            Self::Size => "size",
            Self::Repeat => "repeat",
            Self::Condition => "if",
            Self::Constant => "contents",
            Self::Valid => "valid",
            Self::Counts => "counts",
            Self::Checksum => "checksum",
            Self::Unit => "unit",
            Self::Scale => "scale",
            Self::Covers => "covers",
            Self::Offset => "offset",
            Self::Enum => "enum",
            Self::Encoding => "encoding",
            Self::Terminator => "terminator",
            Self::Show => "show",
            Self::Key => "key",
            Self::Doc => "doc",
        }
    }

    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::TABLE.into_iter().chain(Self::DETAILS)
    }

    /// The column of a key.
    pub fn of_key(key: &str) -> Option<Self> {
        match key {
            "size_eos" => Some(Self::Size),
            "repeat_expr" | "repeat_until" => Some(Self::Repeat),
            "include" | "consume" | "eos_error" => Some(Self::Terminator),
            key => Self::all().find(|column| column.key() == key),
        }
    }

    /// The column that a mistake in a field is about, if its kind says so.
    pub(super) fn of_problem(problem: &SchemaProblem) -> Option<Self> {
        Some(match problem {
            SchemaProblem::UnknownType(_)
            | SchemaProblem::NoByteOrder(_)
            | SchemaProblem::Arguments { .. }
            | SchemaProblem::CaseArguments(_)
            | SchemaProblem::Endless(_) => Self::Type,
            SchemaProblem::UnknownEncoding(_) => Self::Encoding,
            SchemaProblem::UnknownChecksum(_) | SchemaProblem::SumWidth { .. } => Self::Checksum,
            SchemaProblem::Repeat(_) => Self::Repeat,
            SchemaProblem::TypedContents => Self::Constant,
            SchemaProblem::NoEnd => Self::Size,
            SchemaProblem::Duplicate(_)
            | SchemaProblem::BadName(_)
            | SchemaProblem::UnknownGroup(_) => Self::Name,
            SchemaProblem::BadPointer(_) => Self::Key,
            SchemaProblem::UselessKey(key) => Self::of_key(key)?,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_has_a_key_of_its_own_and_a_place_among_new_keys() {
        for column in Column::all() {
            assert_eq!(Column::of_key(column.key()), Some(column));
            assert!(ORDER.contains(&column.key()), "{column:?}");
        }
        assert_eq!(Column::of_key("pos"), None);
    }
}
