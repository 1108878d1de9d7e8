//! The parts of the window, between which F6 moves the keys.

use super::{UiContext, controls};
use crate::t;
use egui::accesskit::Role;
use egui::{Context, Id, Rect, Ui};

/// A part of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Region {
    Tabs,
    Left,
    Toolbar,
    Log,
    Dock,
    Composer,
}

/// Where a part stood in the frame of this number.
type Stood = (u64, Rect);

impl Region {
    /// In the order in which F6 goes through them.
    pub const ALL: [Self; 6] = [
        Self::Tabs,
        Self::Left,
        Self::Toolbar,
        Self::Log,
        Self::Dock,
        Self::Composer,
    ];

    fn id(self) -> Id {
        Id::unique(("region", self))
    }

    /// Where it stands, if it is shown.
    fn rect(self, ctx: &Context) -> Option<Rect> {
        let (frame, rect): Stood = ctx.data(|data| data.get_temp(self.id()))?;
        (frame + 1 >= ctx.cumulative_pass_nr()).then_some(rect)
    }
}

/// Notes where a part stands, which this is all of; the first control in it gets the keys where
/// they are to go there.
pub fn enter(ui: &Ui, region: Region) {
    stands(ui.ctx(), region, ui.max_rect());
    gate(ui, region);
}

/// Gives a part the name by which screen readers know it; `key` is that of the name.
pub fn name(ui: &Ui, cx: UiContext<'_>, key: &'static str) {
    controls::name_group(ui, Role::Region, &t!(cx.lang, key));
}

/// Under which is kept the part that is to get the keys.
const WANTED: &str = "wanted region";

/// Notes where a part stands.
pub fn stands(ctx: &Context, region: Region, rect: Rect) {
    let stood: Stood = (ctx.cumulative_pass_nr(), rect);
    ctx.data_mut(|data| data.insert_temp(region.id(), stood));
}

/// Stands before the first control of a part: that control gets the keys where they are to go
/// to this part.
pub fn gate(ui: &Ui, region: Region) {
    let wanted = ui.data_mut(|data| {
        let wanted: &mut Option<Region> = data.get_temp_mut_or_default(Id::unique(WANTED));
        wanted.take_if(|wanted| *wanted == region).is_some()
    });
    if wanted {
        controls::focus_next(ui, region.id());
    }
}

/// The part that has the keys, or else the one below the pointer.
pub fn current(ctx: &Context) -> Option<Region> {
    let place = match controls::focused(ctx) {
        Some(control) => control.rect.center(),
        None => ctx.pointer_latest_pos()?,
    };
    let holds = |region: &Region| region.rect(ctx).is_some_and(|rect| rect.contains(place));
    Region::ALL.into_iter().find(holds)
}

/// Moves the keys to the next part that is shown, or to the one before.
pub fn step(ctx: &Context, back: bool) {
    let shown = Region::ALL.into_iter();
    let shown: Vec<Region> = shown.filter(|region| region.rect(ctx).is_some()).collect();
    let here = current(ctx);
    let here = shown.iter().position(|region| Some(*region) == here);
    let next = match (here, back) {
        (Some(here), false) => (here + 1) % shown.len(),
        (Some(here), true) => (here + shown.len() - 1) % shown.len(),
        (None, false) => 0,
        (None, true) => shown.len().saturating_sub(1),
    };
    if let Some(region) = shown.get(next).copied() {
        go_to(ctx, region);
    }
}

/// Moves the keys to the first control of a part, in the next frame that shows it.
pub fn go_to(ctx: &Context, region: Region) {
    ctx.data_mut(|data| data.insert_temp(Id::unique(WANTED), Some(region)));
    ctx.request_repaint();
}
