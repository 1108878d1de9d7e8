//! Every colour and size of the window, light and dark.

use super::fonts;
use crate::peer::Peer;
use crate::settings::theme::Choice;
use crate::words::Lang;
use egui::{
    Color32, CornerRadius, FontFamily, FontId, Margin, Shadow, Stroke, TextStyle, Theme, Vec2,
    Visuals, vec2,
};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

impl From<Choice> for egui::ThemePreference {
    fn from(choice: Choice) -> Self {
        match choice {
            Choice::System => Self::System,
            Choice::Light => Self::Light,
            Choice::Dark => Self::Dark,
        }
    }
}

pub const TOP_BAR: f32 = 40.0;
pub const STATUS_BAR: f32 = 30.0;
pub const LEFT_PANEL: f32 = 240.0;
pub const TOOLBAR: f32 = 40.0;
/// The titles above the log, or what a search found in their place.
pub const LOG_HEADER: f32 = 24.0;
/// A line of the log.
pub const LINE: f32 = 22.0;
/// Fields, segmented controls and combo boxes.
pub const FIELD: f32 = 28.0;
pub const SMALL_BUTTON: f32 = 25.0;
pub const PADDING: f32 = 12.0;
pub const ROUND: CornerRadius = CornerRadius::same(5);

/// The colours of one theme, by role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Palette {
    pub background: Color32,
    pub panel: Color32,
    pub line: Color32,
    pub text: Color32,
    pub dim: Color32,
    pub faint: Color32,
    pub accent: Color32,
    pub accent_soft: Color32,
    pub on_accent: Color32,
    pub received: Color32,
    pub sent: Color32,
    pub event: Color32,
    pub event_soft: Color32,
    /// Behind what was searched for.
    pub found: Color32,
    pub error: Color32,
    pub error_soft: Color32,
    pub selected: Color32,
    pub field: Color32,
    pub ok: Color32,
    pub hover: Color32,
    pub shadow: Color32,
    /// What tells peers apart, besides their addresses.
    pub peers: [Color32; 6],
}

pub const LIGHT: Palette = Palette {
    background: Color32::from_rgb(0xf6, 0xf7, 0xf9),
    panel: Color32::from_rgb(0xff, 0xff, 0xff),
    line: Color32::from_rgb(0xe1, 0xe4, 0xea),
    text: Color32::from_rgb(0x1d, 0x21, 0x29),
    dim: Color32::from_rgb(0x65, 0x6c, 0x79),
    faint: Color32::from_rgb(0x8b, 0x92, 0x9e),
    accent: Color32::from_rgb(0x25, 0x63, 0xeb),
    accent_soft: Color32::from_rgb(0xe8, 0xef, 0xfd),
    on_accent: Color32::from_rgb(0xff, 0xff, 0xff),
    received: Color32::from_rgb(0x0f, 0x8a, 0x5f),
    sent: Color32::from_rgb(0x25, 0x63, 0xeb),
    event: Color32::from_rgb(0x7d, 0x61, 0x14),
    event_soft: Color32::from_rgb(0xf7, 0xef, 0xd9),
    found: Color32::from_rgb(0xff, 0xe0, 0x8a),
    error: Color32::from_rgb(0xc2, 0x41, 0x0c),
    error_soft: Color32::from_rgb(0xff, 0xf4, 0xec),
    selected: Color32::from_rgb(0xea, 0xf1, 0xff),
    field: Color32::from_rgb(0xf3, 0xf4, 0xf7),
    ok: Color32::from_rgb(0x16, 0xa3, 0x4a),
    hover: Color32::from_rgb(0xf0, 0xf2, 0xf6),
    shadow: Color32::from_black_alpha(28),
    peers: [
        Color32::from_rgb(0x0f, 0x8a, 0x5f),
        Color32::from_rgb(0xb4, 0x53, 0x09),
        Color32::from_rgb(0x7c, 0x3a, 0xed),
        Color32::from_rgb(0x03, 0x69, 0xa1),
        Color32::from_rgb(0xbe, 0x18, 0x5d),
        Color32::from_rgb(0x4d, 0x7c, 0x0f),
    ],
};

