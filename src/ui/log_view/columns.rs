//! Where the columns of the log begin.

use crate::settings::columns::{Column, ColumnWidths, TimeFormat};
use crate::ui::theme;

const SIGN: f32 = 24.0;
/// Room that the content keeps before a column is left out.
const CONTENT: f32 = 150.0;
/// The lines that content takes where it is wrapped.
const WRAPPED: usize = 3;
/// Room in which a failure and its cure stand in one line.
const FAILURE_IN_ONE: f32 = 1_100.0;
/// Room in which a request and its reply stand side by side.
const SIDE_BY_SIDE: f32 = 480.0;
/// The least room between a text and the next column.
const TEXT_GAP: f32 = 4.0;
/// The sign of a peer, before its address.
const DOT: f32 = 14.0;

/// Places from the left edge of the table; `None` for a column that is not shown.
#[derive(Clone, Copy, Debug)]
pub struct ColumnLayout {
    pub time: Option<f32>,
    pub gap: Option<f32>,
    pub sign: f32,
    pub peer: Option<f32>,
    pub length: Option<f32>,
    pub content: f32,
    /// Where the text of a failure begins, which has only a time, a gap and a sign before it.
    pub failure: f32,
    peer_width: f32,
    length_width: f32,
    pub time_format: TimeFormat,
    /// The height of a line, in points.
    pub line: f32,
    /// The lines that content may take.
    pub lines: usize,
    /// The lines of a failure: without room for the cure behind it, the cure stands below it, in
    /// two lines where a long one needs them.
    pub failure_lines: usize,
    /// Whether a reply stands below its request.
    pub stacks: bool,
}

