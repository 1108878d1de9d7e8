//! The events of a connection in the order of their times.

use super::{dim, words};
use crate::session::life::{Basis, ConnectionLife, KernelView, LifeEvent, LifeStep};
use crate::settings::columns::TimeFormat;
use crate::t;
use crate::ui::{UiContext, controls, grouped, theme};
use egui::accesskit::Role;
use egui::{Color32, Label, RichText, ScrollArea, Ui, WidgetInfo};

/// The greatest height of the list.
const HEIGHT: f32 = 240.0;

/// Shows the events. Returns the row of the one that was clicked.
pub(super) fn ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    life: &ConnectionLife,
    kernel: Option<&KernelView>,
) -> Option<u64> {
    controls::heading(ui, &t!(cx.lang, "life.events"), cx.palette);
    if !life.is_whole() {
        dim(ui, cx, t!(cx.lang, "life.partial"));
    }
    let list = ScrollArea::vertical()
        .id_salt("events of a connection")
        .max_height(HEIGHT)
        .auto_shrink([false, true])
        .stick_to_bottom(true);
    let shown = list.show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        let (first, rest) = split(life);
        let mut chosen = None;
        for event in first {
            chosen = chosen.or(event_ui(ui, cx, event));
        }
        if life.omitted() > 0 {
            let count = grouped(life.omitted());
            dim(ui, cx, t!(cx.lang, "life.omitted", count = count));
        }
        for event in merged(
            rest,
            kernel
                .into_iter()
                .flat_map(|kernel| kernel.events(life.began())),
        ) {
            chosen = chosen.or(event_ui(ui, cx, event));
        }
        controls::scroll_by_keys(ui);
        chosen
    });
    shown.inner
}

/// The events before those that were left out, and the others.
fn split(life: &ConnectionLife) -> (&[LifeEvent], &[LifeEvent]) {
    let first = match life.omitted() {
        0 => 0,
        _ => life.kept_first(),
    };
    let events = life.events();
    events.split_at(first.min(events.len()))
}

/// Both in the order of their times; those of rows first where they are the same.
fn merged<'a>(
    rows: &'a [LifeEvent],
    kernel: impl Iterator<Item = &'a LifeEvent>,
) -> Vec<&'a LifeEvent> {
    let mut all: Vec<&LifeEvent> = rows.iter().chain(kernel).collect();
    all.sort_by_key(|event| event.time);
    all
}

fn event_ui(ui: &mut Ui, cx: UiContext<'_>, event: &LifeEvent) -> Option<u64> {
    let (text, basis) = (words::step(cx, &event.step), words::basis(cx, event));
    let name = format!("{text} · {basis}");
    let row = ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let time = RichText::new(cx.time(event.time, TimeFormat::Millis));
        ui.add(Label::new(
            time.font(theme::small_mono()).color(cx.palette.faint),
        ));
        let ink = ink(cx, event);
        let chosen = match event.row() {
            Some(row) => {
                let link = ui.link(RichText::new(&text).font(theme::body()).color(ink));
                controls::named(ui, link, &name).clicked().then_some(row)
            }
            None => {
                let words = RichText::new(&text).font(theme::body()).color(ink);
                let words = match event.is_inferred() {
                    true => words.italics(),
                    false => words,
                };
                let label = ui.add(Label::new(words).wrap());
                label.widget_info(|| WidgetInfo::labeled(Role::Label, true, &name));
                None
            }
        };
        let basis = RichText::new(basis).font(theme::small());
        ui.add(Label::new(basis.color(cx.palette.dim)));
        chosen
    });
    row.inner
}

/// What is inferred is dim.
fn ink(cx: UiContext<'_>, event: &LifeEvent) -> Color32 {
    if event.basis == Basis::Inferred {
        return cx.palette.dim;
    }
    match &event.step {
        LifeStep::Data(span) if span.inward => cx.palette.received,
        LifeStep::Data(_) => cx.palette.sent,
        LifeStep::Failed(_)
        | LifeStep::OurReset { .. }
        | LifeStep::PeerReset { .. }
        | LifeStep::WindowClosed { .. } => cx.palette.error,
        _ => cx.palette.text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_of_rows_and_of_the_kernel_are_in_the_order_of_their_times() {
        let event = |time, basis| LifeEvent {
            time,
            step: LifeStep::Established,
            basis,
        };
        let rows = [event(1, Basis::Row(0)), event(5, Basis::Row(1))];
        let kernel = [event(3, Basis::Kernel), event(5, Basis::Kernel)];
        let all = merged(&rows, kernel.iter());
        let all: Vec<_> = all.iter().map(|event| (event.time, event.row())).collect();
        assert_eq!(all, [(1, Some(0)), (3, None), (5, Some(1)), (5, None)]);
    }
}
