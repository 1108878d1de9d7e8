//! Where the columns of the log begin.

use crate::settings::columns::ColumnWidths;
use crate::ui::theme;

const SIGN: f32 = 24.0;
/// Room that the content keeps before a column is left out.
const CONTENT: f32 = 150.0;
/// The sign of a peer, before its address.
const DOT: f32 = 14.0;

/// Places from the left edge of the table; `None` for a column that is not shown.
#[derive(Clone, Copy, Debug)]
pub struct Columns {
    pub time: Option<f32>,
    pub gap: Option<f32>,
    pub sign: f32,
    pub peer: Option<f32>,
    pub length: Option<f32>,
    pub content: f32,
    peer_width: f32,
}

impl Columns {
    /// In a table with this room. Where there is little, first the gap and the length are left to
    /// the details, then the peer too.
    pub fn of(log_mode: bool, widths: &ColumnWidths, room: f32) -> Self {
        let shown = widths.shown;
        let room_of = |width: f32, shown: bool| if shown { width } else { 0.0 };
        let fixed = room_of(widths.time, shown.time) + room_of(widths.peer, shown.peer);
        let least = theme::PADDING + SIGN + fixed + CONTENT;
        let more = room_of(widths.gap, shown.gap) + room_of(widths.length, shown.length);
        let has_least = log_mode && room >= least;
        let has_all = log_mode && room >= least + more;
        let mut next = theme::PADDING;
        let mut column = |width: f32, shown: bool| {
            let here = next;
            if shown {
                next += width;
            }
            shown.then_some(here)
        };
        let time = column(widths.time, log_mode && shown.time);
        let gap = column(widths.gap, has_all && shown.gap);
        let sign = column(SIGN, true).unwrap_or_default();
        let peer = column(widths.peer, has_least && shown.peer);
        let length = column(widths.length, has_all && shown.length);
        Self {
            time,
            gap,
            sign,
            peer,
            length,
            content: next,
            peer_width: widths.peer,
        }
    }

    /// Where the address of the peer begins, and the room for it.
    pub fn address(&self) -> Option<(f32, f32)> {
        let peer = self.peer?;
        Some((peer + DOT, (self.peer_width - DOT - 6.0).max(0.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_left_out_before_the_content_has_no_room() {
        let widths = ColumnWidths::default();
        for room in 200..1_400 {
            let columns = Columns::of(true, &widths, room as f32);
            let fits = columns.content + CONTENT <= room as f32;
            assert!(fits || columns.peer.is_none(), "{room}");
            assert!(columns.gap.is_none() || columns.peer.is_some(), "{room}");
        }
        let wide = Columns::of(true, &widths, 700.0);
        assert!(wide.gap.is_some() && wide.length.is_some());
        let mut few = widths;
        (few.shown.time, few.shown.peer) = (false, false);
        let few = Columns::of(true, &few, 700.0);
        assert!(few.time.is_none() && few.peer.is_none() && few.gap.is_some());
        assert!(few.content < wide.content);
        let plain = Columns::of(false, &widths, 700.0);
        assert!(plain.time.is_none() && plain.peer.is_none());
    }
}
