//! The options of the composer as chips, each with a menu.

use super::{SendPanel, menus};
use crate::payload::charset::Charset;
use crate::payload::message::LineEnding;
use crate::settings::tab::{SendDraft, SendSource};
use crate::t;
use crate::ui::controls::OptionChip;
use crate::ui::{UiContext, checksum_choice, controls};
use egui::{PopupCloseBehavior, ScrollArea, Ui};

/// How a message becomes bytes, and how often it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageOption {
    Encoding,
    LineEnding,
    Escapes,
    Variables,
    Checksum,
    Repeat,
}

impl MessageOption {
    const ALL: [Self; 6] = [
        Self::Encoding,
        Self::LineEnding,
        Self::Escapes,
        Self::Variables,
        Self::Checksum,
        Self::Repeat,
    ];
}

/// The text of a chip.
struct Described {
    on: bool,
    enabled: bool,
    text: String,
    name: String,
    /// The name and the detail.
    whole: String,
    menu: Menu,
    /// Why it is of no use, where it is not.
    why: Option<String>,
}

enum Menu {
    /// The whole chip opens a list, in which this is chosen.
    List(String),
    /// An arrow of this name opens it.
    Arrow(String),
}

/// The options behind one button.
#[derive(Clone, Copy)]
pub(super) struct FoldedOptions {
    pub charset: Charset,
    /// Whether that the target follows whoever sends is one of them.
    pub follows: bool,
    /// The room of the button.
    pub room: f32,
}

/// Room the menu of the folded options takes.
const FOLDED: f32 = 290.0;
/// Characters of an interval that a chip shows.
const DIGITS: usize = 8;

impl SendPanel {
    /// The chips in a row; the `detailed` ones say what is chosen. Text is sent in `charset` now.
    pub(super) fn options_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        draft: &mut SendDraft,
        charset: Charset,
        detailed: &[MessageOption],
    ) {
        for choice in MessageOption::ALL {
            let is_detailed = detailed.contains(&choice);
            let arrow = chip_ui(ui, cx, draft, charset, (choice, is_detailed));
            let stays = matches!(choice, MessageOption::Checksum | MessageOption::Repeat);
            let closes = match stays {
                true => PopupCloseBehavior::CloseOnClickOutside,
                false => PopupCloseBehavior::CloseOnClick,
            };
            controls::menu(&arrow)
                .close_behavior(closes)
                .show(|ui| self.menu_ui(ui, cx, draft, charset, choice));
            controls::regain_focus(ui, &arrow);
        }
    }

    /// One button with all of them, where they have no room; the menu of a chip stands below the
    /// chips.
    pub(super) fn folded_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        draft: &mut SendDraft,
        folded: FoldedOptions,
    ) {
        let charset = folded.charset;
        let is_on = |choice: &&MessageOption| {
            let described = draft.described(cx, charset, (**choice, false));
            described.on && described.enabled
        };
        let follows = usize::from(folded.follows && draft.follows);
        let count = MessageOption::ALL.iter().filter(is_on).count() + follows;
        let name = t!(cx.lang, "send.options");
        let texts = [name.as_str(), "…"].map(|text| match count {
            0 => text.to_owned(),
            count => format!("{text} {count}"),
        });
        let chips = texts.each_ref().map(|text| OptionChip {
            enabled: true,
            on: count > 0,
            text,
            name: &name,
        });
        let [whole, short] = chips;
        let gap = ui.spacing().item_spacing.x;
        let fits = whole.width(ui, cx.palette) + gap <= folded.room;
        let button = if fits { whole } else { short }.menu(ui, cx.palette);
        let most = ui.ctx().content_rect().height() * 0.6;
        controls::menu(&button)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .show(|ui| {
                ScrollArea::vertical().max_height(most).show(ui, |ui| {
                    ui.set_width(FOLDED);
                    ui.horizontal_wrapped(|ui| {
                        ui.spacing_mut().item_spacing.y = 6.0;
                        if folded.follows {
                            draft.follows_ui(ui, cx);
                        }
                        for choice in MessageOption::ALL {
                            if chip_ui(ui, cx, draft, charset, (choice, true)).clicked() {
                                let other = self.unfolded != Some(choice);
                                self.unfolded = other.then_some(choice);
                            }
                        }
                    });
                    if let Some(choice) = self.unfolded {
                        ui.separator();
                        self.menu_ui(ui, cx, draft, charset, choice);
                    }
                });
            });
        controls::regain_focus(ui, &button);
    }

    fn menu_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        draft: &mut SendDraft,
        charset: Charset,
        choice: MessageOption,
    ) {
        let composition = &mut draft.composition;
        let written = match choice {
            MessageOption::Encoding => {
                menus::encoding_ui(ui, cx, charset, &mut draft.charset);
                None
            }
            MessageOption::LineEnding => {
                menus::ending_ui(ui, cx, &mut composition.ending);
                None
            }
            MessageOption::Escapes => menus::escapes_ui(ui, cx),
            MessageOption::Variables => menus::variables_ui(ui, cx),
            MessageOption::Checksum => {
                checksum_choice::choice_ui(ui, cx, &mut composition.checksum);
                None
            }
            MessageOption::Repeat => {
                draft.repeat.ui(ui, cx);
                None
            }
        };
        if let Some(written) = written {
            self.insert(ui.ctx(), &mut draft.composition.text, written);
            match choice {
                MessageOption::Escapes => draft.composition.escapes = true,
                _ => draft.composition.variables = true,
            }
        }
    }
}

