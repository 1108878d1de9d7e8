//! The title of the window.

use super::App;
use crate::t;
use crate::ui::theme;
use egui::{Context, ViewportCommand};

impl App {
    /// Applies the language to the window's fonts and title.
    pub(super) fn title(&self, ctx: &Context) {
        theme::set_language(ctx, self.lang);
        ctx.send_viewport_cmd(ViewportCommand::Title(t!(self.lang, "app.title")));
    }
}
