//! Above the message: where it goes, its format and options.

use super::options::{self, FoldedOptions};
use super::shared_state::SharedState;
use super::{Blocked, SendPanel, stored, target};
use crate::kind::Addresses;
use crate::payload::charset::Charset;
use crate::payload::composition::TextFormat;
use crate::session::{Session, SessionKind, SessionRole};
use crate::settings::tab::{SendDraft, SendSource};
use crate::t;
use crate::ui::{Action, UiContext, controls, edge, grouped, theme};
use controls::SegmentedChoice;
use egui::{ComboBox, Context, Rect, Ui, Vec2, vec2};

/// Above this a datagram does not fit into one Ethernet frame: 1500 less the headers.
const FRAGMENTS_V4: usize = 1472;
/// In a window lower than this the options are folded, and the message has one line.
const LOW: f32 = 560.0;
/// The height of the composer there, with one row above the message; elsewhere the least.
const LOW_BOX: f32 = 118.0;
/// The width of the format as a list.
const FORMAT_LIST: f32 = 74.0;
/// The total margin around the words of the format.
const APART: f32 = 8.0;
/// Between controls, and between rows.
const GAP: Vec2 = vec2(5.0, 6.0);

/// The entries of the format menu.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Text,
    Hex,
    Fields,
    File,
}

/// The inputs besides the draft.
pub(super) struct ComposerInputs<'a> {
    pub session: &'a Session,
    pub kind: SessionKind,
    /// The encoding text is sent in now.
    pub charset: Charset,
}

impl SendPanel {
    /// The height of the composer in this room, where `wished` is that with one row above the
    /// message.
    pub fn height(&self, ctx: &Context, wished: f32, room: f32) -> f32 {
        let wished = if is_low(ctx) { LOW_BOX } else { wished };
        (wished + self.more_rows() + self.form_room)
            .min(room)
            .max(self.least_height())
    }

    pub fn least_height(&self) -> f32 {
        LOW_BOX + self.more_rows()
    }

    /// The rows above the message besides the first: as many as there were last.
    fn more_rows(&self) -> f32 {
        (self.head - theme::FIELD).max(0.0)
    }

    /// Gives the form, or the options of a file, this height besides that of a message.
    pub(super) fn set_form_room(&mut self, ctx: &Context, room: f32) {
        if (room - self.form_room).abs() > 0.5 {
            self.form_room = room;
            ctx.request_discard("the box of the composer has more or fewer rows");
        }
    }

    /// The upper edge of the composer. Returns the wished height; in a low window it has its least
    /// height.
    pub fn edge_ui(&self, ui: &Ui, cx: UiContext<'_>, composer: Rect, room: f32) -> Option<f32> {
        if is_low(ui.ctx()) {
            return None;
        }
        let height = edge::ui(ui, cx, composer, edge::PanelEdge::Top, "send.edge")?;
        let height = height.min(room).max(self.least_height());
        Some((height - self.more_rows() - self.form_room).max(LOW_BOX))
    }