/// The width of all chips in one row, without details.
pub(super) fn width(ui: &Ui, cx: UiContext<'_>, draft: &SendDraft, charset: Charset) -> f32 {
    let gap = ui.spacing().item_spacing.x;
    let all = MessageOption::ALL.into_iter();
    let width = |choice| width_of(ui, cx, draft, charset, (choice, false)) + gap;
    all.map(width).sum()
}

/// The options whose details fit into this room beside the chips, first come first served.
pub(super) fn detailed(
    ui: &Ui,
    cx: UiContext<'_>,
    draft: &SendDraft,
    charset: Charset,
    mut room: f32,
) -> Vec<MessageOption> {
    let mut fits = |choice: &MessageOption| {
        let width = |detail| width_of(ui, cx, draft, charset, (*choice, detail));
        let more = width(true) - width(false);
        let fits = more <= room;
        room -= if fits { more } else { 0.0 };
        fits
    };
    let all = MessageOption::ALL.into_iter();
    all.filter(|choice| fits(choice)).collect()
}

fn width_of(
    ui: &Ui,
    cx: UiContext<'_>,
    draft: &SendDraft,
    charset: Charset,
    chip: (MessageOption, bool),
) -> f32 {
    let described = draft.described(cx, charset, chip);
    described.chip().width(ui, cx.palette)
}

/// One chip, with its detail or without: a click switches it. Returns the button that opens its menu.
fn chip_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    draft: &mut SendDraft,
    charset: Charset,
    (choice, detail): (MessageOption, bool),
) -> egui::Response {
    let described = draft.described(cx, charset, (choice, detail));
    let chip = described.chip();
    let arrow = match &described.menu {
        Menu::List(value) => chip.list(ui, value, cx.palette),
        Menu::Arrow(menu) => {
            let (switch, arrow) = chip.switch_with_menu(ui, menu, cx.palette);
            if switch.clicked() {
                draft.switch(choice);
            }
            switch.on_hover_text(described.why.as_ref().unwrap_or(&described.whole));
            arrow
        }
    };
    let description = match &described.menu {
        Menu::List(value) => t!(cx.lang, "app.named", name = described.name, value = value),
        Menu::Arrow(menu) => menu.clone(),
    };
    if let Some(why) = &described.why {
        ui.ctx()
            .accesskit_node_builder(arrow.id, |node| node.set_description(why.as_str()));
    }
    arrow.on_hover_text(described.why.unwrap_or(description))
}

impl Described {
    fn chip(&self) -> OptionChip<'_> {
        OptionChip {
            enabled: self.enabled,
            on: self.on,
            text: &self.text,
            name: &self.name,
        }
    }
}

