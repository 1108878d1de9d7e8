//! Every colour and size of the window, light and dark.

use super::fonts;
use crate::settings::theme::ThemeSetting;
use crate::words::Lang;
use egui::{
    Color32, CornerRadius, FontFamily, FontId, Margin, Shadow, Stroke, TextStyle, Theme, Vec2,
    Visuals, vec2,
};

impl From<ThemeSetting> for egui::ThemePreference {
    fn from(choice: ThemeSetting) -> Self {
        match choice {
            ThemeSetting::System => Self::System,
            ThemeSetting::Light => Self::Light,
            ThemeSetting::Dark => Self::Dark,
        }
    }
}

pub const TOP_BAR: f32 = 40.0;
pub const STATUS_BAR: f32 = 30.0;
pub const TOOLBAR: f32 = 40.0;
/// The titles above the log, or the search report in their place.
pub const LOG_HEADER: f32 = 27.0;
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
    /// Between regions, and around controls that only show something.
    pub line: Color32,
    /// Around fields, buttons and other controls.
    pub edge: Color32,
    pub text: Color32,
    pub dim: Color32,
    pub faint: Color32,
    pub accent: Color32,
    pub accent_soft: Color32,
    /// Behind `on_accent`: at rest, under the pointer, and pressed.
    pub primary: [Color32; 3],
    pub on_accent: Color32,
    pub received: Color32,
    pub sent: Color32,
    pub event: Color32,
    pub event_soft: Color32,
    /// Behind matches.
    pub found: Color32,
    pub error: Color32,
    pub error_soft: Color32,
    pub selected: Color32,
    pub field: Color32,
    pub ok: Color32,
    pub hover: Color32,
    pub shadow: Color32,
    /// The colours of peers, besides their addresses.
    pub peers: [Color32; 6],
}

pub const LIGHT: Palette = Palette {
    background: Color32::from_rgb(0xf6, 0xf7, 0xf9),
    panel: Color32::from_rgb(0xff, 0xff, 0xff),
    line: Color32::from_rgb(0xe1, 0xe4, 0xea),
    edge: Color32::from_rgb(0x82, 0x89, 0x95),
    text: Color32::from_rgb(0x1d, 0x21, 0x29),
    dim: Color32::from_rgb(0x5b, 0x62, 0x70),
    faint: Color32::from_rgb(0x66, 0x6d, 0x7a),
    accent: Color32::from_rgb(0x1f, 0x5a, 0xe0),
    accent_soft: Color32::from_rgb(0xe8, 0xef, 0xfd),
    primary: [
        Color32::from_rgb(0x25, 0x63, 0xeb),
        Color32::from_rgb(0x1f, 0x5a, 0xe0),
        Color32::from_rgb(0x1b, 0x4f, 0xc8),
    ],
    on_accent: Color32::from_rgb(0xff, 0xff, 0xff),
    received: Color32::from_rgb(0x0b, 0x7a, 0x53),
    sent: Color32::from_rgb(0x1f, 0x5a, 0xe0),
    event: Color32::from_rgb(0x7d, 0x61, 0x14),
    event_soft: Color32::from_rgb(0xf7, 0xef, 0xd9),
    found: Color32::from_rgb(0xff, 0xe0, 0x8a),
    error: Color32::from_rgb(0xb2, 0x3a, 0x08),
    error_soft: Color32::from_rgb(0xff, 0xf4, 0xec),
    selected: Color32::from_rgb(0xea, 0xf1, 0xff),
    field: Color32::from_rgb(0xf3, 0xf4, 0xf7),
    ok: Color32::from_rgb(0x10, 0x7a, 0x36),
    hover: Color32::from_rgb(0xf0, 0xf2, 0xf6),
    shadow: Color32::from_black_alpha(28),
    peers: [
        Color32::from_rgb(0x0b, 0x7a, 0x53),
        Color32::from_rgb(0xa8, 0x4c, 0x06),
        Color32::from_rgb(0x7c, 0x3a, 0xed),
        Color32::from_rgb(0x03, 0x69, 0xa1),
        Color32::from_rgb(0xbe, 0x18, 0x5d),
        Color32::from_rgb(0x47, 0x74, 0x0c),
    ],
};

