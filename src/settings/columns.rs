//! The columns of the log: which are shown, in which order, how wide, and how rows look in them.

use serde::{Deserialize, Serialize};

/// A column before the content, which stands last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Column {
    Time,
    /// The time since the previous row.
    Gap,
    /// The sign of the direction, which is always shown.
    Direction,
    Peer,
    Length,
}

impl Column {
    pub const ALL: [Self; 5] = [
        Self::Time,
        Self::Gap,
        Self::Direction,
        Self::Peer,
        Self::Length,
    ];
}

/// How the column of the time shows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum TimeFormat {
    /// `14:03:31.552`
    #[default]
    Millis,
    /// `14:03:31.552318`
    Micros,
    /// `2026-11-29 14:03:31.552`
    Date,
}

impl TimeFormat {
    pub const ALL: [Self; 3] = [Self::Millis, Self::Micros, Self::Date];

    /// The width of the column that it fits in, in points.
    pub fn width(self) -> f32 {
        match self {
            Self::Millis => 102.0,
            Self::Micros => 124.0,
            Self::Date => 182.0,
        }
    }
}

/// The height of a line of the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum LineHeight {
    Compact,
    #[default]
    Normal,
    Roomy,
}

impl LineHeight {
    pub const ALL: [Self; 3] = [Self::Compact, Self::Normal, Self::Roomy];

    pub fn points(self) -> f32 {
        match self {
            Self::Compact => 18.0,
            Self::Normal => 22.0,
            Self::Roomy => 25.0,
        }
    }
}

/// Widths of the log's columns, in points.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ColumnWidths {
    pub time: f32,
    /// The column of the time since the previous row.
    pub gap: f32,
    pub peer: f32,
    pub length: f32,
    pub shown: ShownColumns,
    /// From left to right.
    pub order: [Column; 5],
    pub time_format: TimeFormat,
    pub line: LineHeight,
    /// Whether long content is wrapped, in rows of several lines.
    pub wraps: bool,
    /// Whether repeated failures are one row.
    pub folds: bool,
}

/// Whether each column is shown where there is room for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ShownColumns {
    pub time: bool,
    pub gap: bool,
    pub peer: bool,
    pub length: bool,
}

impl Default for ShownColumns {
    fn default() -> Self {
        Self {
            time: true,
            gap: true,
            peer: true,
            length: true,
        }
    }
}

/// The minimum width of a column, in points.
pub const NARROWEST: f32 = 30.0;

impl Default for ColumnWidths {
    fn default() -> Self {
        Self {
            time: TimeFormat::default().width(),
            gap: 62.0,
            peer: 160.0,
            length: 52.0,
            shown: ShownColumns::default(),
            order: Column::ALL,
            time_format: TimeFormat::default(),
            line: LineHeight::default(),
            wraps: false,
            folds: true,
        }
    }
}

impl ColumnWidths {
    /// Replaces widths out of range, and an order that lacks a column, by their defaults.
    pub fn usable(self) -> Self {
        let usual = Self::default();
        let width = |value: f32, usual: f32| match (NARROWEST..=16_384.0).contains(&value) {
            true => value,
            false => usual,
        };
        let has_all = Column::ALL.iter().all(|column| self.order.contains(column));
        Self {
            time: width(self.time, usual.time),
            gap: width(self.gap, usual.gap),
            peer: width(self.peer, usual.peer),
            length: width(self.length, usual.length),
            order: if has_all { self.order } else { usual.order },
            ..self
        }
    }

    /// Swaps a column with the one left or right of it. Does nothing at the end.
    pub fn shift(&mut self, column: Column, is_right: bool) {
        let Some(at) = self.order.iter().position(|other| *other == column) else {
            return;
        };
        let other = if is_right { at + 1 } else { at.wrapping_sub(1) };
        if other < self.order.len() {
            self.order.swap(at, other);
        }
    }

    /// Moves a column to the place of another; those between make room.
    pub fn move_to(&mut self, column: Column, other: Column) {
        let place = |column: Column| self.order.iter().position(|known| *known == column);
        let (Some(from), Some(to)) = (place(column), place(other)) else {
            return;
        };
        if let Some(between) = self.order.get_mut(from.min(to)..=from.max(to)) {
            match from < to {
                true => between.rotate_left(1),
                false => between.rotate_right(1),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Column::{Direction, Gap, Length, Peer, Time};

    #[test]
    fn a_column_moves_by_one_place_and_stays_within_the_row() {
        let mut columns = ColumnWidths::default();
        columns.shift(Peer, false);
        assert_eq!(columns.order, [Time, Gap, Peer, Direction, Length]);
        columns.shift(Time, false);
        columns.shift(Length, true);
        assert_eq!(columns.order, [Time, Gap, Peer, Direction, Length]);
        columns.shift(Time, true);
        assert_eq!(columns.order, [Gap, Time, Peer, Direction, Length]);
    }

    #[test]
    fn a_column_takes_the_place_of_another() {
        let mut columns = ColumnWidths::default();
        columns.move_to(Time, Peer);
        assert_eq!(columns.order, [Gap, Direction, Peer, Time, Length]);
        columns.move_to(Length, Gap);
        assert_eq!(columns.order, [Length, Gap, Direction, Peer, Time]);
        columns.move_to(Gap, Gap);
        assert_eq!(columns.order, [Length, Gap, Direction, Peer, Time]);
    }

    #[test]
    fn an_order_without_a_column_is_the_usual_one() {
        let columns = ColumnWidths {
            order: [Time, Time, Direction, Peer, Length],
            ..ColumnWidths::default()
        };
        assert_eq!(columns.usable().order, Column::ALL);
        let columns = ColumnWidths {
            order: [Length, Peer, Direction, Gap, Time],
            ..ColumnWidths::default()
        };
        assert_eq!(columns.usable(), columns);
    }
}