impl SendDraft {
    fn switch(&mut self, choice: MessageOption) {
        let on = match choice {
            MessageOption::Escapes => &mut self.composition.escapes,
            MessageOption::Variables => &mut self.composition.variables,
            MessageOption::Checksum => &mut self.composition.appends,
            MessageOption::Repeat => &mut self.repeat.on,
            // Their chips open a list.
            MessageOption::Encoding | MessageOption::LineEnding => return,
        };
        *on = !*on;
    }

    /// A chip says its detail only while it is on.
    fn described(
        &self,
        cx: UiContext<'_>,
        charset: Charset,
        (choice, detailed): (MessageOption, bool),
    ) -> Described {
        let (on, name, short, detail) = match choice {
            MessageOption::Encoding => (
                self.charset.is_some(),
                t!(cx.lang, "send.charset"),
                t!(cx.lang, "send.charset_short"),
                match self.charset {
                    Some(charset) => charset.name().to_owned(),
                    None => t!(cx.lang, "send.charset_follow_peer"),
                },
            ),
            MessageOption::LineEnding => (
                self.composition.ending != LineEnding::None,
                t!(cx.lang, "send.ending"),
                t!(cx.lang, "send.ending"),
                match self.composition.ending {
                    LineEnding::None => String::new(),
                    LineEnding::Cr => "CR".to_owned(),
                    LineEnding::Lf => "LF".to_owned(),
                    LineEnding::CrLf => "CR LF".to_owned(),
                },
            ),
            MessageOption::Escapes => (
                self.composition.escapes,
                t!(cx.lang, "send.escapes"),
                t!(cx.lang, "send.escapes_short"),
                "\\n".to_owned(),
            ),
            MessageOption::Variables => (
                self.composition.variables,
                t!(cx.lang, "send.variables"),
                t!(cx.lang, "send.variables_short"),
                "${}".to_owned(),
            ),
            MessageOption::Checksum => (
                self.composition.appends,
                t!(cx.lang, "send.checksum"),
                t!(cx.lang, "send.checksum_short"),
                self.composition.checksum.sum.name().to_owned(),
            ),
            MessageOption::Repeat => {
                let interval: String = self.repeat.interval.trim().chars().take(DIGITS).collect();
                (
                    self.repeat.on,
                    t!(cx.lang, "repeat.on"),
                    t!(cx.lang, "repeat.short"),
                    format!("{interval} ms"),
                )
            }
        };
        let menu = match choice {
            MessageOption::Encoding => Menu::List(match self.charset {
                Some(charset) => charset.full_name().to_owned(),
                None => t!(cx.lang, "send.charset_follow", charset = charset.name()),
            }),
            MessageOption::LineEnding => {
                Menu::List(menus::ending_words(cx, self.composition.ending))
            }
            MessageOption::Checksum => {
                let title = checksum_choice::title(cx, self.composition.checksum.sum);
                Menu::Arrow(t!(cx.lang, "app.named", name = &name, value = title))
            }
            MessageOption::Escapes | MessageOption::Variables | MessageOption::Repeat => {
                Menu::Arrow(t!(cx.lang, "send.option_menu", name = &name))
            }
        };
        let of_text = matches!(
            choice,
            MessageOption::Encoding | MessageOption::LineEnding | MessageOption::Escapes
        );
        let why = match self.source {
            SendSource::File => Some(t!(cx.lang, "send.not_of_files")),
            SendSource::Fields if choice != MessageOption::Repeat => {
                Some(t!(cx.lang, "send.not_of_fields"))
            }
            SendSource::Typed if of_text && !self.is_text() => {
                Some(t!(cx.lang, "send.only_of_text"))
            }
            SendSource::Typed | SendSource::Fields => None,
        };
        let text = match on && detailed {
            true => format!("{short} {detail}"),
            false => short,
        };
        Described {
            on,
            enabled: why.is_none(),
            why,
            text,
            whole: t!(cx.lang, "app.named", name = &name, value = detail),
            name,
            menu,
        }
    }
}