pub const DARK: Palette = Palette {
    background: Color32::from_rgb(0x16, 0x18, 0x1d),
    panel: Color32::from_rgb(0x1c, 0x1f, 0x26),
    line: Color32::from_rgb(0x2c, 0x31, 0x3b),
    edge: Color32::from_rgb(0x72, 0x7b, 0x89),
    text: Color32::from_rgb(0xe5, 0xe8, 0xee),
    dim: Color32::from_rgb(0xa3, 0xac, 0xba),
    faint: Color32::from_rgb(0x98, 0xa1, 0xb0),
    accent: Color32::from_rgb(0x6f, 0x98, 0xff),
    accent_soft: Color32::from_rgb(0x22, 0x30, 0x4f),
    primary: [
        Color32::from_rgb(0x2f, 0x66, 0xe0),
        Color32::from_rgb(0x28, 0x59, 0xcc),
        Color32::from_rgb(0x22, 0x4d, 0xb3),
    ],
    on_accent: Color32::from_rgb(0xff, 0xff, 0xff),
    received: Color32::from_rgb(0x4c, 0xc3, 0x8a),
    sent: Color32::from_rgb(0x6e, 0xa0, 0xff),
    event: Color32::from_rgb(0xd6, 0xb3, 0x5a),
    event_soft: Color32::from_rgb(0x38, 0x31, 0x20),
    found: Color32::from_rgb(0x4a, 0x39, 0x05),
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

/// The names of control characters and encodings in their little boxes.
pub fn tag() -> FontId {
    FontId::new(11.0, FontFamily::Monospace)
}

pub fn small_mono() -> FontId {
    FontId::new(11.5, FontFamily::Monospace)
}

/// Numbers of twenty digits side by side.
pub fn dense_mono() -> FontId {
    FontId::new(11.0, FontFamily::Monospace)
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
            // A thin bar shows that content goes on, also where the pointer is elsewhere.
            style.spacing.scroll.floating_width = 3.0;
            style.spacing.scroll.dormant_handle_opacity = 0.5;
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
    visuals.selection.bg_fill = palette.accent.gamma_multiply(0.25);
    // Also the colour of selected text, which must stand out from `bg_fill`.
    visuals.selection.stroke = Stroke::new(1.0, palette.text);
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
    let edge = Stroke::new(1.0, palette.edge);
    widgets.inactive.bg_stroke = edge;
    widgets.open.bg_stroke = edge;
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

    #[track_caller]
    fn at_least(least: f32, what: &str, inks: &[Color32], grounds: &[Color32]) {
        for (ink, ground) in inks
            .iter()
            .flat_map(|ink| grounds.iter().map(move |g| (ink, g)))
        {
            let contrast = contrast(*ink, *ground);
            assert!(
                contrast >= least,
                "{what}: {ink:?} on {ground:?}: {contrast}"
            );
        }
    }

    #[test]
    fn no_text_is_smaller_than_11_points() {
        let fonts = [body(), small(), mono(), tag(), small_mono(), dense_mono()];
        assert!(fonts.iter().all(|font| font.size >= 11.0));
    }

    #[test]
    fn text_can_be_read_in_both_themes() {
        for palette in [LIGHT, DARK] {
            let p = &palette;
            let plain = [p.background, p.panel, p.field, p.hover];
            let tinted = [p.selected, p.accent_soft, p.event_soft, p.error_soft];
            let grounds = [plain, tinted].concat();
            let inks = [p.text, p.dim, p.faint, p.event, p.error, p.accent, p.ok];
            at_least(4.5, "text", &inks, &grounds);
            at_least(4.5, "found", &[p.text, p.dim, p.event, p.error], &[p.found]);
            at_least(4.5, "of a direction", &[p.received, p.sent], &grounds);
            at_least(4.5, "a peer's initial", &p.peers, &[p.panel]);
            at_least(4.5, "on a filled button", &[p.on_accent], &p.primary);
        }
    }

    #[test]
    fn borders_and_signs_can_be_seen_in_both_themes() {
        for palette in [LIGHT, DARK] {
            let p = &palette;
            let grounds = [p.background, p.panel, p.field, p.hover, p.error_soft];
            at_least(3.0, "a border", &[p.edge], &grounds);
            at_least(3.0, "a filled button", &p.primary[..1], &[p.panel]);
            let grounds = [p.panel, p.hover, p.selected, p.error_soft, p.event_soft];
            at_least(3.0, "a peer", &p.peers, &grounds);
        }
    }
}