pub const DARK: Palette = Palette {
    background: Color32::from_rgb(0x16, 0x18, 0x1d),
    panel: Color32::from_rgb(0x1c, 0x1f, 0x26),
    line: Color32::from_rgb(0x2c, 0x31, 0x3b),
    text: Color32::from_rgb(0xe5, 0xe8, 0xee),
    dim: Color32::from_rgb(0x98, 0xa1, 0xb0),
    faint: Color32::from_rgb(0x7c, 0x86, 0x96),
    accent: Color32::from_rgb(0x5b, 0x8c, 0xff),
    accent_soft: Color32::from_rgb(0x22, 0x30, 0x4f),
    on_accent: Color32::from_rgb(0xff, 0xff, 0xff),
    received: Color32::from_rgb(0x4c, 0xc3, 0x8a),
    sent: Color32::from_rgb(0x6e, 0xa0, 0xff),
    event: Color32::from_rgb(0xd6, 0xb3, 0x5a),
    event_soft: Color32::from_rgb(0x38, 0x31, 0x20),
    found: Color32::from_rgb(0x6b, 0x52, 0x0c),
    error: Color32::from_rgb(0xff, 0x9b, 0x66),
    error_soft: Color32::from_rgb(0x33, 0x24, 0x1b),
    selected: Color32::from_rgb(0x23, 0x31, 0x54),
    field: Color32::from_rgb(0x12, 0x14, 0x1a),
    ok: Color32::from_rgb(0x3e, 0xcf, 0x6e),
    hover: Color32::from_rgb(0x24, 0x28, 0x32),
    shadow: Color32::from_black_alpha(110),
    peers: [
        Color32::from_rgb(0x4c, 0xc3, 0x8a),
        Color32::from_rgb(0xf0, 0xa3, 0x5a),
        Color32::from_rgb(0xb3, 0x94, 0xff),
        Color32::from_rgb(0x5f, 0xb8, 0xe8),
        Color32::from_rgb(0xf0, 0x88, 0xb4),
        Color32::from_rgb(0xa3, 0xc9, 0x5a),
    ],
};

impl Palette {
    /// The colour of a peer: always the same, and perhaps also that of another peer.
    pub fn of_peer(&self, peer: Peer) -> Color32 {
        let mut hasher = DefaultHasher::new();
        peer.hash(&mut hasher);
        let place = hasher.finish() % self.peers.len() as u64;
        self.peers.get(place as usize).copied().unwrap_or(self.text)
    }
}

/// Around the control that has the keys.
pub fn ring(palette: &Palette) -> Stroke {
    Stroke::new(2.0, palette.accent)
}

/// The colours in use.
pub fn palette(ctx: &egui::Context) -> &'static Palette {
    if ctx.theme() == Theme::Dark {
        &DARK
    } else {
        &LIGHT
    }
}

pub fn body() -> FontId {
    FontId::new(13.0, FontFamily::Proportional)
}

pub fn small() -> FontId {
    FontId::new(12.0, FontFamily::Proportional)
}

pub fn mono() -> FontId {
    FontId::new(12.5, FontFamily::Monospace)
}

/// The names of control characters in their little boxes.
pub fn control_name() -> FontId {
    FontId::new(9.0, FontFamily::Monospace)
}

pub fn small_mono() -> FontId {
    FontId::new(11.5, FontFamily::Monospace)
}

/// Numbers of twenty digits side by side.
pub fn dense_mono() -> FontId {
    FontId::new(10.0, FontFamily::Monospace)
}

pub fn bold(size: f32) -> FontId {
    FontId::new(size, fonts::bold())
}

/// Draws text as it is usual in this language.
pub fn set_language(ctx: &egui::Context, lang: Lang) {
    ctx.set_fonts(fonts::definitions(lang));
}

/// Styles of both themes.
pub fn install(ctx: &egui::Context) {
    // Where the desktop does not say which it is.
    ctx.options_mut(|options| options.fallback_theme = Theme::Light);
    for (theme, palette) in [(Theme::Light, &LIGHT), (Theme::Dark, &DARK)] {
        ctx.style_mut_of(theme, |style| {
            style.visuals = visuals(theme, palette);
            style.text_styles = [
                (TextStyle::Body, body()),
                (TextStyle::Button, body()),
                (TextStyle::Small, small()),
                (TextStyle::Monospace, mono()),
                (TextStyle::Heading, bold(15.0)),
            ]
            .into();
            style.spacing.item_spacing = vec2(8.0, 8.0);
            style.spacing.button_padding = vec2(9.0, 3.0);
            style.spacing.interact_size = Vec2::new(24.0, SMALL_BUTTON);
            style.spacing.icon_width = 15.0;
            style.spacing.icon_width_inner = 9.0;
            style.spacing.icon_spacing = 7.0;
            style.spacing.window_margin = Margin::same(14);
            style.spacing.menu_margin = Margin::same(5);
            style.spacing.scroll.floating = true;
            style.spacing.scroll.bar_width = 8.0;
            style.animation_time = 0.0;
            style.interaction.selectable_labels = false;
            style.interaction.tooltip_delay = 0.4;
        });
    }
}

