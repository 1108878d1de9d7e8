//! The receiver of Escape: an open list or menu before a page or a window.

use egui::{Context, Plugin, Popup, Ui};

/// Whether a list or menu was open when the frame began.
#[derive(Debug, Default)]
struct AtFrameStart {
    open: bool,
}

impl Plugin for AtFrameStart {
    fn debug_name(&self) -> &'static str {
        "popups at the start of a frame"
    }

    fn on_begin_pass(&mut self, ui: &mut Ui) {
        self.open = Popup::is_any_open(ui.ctx());
    }
}

/// Whether Escape belongs to a list or menu. One that is drawn earlier in the frame has closed by
/// now, but the key was for it.
pub fn popup_takes_escape(ctx: &Context) -> bool {
    let was_open = ctx.plugin_or_default::<AtFrameStart>().lock().open;
    was_open || Popup::is_any_open(ctx)
}
