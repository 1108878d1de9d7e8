//! Escape closes the open page while the page was used last.

use crate::settings::dock::Page;
use crate::ui::controls;
use egui::{Context, Id, Key, Modifiers, Order, Rect};

/// Under which it is kept.
const KEPT: &str = "used page";

#[derive(Clone, Copy, Debug)]
struct PageUse {
    /// The page that was open in the last frame.
    page: Option<Page>,
    /// It was opened or pressed, and nothing else was pressed since.
    last: bool,
    /// A number is being typed, which Escape takes back.
    typing: bool,
}

/// Whether Escape was pressed for this page. Called before the page's content.
pub fn closes(ctx: &Context, open: Page) -> bool {
    let used: Option<PageUse> = ctx.data(|data| data.get_temp(Id::unique(KEPT)));
    let is_its = used.is_some_and(|used| used.page == Some(open) && used.last && !used.typing);
    // An open list or menu is closed first.
    is_its
        && !controls::popup_takes_escape(ctx)
        && controls::front(ctx).is_none()
        && ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape))
}

/// Records whether the page is used. Called after the page's content, which is shown here.
pub fn follow(ctx: &Context, open: Option<Page>, page: Rect) {
    let before: Option<PageUse> = ctx.data(|data| data.get_temp(Id::unique(KEPT)));
    // A page that was open at the start of the program was not opened by the user.
    let opened = before.is_some_and(|before| before.page != open);
    let pressed = controls::pressed_at(ctx);
    // Lists of a page hang over its edge.
    let is_behind = |order: Order| order == Order::Background;
    let pressed = pressed.filter(|at| {
        let layer = ctx.layer_id_at(*at);
        layer.is_none_or(|layer| is_behind(layer.order))
    });
    let last = match pressed {
        _ if opened => true,
        Some(at) => page.contains(at),
        None => before.is_some_and(|before| before.last),
    };
    let used = PageUse {
        page: open,
        last: last && open.is_some(),
        typing: controls::types_a_number(ctx),
    };
    ctx.data_mut(|data| data.insert_temp(Id::unique(KEPT), used));
}