impl ColumnLayout {
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
        let mut columns = Self {
            time: None,
            gap: None,
            sign: theme::PADDING,
            peer: None,
            length: None,
            content: theme::PADDING,
            failure: theme::PADDING,
            peer_width: widths.peer,
            length_width: widths.length,
            time_format: widths.time_format,
            line: widths.line.points(),
            lines: if widths.wraps { WRAPPED } else { 1 },
            failure_lines: 1,
            stacks: false,
        };
        for column in widths.order {
            let (is_shown, width) = match column {
                Column::Time => (log_mode && shown.time, widths.time),
                Column::Gap => (has_all && shown.gap, widths.gap),
                Column::Direction => (true, SIGN),
                Column::Peer => (has_least && shown.peer, widths.peer),
                Column::Length => (has_all && shown.length, widths.length),
            };
            if !is_shown {
                continue;
            }
            let here = columns.content;
            columns.content += width;
            match column {
                Column::Time => columns.time = Some(here),
                Column::Gap => columns.gap = Some(here),
                Column::Direction => columns.sign = here,
                Column::Peer => columns.peer = Some(here),
                Column::Length => columns.length = Some(here),
            }
            if !matches!(column, Column::Peer | Column::Length) {
                columns.failure = columns.content;
            }
        }
        let is_in_one = room - columns.failure >= FAILURE_IN_ONE;
        columns.failure_lines = if is_in_one { 1 } else { 2 };
        columns
    }

    /// Gives cures two lines below their failures if one of this width does not fit into one, in a
    /// table with this room.
    #[must_use]
    pub fn with_cure(mut self, cure: f32, room: f32) -> Self {
        if self.failure_lines > 1 {
            let is_long = cure > self.cure_room(room);
            self.failure_lines = if is_long { 3 } else { 2 };
        }
        self
    }

    /// The room of a cure below its failure, in a table with this room.
    pub fn cure_room(&self, room: f32) -> f32 {
        (room - self.failure - theme::PADDING).max(0.0)
    }

    /// Puts replies below their requests if a table with this room has none side by side.
    #[must_use]
    pub fn with_replies(mut self, room: f32) -> Self {
        self.stacks = room - self.content < SIDE_BY_SIDE;
        if self.stacks {
            self.lines = self.lines.max(2);
        }
        self
    }

    /// Where a column begins, if it is shown.
    pub fn begin(&self, column: Column) -> Option<f32> {
        match column {
            Column::Time => self.time,
            Column::Gap => self.gap,
            Column::Direction => Some(self.sign),
            Column::Peer => self.peer,
            Column::Length => self.length,
        }
    }

    /// Whether this place is in the column of the interval.
    pub fn is_gap(&self, x: f32) -> bool {
        let Some(begin) = self.gap else {
            return false;
        };
        (begin..self.end_of(begin)).contains(&x)
    }

    /// The room of a text in the column that begins here.
    pub fn text_room(&self, begin: f32) -> f32 {
        self.end_of(begin) - begin - TEXT_GAP
    }

    /// Where the column that begins here ends.
    fn end_of(&self, begin: f32) -> f32 {
        let others = [self.time, self.gap, Some(self.sign), self.peer, self.length];
        let behind = others.into_iter().flatten().filter(|left| *left > begin);
        behind.fold(self.content, f32::min)
    }

    /// Where the length ends, as numbers in a column do.
    pub fn length_end(&self) -> Option<f32> {
        self.length
            .map(|begin| begin + self.length_width - theme::PADDING)
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
            let columns = ColumnLayout::of(true, &widths, room as f32);
            let fits = columns.content + CONTENT <= room as f32;
            assert!(fits || columns.peer.is_none(), "{room}");
            assert!(columns.gap.is_none() || columns.peer.is_some(), "{room}");
        }
        let wide = ColumnLayout::of(true, &widths, 700.0);
        assert!(wide.gap.is_some() && wide.length.is_some());
        let gap = wide.gap.unwrap();
        assert!(wide.is_gap(gap + 1.0) && !wide.is_gap(gap - 1.0));
        assert!(!wide.is_gap(wide.sign + 1.0) && !wide.is_gap(wide.content));
        let mut few = widths;
        (few.shown.time, few.shown.peer) = (false, false);
        let few = ColumnLayout::of(true, &few, 700.0);
        assert!(few.time.is_none() && few.peer.is_none() && few.gap.is_some());
        assert!(few.content < wide.content);
        let plain = ColumnLayout::of(false, &widths, 700.0);
        assert!(plain.time.is_none() && plain.peer.is_none());
    }

    #[test]
    fn a_reply_stands_below_its_request_where_there_is_little_room() {
        let lines = |room: f32, wraps| {
            let widths = ColumnWidths {
                wraps,
                ..ColumnWidths::default()
            };
            let columns = ColumnLayout::of(true, &widths, room).with_replies(room);
            (columns.stacks, columns.lines)
        };
        assert_eq!(lines(1_000.0, false), (false, 1));
        assert_eq!(lines(630.0, false), (true, 2));
        assert_eq!(lines(630.0, true), (true, WRAPPED));
    }

    #[test]
    fn a_failure_has_as_many_lines_as_the_longest_cure_needs() {
        let lines = |room: f32, cure: f32| {
            let columns = ColumnLayout::of(true, &ColumnWidths::default(), room);
            columns.with_cure(cure, room).failure_lines
        };
        let columns = ColumnLayout::of(true, &ColumnWidths::default(), 669.0);
        let fits = columns.cure_room(669.0);
        assert_eq!(lines(669.0, 0.0), 2);
        assert_eq!(lines(669.0, fits), 2);
        assert_eq!(lines(669.0, fits + 1.0), 3);
        assert_eq!(lines(1_000.0, 2_000.0), 3);
        assert_eq!(lines(1_600.0, 2_000.0), 1);
    }

    #[test]
    fn a_text_ends_before_the_next_column() {
        let widths = ColumnWidths::default();
        let columns = ColumnLayout::of(true, &widths, 700.0);
        let (time, gap) = (columns.time.unwrap(), columns.gap.unwrap());
        assert_eq!(columns.text_room(time), widths.time - TEXT_GAP);
        assert_eq!(columns.text_room(gap), widths.gap - TEXT_GAP);
    }

    #[test]
    fn a_failure_stands_behind_its_time_wherever_that_is() {
        let mut widths = ColumnWidths::default();
        let usual = ColumnLayout::of(true, &widths, 700.0);
        assert_eq!(Some(usual.failure), usual.peer);
        for _ in 0..4 {
            widths.shift(Column::Time, true);
        }
        let last = ColumnLayout::of(true, &widths, 700.0);
        assert!(last.time > last.length && last.length > last.peer);
        assert_eq!(last.failure, last.content);
        assert_eq!(last.content, usual.content);
    }
}
