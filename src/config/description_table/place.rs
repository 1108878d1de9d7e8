//! Mistakes in a description, in the table: the type, the field and the cell.

use super::{Column, DescriptionTable};
use crate::config::{FileMistake, description};
use crate::schema::Schema;

/// Where a mistake stands in the tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableMistake {
    /// The type, as [`DescriptionTable::types`] has it.
    pub of: String,
    /// The field, if it is in one.
    pub row: Option<usize>,
    pub column: Option<Column>,
}

/// The first mistake in a description.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedMistake {
    pub mistake: FileMistake,
    pub place: Option<TableMistake>,
}

impl DescriptionTable {
    /// Checks the description.
    ///
    /// # Errors
    /// The first mistake, and where it stands.
    pub fn check(&self) -> Result<Schema, Box<PlacedMistake>> {
        description::checked(self.spec.clone()).map_err(|mistake| {
            let mut place = of_path(&mistake.place);
            if let Some(place) = &mut place
                && let Some(row) = place.row
            {
                place.column = Column::of_problem(&mistake.problem)
                    .or_else(|| self.by_trial(&place.of, row, &mistake.place));
            }
            let mistake = description::placed(&self.text, mistake);
            Box::new(PlacedMistake { mistake, place })
        })
    }

    /// The cell without which the field does not have the mistake at this place.
    fn by_trial(&self, of: &str, row: usize, place: &str) -> Option<Column> {
        let mut filled = Column::all().filter(|column| {
            let cell = self.cell(of, row, *column);
            *column != Column::Name && !cell.text.is_empty() && !cell.is_locked
        });
        filled.find(|column| {
            let without = self.with_cell(of, row, *column, "");
            let without = without.ok().and_then(|text| Self::read(&text).ok());
            without.is_some_and(|table| {
                let other = description::checked(table.spec).err();
                other.is_none_or(|other| other.place != place)
            })
        })
    }
}

/// The place of a mistake by its path: `types.query.seq.2`.
fn of_path(path: &str) -> Option<TableMistake> {
    let mut steps = path.split('.');
    let mut types = Vec::new();
    let mut row = None;
    while let Some(step) = steps.next() {
        match step {
            "types" => types.push(steps.next()?),
            "seq" => {
                row = steps.next()?.parse().ok();
                break;
            }
            _ => break,
        }
    }
    Some(TableMistake {
        of: types.join("::"),
        row,
        column: None,
    })
}
