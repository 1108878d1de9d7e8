//! The lines as they stood when the pointer came: none moves away from under it, nor from under a
//! menu, when a peer comes or leaves.

use super::PeerEntry;
use super::entry;
use crate::session::Session;
use egui::{Id, Popup, Ui};
use std::ops::Range;

#[derive(Clone, Default)]
struct HeldLines {
    first: usize,
    entries: Vec<PeerEntry>,
}

/// The entries of these lines. While the pointer is on the list or a menu is open, those that
/// stood there keep their places and new ones follow them.
pub(super) fn entries(ui: &Ui, session: &Session, lines: Range<usize>) -> Vec<PeerEntry> {
    let id = Id::unique("held lines of the peer list");
    let current = entry::entries(session, lines.clone());
    let is_aimed = ui.rect_contains_pointer(ui.clip_rect()) || Popup::is_any_open(ui.ctx());
    let held: Option<HeldLines> = ui.data_mut(|data| data.remove_temp(id));
    if !is_aimed {
        return current;
    }
    let held = held.filter(|held| held.first == lines.start);
    let entries = match held.and_then(|held| refreshed(session, held.entries)) {
        Some(stood) => with_new(stood, &current, lines.len()),
        None => current,
    };
    let held = HeldLines {
        first: lines.start,
        entries: entries.clone(),
    };
    ui.data_mut(|data| data.insert_temp(id, held));
    entries
}

/// These lines with what the session knows of them now, or `None` if it knows none of them: they
/// are of another session.
fn refreshed(session: &Session, stood: Vec<PeerEntry>) -> Option<Vec<PeerEntry>> {
    let mut is_known = false;
    let refresh = |old: PeerEntry| match entry::of(session, old.far) {
        Some(now) => {
            is_known = true;
            now
        }
        None => PeerEntry { left: true, ..old },
    };
    let entries = stood.into_iter().map(refresh).collect();
    is_known.then_some(entries)
}

fn with_new(mut stood: Vec<PeerEntry>, current: &[PeerEntry], room: usize) -> Vec<PeerEntry> {
    for entry in current {
        let stands = stood.iter().any(|known| known.far == entry.far);
        if !stands && stood.len() < room {
            stood.push(*entry);
        }
    }
    stood
}
