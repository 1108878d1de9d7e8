//! The titles of columns, their hints and widths.

use crate::config::description_table::Column;
use crate::t;
use crate::ui::UiContext;

/// The key of the title of a column.
fn key(column: Column) -> &'static str {
    match column {
        Column::Name => "editor.name",
        Column::Type => "editor.type",
        Column::Size => "editor.size",
        Column::Repeat => "editor.repeat",
        Column::Condition => "editor.condition",
        Column::Constant => "editor.constant",
        Column::Valid => "editor.valid",
        Column::Counts => "editor.counts",
        Column::Checksum => "editor.checksum",
        Column::Unit => "editor.unit",
        Column::Scale => "editor.scale",
        Column::Covers => "editor.covers",
        Column::Offset => "editor.offset",
        Column::Enum => "editor.enum",
        Column::Encoding => "editor.encoding",
        Column::Terminator => "editor.terminator",
        Column::Show => "editor.show",
        Column::Key => "editor.key",
        Column::Doc => "editor.doc",
    }
}

pub(super) fn title(cx: UiContext<'_>, column: Column) -> String {
    t!(cx.lang, key(column))
}

/// The accessible name of a cell: `Name of field 3`.
pub(super) fn cell_name(cx: UiContext<'_>, column: Column, row: usize) -> String {
    let column = title(cx, column);
    t!(cx.lang, "editor.cell", column = column, number = row + 1)
}

/// An example of what stands in a column.
pub(super) fn hint(column: Column) -> &'static str {
    match column {
        Column::Size | Column::Repeat => "4, len, *",
        Column::Condition => "type == 1",
        Column::Constant => "AA 55",
        Column::Valid => "0..9",
        Column::Counts | Column::Covers => "type..",
        Column::Checksum => "CRC-16/MODBUS",
        Column::Unit => "°C",
        Column::Scale => "0.1",
        Column::Terminator => "0x0A",
        Column::Show => "hex",
        Column::Encoding => "GBK",
        _ => "",
    }
}

/// The width of a column, in points.
pub(super) fn width(column: Column) -> f32 {
    match column {
        Column::Name | Column::Type => 104.0,
        Column::Condition | Column::Checksum => 118.0,
        Column::Unit | Column::Scale => 58.0,
        Column::Doc => 300.0,
        _ => 84.0,
    }
}
