//! Facts about scrolling, selecting and pausing.

use super::*;
use crate::traffic::ChunkBuilder;
use std::net::SocketAddr;
use std::sync::Arc;

fn push(log: &mut Log, rows: u64) {
    let mut chunk = ChunkBuilder::default();
    for row in 0..rows {
        chunk.received(
            row as i64,
            SocketAddr::from(([127, 0, 0, 1], 9)),
            b"x",
            crate::traffic::Arrival::default(),
        );
    }
    log.push(Arc::new(chunk.finish()));
}

fn all(log: &Log) -> Rows<'_> {
    Rows::new(log, ViewOptions::default(), None)
}

fn view(log: &Log) -> LogView {
    let mut view = LogView {
        visible: 20.0,
        ..LogView::default()
    };
    view.settle(&view.lines(&all(log)));
    view
}

#[test]
fn following_keeps_the_newest_in_sight() {
    let mut log = Log::default();
    push(&mut log, 100);
    let mut view = view(&log);
    assert_eq!(view.top, 80.0);
    push(&mut log, 1);
    view.settle(&view.lines(&all(&log)));
    assert_eq!(view.top, 81.0);
}

#[test]
fn a_selected_row_stays_in_place_while_data_arrives() {
    let mut log = Log::default();
    push(&mut log, 100);
    let mut view = view(&log);
    view.select(Some(85));
    push(&mut log, 1_000);
    view.settle(&view.lines(&all(&log)));
    assert_eq!((view.top, view.selected()), (80.0, Some(85)));
}

#[test]
fn a_pause_stops_the_view() {
    let mut log = Log::default();
    push(&mut log, 100);
    let mut view = view(&log);
    view.toggle_pause(&log);
    push(&mut log, 50);
    assert_eq!(view.lines(&all(&log)), 0..100);
    view.toggle_pause(&log);
    view.settle(&view.lines(&all(&log)));
    assert_eq!((view.lines(&all(&log)), view.top), (0..150, 130.0));
}

#[test]
fn scrolling_up_stops_following_and_scrolling_back_down_resumes_it() {
    let mut log = Log::default();
    push(&mut log, 100);
    let mut view = view(&log);
    let lines = view.lines(&all(&log));
    view.move_to(70.0, &lines);
    assert!(!view.follows());
    view.move_to(90.0, &lines);
    assert!(view.follows());
}

#[test]
fn keys_move_the_selection_and_bring_it_into_sight() {
    let mut log = Log::default();
    push(&mut log, 100);
    let mut view = view(&log);
    let lines = view.lines(&all(&log));
    view.step((i64::MIN, false), &lines, &all(&log));
    assert_eq!((view.selected(), view.top), (Some(0), 0.0));
    view.step((1, false), &lines, &all(&log));
    view.step((20, false), &lines, &all(&log));
    assert_eq!((view.selected(), view.top), (Some(21), 2.0));
    view.step((i64::MAX, false), &lines, &all(&log));
    assert_eq!((view.selected(), view.top), (Some(99), 80.0));
}

#[test]
fn a_pause_shows_nothing_newer_though_its_rows_were_trimmed() {
    let mut log = Log::new(1 << 20);
    push(&mut log, 100);
    let mut view = view(&log);
    view.toggle_pause(&log);
    for _ in 0..20 {
        push(&mut log, 10_000);
    }
    assert!(log.rows().start > 100);
    assert!(view.lines(&all(&log)).is_empty());
}

#[test]
fn a_selection_is_trimmed_once_none_of_its_rows_is_left() {
    let mut view = LogView::default();
    view.select(Some(3));
    view.toggle(9);
    assert_eq!(view.why_nothing(9), NotCopied::Hidden);
    assert_eq!(view.why_nothing(10), NotCopied::Trimmed);
}

#[test]
fn looking_at_a_row_only_interrupts_following() {
    let mut view = LogView::default();
    view.select(Some(3));
    assert!(!view.follows());
    view.select(None);
    assert!(view.follows());
    view.select(Some(3));
    view.move_to(1.0, &(0..100));
    view.select(None);
    assert!(!view.follows(), "it was moved meanwhile");
}

#[test]
fn a_selected_row_stays_in_sight_where_the_table_becomes_lower() {
    let mut log = Log::default();
    push(&mut log, 100);
    let mut view = view(&log);
    view.select(Some(90));
    view.visible = 8.0;
    view.keep_in_sight(20.0, &all(&log));
    assert_eq!(view.top, 83.0);
    view.select(Some(84));
    view.visible = 4.0;
    view.keep_in_sight(8.0, &all(&log));
    assert_eq!(view.top, 83.0, "it was in sight already");
}

#[test]
fn shift_and_an_arrow_select_row_after_row() {
    let mut log = Log::default();
    push(&mut log, 100);
    let mut view = view(&log);
    let lines = view.lines(&all(&log));
    view.select(Some(90));
    view.step((1, true), &lines, &all(&log));
    view.step((1, true), &lines, &all(&log));
    assert_eq!(view.selection.spans(), [90..=92]);
    view.step((1, false), &lines, &all(&log));
    assert_eq!(view.selection.spans(), [93..=93]);
}

#[test]
fn all_rows_are_those_on_show() {
    let mut log = Log::default();
    push(&mut log, 100);
    let mut view = view(&log);
    view.toggle_pause(&log);
    push(&mut log, 50);
    view.select_all(&view.lines(&all(&log)), &all(&log));
    assert_eq!(view.selection.spans(), [0..=99]);
}
