//! The fonts the program carries, ahead of the system's.

use crate::words::Lang;
use egui::{FontData, FontDefinitions, FontFamily, FontTweak};
use epaint_default_fonts::{EGUI_ICONS, HACK_REGULAR, NOTO_EMOJI_REGULAR};
use std::sync::Arc;

const REGULAR: &str = "NotoSansSC-Regular";
const BOLD: &str = "NotoSansSC-Bold";
const SIGNS: &str = "NotoSansSigns";
/// Quotation marks, ellipsis and middle dot of Latin text: Chinese ones are as wide as a
/// Chinese character.
const PUNCTUATION: &str = "NotoSansPunctuation-Regular";
const BOLD_PUNCTUATION: &str = "NotoSansPunctuation-Bold";

/// The family of headings and buttons.
pub fn bold() -> FontFamily {
    FontFamily::Name("bold".into())
}

/// The toolkit's icons and its pictures of emojis, with their sizes beside a text's.
const ICONS: (&str, f32) = ("egui-icons", 0.90);
const EMOJI: (&str, f32) = ("NotoEmoji-Regular", 0.81);
/// The monospaced font, which also has characters that the others lack.
const HACK: &str = "Hack";

/// Chinese first, then the toolkit's own fonts; the system's fonts draw the characters that neither
/// has. In English, punctuation that both scripts use is drawn as in Latin text.
pub fn definitions(lang: Lang) -> FontDefinitions {
    let mut fonts = FontDefinitions::empty();
    let mut add = |name: &str, data, tweak| {
        let data = FontData::from_static(data).tweak(tweak);
        fonts.font_data.insert(name.to_owned(), Arc::new(data));
    };
    let carried: [(&str, &'static [u8]); 5] = [
        (
            REGULAR,
            include_bytes!("../../assets/fonts/NotoSansSC-Regular.otf"),
        ),
        (
            BOLD,
            include_bytes!("../../assets/fonts/NotoSansSC-Bold.otf"),
        ),
        (
            SIGNS,
            include_bytes!("../../assets/fonts/NotoSansSigns.ttf"),
        ),
        (
            PUNCTUATION,
            include_bytes!("../../assets/fonts/NotoSansPunctuation-Regular.ttf"),
        ),
        (
            BOLD_PUNCTUATION,
            include_bytes!("../../assets/fonts/NotoSansPunctuation-Bold.ttf"),
        ),
    ];
    for (name, data) in carried {
        // Noto's line is high; this sets its Latin letters in the middle of a field.
        let tweak = FontTweak {
            y_offset_factor: -0.03,
            ..FontTweak::default()
        };
        add(name, data, tweak);
    }
    add(HACK, HACK_REGULAR, FontTweak::default());
    for ((name, scale), data) in [(ICONS, EGUI_ICONS), (EMOJI, NOTO_EMOJI_REGULAR)] {
        let tweak = FontTweak {
            scale,
            ..FontTweak::default()
        };
        add(name, data, tweak);
    }
    let proportional = [REGULAR, ICONS.0, EMOJI.0, HACK, SIGNS];
    let monospace = [HACK, REGULAR, ICONS.0, EMOJI.0, SIGNS];
    for (family, names) in [
        (FontFamily::Proportional, proportional),
        (FontFamily::Monospace, monospace),
    ] {
        let names = names.map(str::to_owned).to_vec();
        fonts.families.insert(family, names);
    }
    let fallback = fonts
        .families
        .get(&FontFamily::Proportional)
        .cloned()
        .unwrap_or_default();
    fonts.families.insert(
        bold(),
        std::iter::once(BOLD.to_owned()).chain(fallback).collect(),
    );
    let first = [
        (FontFamily::Proportional, PUNCTUATION),
        (bold(), BOLD_PUNCTUATION),
    ];
    for (family, name) in first.into_iter().filter(|_| lang == Lang::English) {
        if let Some(family) = fonts.families.get_mut(&family) {
            family.insert(0, name.to_owned());
        }
    }
    fonts
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    /// The characters of the files below a folder, without those of comments and tests.
    fn characters(folder: &Path, found: &mut std::collections::BTreeSet<char>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                characters(&path, found);
                continue;
            }
            let text = std::fs::read_to_string(path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap();
            let lines = code.lines().filter(|line| !line.trim().starts_with("//"));
            found.extend(lines.flat_map(str::chars));
        }
    }

    #[test]
    fn every_sign_of_the_window_is_drawn_without_the_systems_fonts() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut signs = std::collections::BTreeSet::new();
        for folder in ["src/ui", "src/app", "assets/locales"] {
            characters(&root.join(folder), &mut signs);
        }
        for lang in Lang::ALL {
            let ctx = Context::default();
            ctx.set_fonts(definitions(lang));
            let mut missing = String::new();
            let mut output = ctx.run_ui(RawInput::default(), |ui| {
                let lacks =
                    |sign: &&char| !ui.fonts_mut(|fonts| fonts.has_glyph(&theme::body(), **sign));
                missing = signs
                    .iter()
                    .filter(|sign| !sign.is_control())
                    .filter(lacks)
                    .collect();
            });
            output.textures_delta.clear();
            assert_eq!(missing, "", "{lang:?}");
        }
    }

    /// Otherwise a heading has characters of two weights.
    #[test]
    fn every_chinese_character_of_the_window_is_in_the_bold_font() {
        let locales = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/locales");
        let mut signs = std::collections::BTreeSet::new();
        characters(&locales, &mut signs);
        let mut fonts = definitions(Lang::Chinese);
        fonts.families.insert(bold(), vec![BOLD.to_owned()]);
        let ctx = Context::default();
        ctx.set_fonts(fonts);
        let mut missing = String::new();
        let mut output = ctx.run_ui(RawInput::default(), |ui| {
            let has = |sign: char| ui.fonts_mut(|fonts| fonts.has_glyph(&theme::bold(13.0), sign));
            let han = signs.iter().filter(|sign| ('一'..='龥').contains(*sign));
            missing = han.filter(|sign| !has(**sign)).collect();
        });
        output.textures_delta.clear();
        assert_eq!(missing, "", "run assets/fonts/make.sh");
    }

    use crate::ui::theme;
    use egui::{Color32, Context, RawInput, Vec2};

    /// How large a text is drawn, regular and bold.
    fn sizes(lang: Lang, text: &str) -> [Vec2; 2] {
        let ctx = Context::default();
        ctx.set_fonts(definitions(lang));
        let mut sizes = [Vec2::ZERO; 2];
        let mut output = ctx.run_ui(RawInput::default(), |ui| {
            sizes = [theme::body(), theme::bold(13.0)].map(|font| {
                let painter = ui.painter();
                painter
                    .layout_no_wrap(text.to_owned(), font, Color32::BLACK)
                    .size()
            });
        });
        // Nothing uses the images of the glyphs.
        output.textures_delta.clear();
        sizes
    }

    #[test]
    fn quotation_marks_are_as_wide_as_their_language_has_them() {
        for mark in ["“", "”", "…", "·"] {
            for size in sizes(Lang::English, mark) {
                assert!(size.x < 12.0, "{mark}: {size}");
            }
        }
        for size in sizes(Lang::Chinese, "“") {
            assert!(size.x > 12.0, "{size}");
        }
        // A line is as high in either.
        let [english, chinese] = [Lang::English, Lang::Chinese].map(|lang| sizes(lang, "a"));
        assert_eq!(english, chinese);
    }
}