    pub(super) fn head_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        draft: &mut SendDraft,
        inputs: &ComposerInputs<'_>,
        blocked: Option<&Blocked>,
        shared: &mut SharedState<'_>,
    ) -> Option<Action> {
        let shown = ui.scope(|ui| {
            ui.spacing_mut().interact_size.y = theme::FIELD;
            ui.spacing_mut().item_spacing = GAP;
            let is_typed = draft.source == SendSource::Typed;
            let stored = match is_typed {
                true => stored::width(ui, cx),
                false => 0.0,
            };
            let chips = options::width(ui, cx, draft, inputs.charset) + stored;
            let whole = ui.available_width();
            let folds = is_low(ui.ctx()) || chips > whole;
            ui.horizontal_wrapped(|ui| {
                let mut action = match inputs.kind.role() {
                    SessionRole::Datagrams => {
                        let to = (inputs.session, inputs.kind.addresses());
                        draft.target_ui(ui, cx, to, blocked)
                    }
                    SessionRole::Client | SessionRole::Server | SessionRole::Relay => {
                        draft.peer_ui(ui, cx, inputs.session, inputs.kind)
                    }
                };
                draft.format_ui(ui, cx);
                let rest = ui.available_size_before_wrap().x;
                if folds {
                    let follows = inputs.kind.role() == SessionRole::Datagrams;
                    let folded = FoldedOptions {
                        charset: inputs.charset,
                        follows: follows && target::folds_following(ui),
                        room: rest - stored,
                    };
                    self.folded_ui(ui, cx, draft, folded);
                } else {
                    // Without room beside the target they get a row of their own.
                    let room = if chips > rest { whole } else { rest };
                    if chips > rest {
                        ui.end_row();
                    }
                    let charset = inputs.charset;
                    let detailed = options::detailed(ui, cx, draft, charset, room - chips);
                    self.options_ui(ui, cx, draft, charset, &detailed);
                }
                if is_typed {
                    let present = &mut draft.composition;
                    action = action.or(stored::ui(ui, cx, shared.library, present));
                }
                action
            })
            .inner
        });
        let height = shown.response.rect.height();
        if (height - self.head).abs() > 0.5 {
            self.head = height;
            ui.ctx()
                .request_discard("the composer has more or fewer rows");
        }
        shown.inner
    }

    /// How long the message is, where that is known before it is sent.
    pub(super) fn length_words(
        &mut self,
        cx: UiContext<'_>,
        draft: &SendDraft,
        inputs: &ComposerInputs<'_>,
    ) -> Option<String> {
        let message = self.message_of(draft, inputs.charset).ok()?;
        let length = message.fixed()?.len();
        let count = grouped(length as u64);
        let is_internet = inputs.kind.addresses() == Addresses::Internet;
        Some(match inputs.kind.role() {
            SessionRole::Datagrams if length > FRAGMENTS_V4 && is_internet => {
                t!(cx.lang, "send.fragments", bytes = count)
            }
            SessionRole::Datagrams => t!(cx.lang, "send.datagram", bytes = count),
            SessionRole::Server if draft.connection.is_none() => t!(
                cx.lang,
                "send.bytes_to",
                bytes = count,
                peers = grouped(inputs.session.connections().len() as u64)
            ),
            SessionRole::Client | SessionRole::Server | SessionRole::Relay => {
                t!(cx.lang, "send.bytes", bytes = count)
            }
        })
    }
}

impl SendDraft {
    fn format_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>) {
        let mut what = match (self.source, self.composition.format) {
            (SendSource::File, _) => What::File,
            (SendSource::Fields, _) => What::Fields,
            (SendSource::Typed, TextFormat::Text) => What::Text,
            (SendSource::Typed, TextFormat::Hex) => What::Hex,
        };
        let formats = [
            (What::Text, t!(cx.lang, "receive.text")),
            (What::Hex, t!(cx.lang, "receive.hex")),
            (What::Fields, t!(cx.lang, "form.format")),
            (What::File, t!(cx.lang, "send.file")),
        ];
        let name = t!(cx.lang, "send.format");
        let width = controls::segmented_width(ui, &formats).ceil() + APART;
        let segments = formats.map(|(value, text)| SegmentedChoice {
            name: match value {
                // The description at the left has the shorter name.
                What::Fields => t!(cx.lang, "form.by_fields"),
                What::Text | What::Hex | What::File => text.clone(),
            },
            value,
            text,
        });
        // Beside a target in a small window a list has room.
        match target::folds_following(ui) {
            true => {
                let chosen = segments.iter().find(|segment| segment.value == what);
                let chosen = chosen.map_or("", |segment| segment.text.as_str());
                let combo = ComboBox::from_id_salt("format")
                    .icon(controls::combo_arrow)
                    .selected_text(chosen)
                    .width(FORMAT_LIST)
                    .show_ui(ui, |ui| {
                        for segment in &segments {
                            controls::item_of(ui, &mut what, segment.value, segment.name.as_str());
                        }
                        controls::close_when_chosen(ui);
                    });
                controls::drop_down(ui, combo.response, &name);
            }
            false => {
                ui.allocate_ui(vec2(width, theme::FIELD), |ui| {
                    controls::segments_ui(ui, &name, &mut what, &segments, cx.palette)
                });
            }
        }
        self.source = match what {
            What::File => SendSource::File,
            What::Fields => SendSource::Fields,
            What::Text | What::Hex => SendSource::Typed,
        };
        match what {
            What::Text => self.composition.format = TextFormat::Text,
            What::Hex => self.composition.format = TextFormat::Hex,
            What::Fields | What::File => {}
        }
    }
}

fn is_low(ctx: &Context) -> bool {
    ctx.content_rect().height() < LOW
}