fn visuals(theme: Theme, palette: &Palette) -> Visuals {
    let mut visuals = theme.default_visuals();
    let line = Stroke::new(1.0, palette.line);
    // A cursor that blinks repaints an idle window for ever.
    visuals.text_cursor.blink = false;
    visuals.override_text_color = None;
    visuals.weak_text_color = Some(palette.dim);
    visuals.panel_fill = palette.panel;
    visuals.window_fill = palette.panel;
    visuals.window_stroke = line;
    visuals.window_corner_radius = CornerRadius::same(8);
    visuals.menu_corner_radius = CornerRadius::same(7);
    visuals.window_shadow = Shadow {
        offset: [0, 6],
        blur: 22,
        spread: 0,
        color: palette.shadow,
    };
    visuals.popup_shadow = Shadow {
        offset: [0, 4],
        blur: 14,
        spread: 0,
        color: palette.shadow,
    };
    visuals.extreme_bg_color = palette.field;
    visuals.text_edit_bg_color = Some(palette.field);
    visuals.faint_bg_color = palette.background;
    visuals.code_bg_color = palette.field;
    visuals.error_fg_color = palette.error;
    visuals.warn_fg_color = palette.event;
    visuals.hyperlink_color = palette.accent;
    visuals.selection.bg_fill = palette.accent.gamma_multiply(0.35);
    visuals.selection.stroke = Stroke::new(1.0, palette.accent);
    visuals.disabled_alpha = 0.7;
    let widgets = &mut visuals.widgets;
    for widget in [
        &mut widgets.noninteractive,
        &mut widgets.inactive,
        &mut widgets.hovered,
        &mut widgets.active,
        &mut widgets.open,
    ] {
        widget.corner_radius = ROUND;
        widget.expansion = 0.0;
        widget.bg_stroke = line;
        widget.bg_fill = palette.field;
        widget.weak_bg_fill = palette.panel;
        widget.fg_stroke = Stroke::new(1.0, palette.text);
    }
    widgets.hovered.weak_bg_fill = palette.hover;
    widgets.active.weak_bg_fill = palette.accent_soft;
    widgets.open.weak_bg_fill = palette.hover;
    widgets.hovered.bg_stroke = Stroke::new(1.0, palette.faint);
    widgets.active.bg_stroke = Stroke::new(1.0, palette.accent);
    visuals
}

#[cfg(test)]
mod tests {
    use super::*;

    /// WCAG 2 contrast of two opaque colours.
    fn contrast(a: Color32, b: Color32) -> f32 {
        let luminance = |colour: Color32| {
            let linear = |channel: u8| {
                let value = f32::from(channel) / 255.0;
                if value <= 0.03928 {
                    value / 12.92
                } else {
                    ((value + 0.055) / 1.055).powf(2.4)
                }
            };
            0.2126 * linear(colour.r()) + 0.7152 * linear(colour.g()) + 0.0722 * linear(colour.b())
        };
        let (light, dark) = (
            luminance(a).max(luminance(b)),
            luminance(a).min(luminance(b)),
        );
        (light + 0.05) / (dark + 0.05)
    }

    #[test]
    fn text_can_be_read_in_both_themes() {
        for palette in [LIGHT, DARK] {
            for (name, colour) in [
                ("text", palette.text),
                ("dim", palette.dim),
                ("event", palette.event),
                ("error", palette.error),
            ] {
                for ground in [palette.panel, palette.field] {
                    assert!(
                        contrast(colour, ground) >= 4.5,
                        "{name}: {}",
                        contrast(colour, ground)
                    );
                }
            }
            assert!(contrast(palette.error, palette.error_soft) >= 4.5);
            // Symbols and times, which repeat what the row says otherwise.
            assert!(contrast(palette.received, palette.panel) >= 3.0);
            assert!(contrast(palette.sent, palette.panel) >= 3.0);
            assert!(contrast(palette.faint, palette.panel) >= 3.0);
            for peer in palette.peers {
                assert!(contrast(peer, palette.panel) >= 3.0);
            }
        }
    }
}
