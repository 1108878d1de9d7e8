//! The fonts the program carries, ahead of the system's.

use egui::{FontData, FontDefinitions, FontFamily, FontTweak};
use std::sync::Arc;

const REGULAR: &str = "NotoSansSC-Regular";
const BOLD: &str = "NotoSansSC-Bold";
const SIGNS: &str = "NotoSansSigns";

/// The family of headings and buttons.
pub fn bold() -> FontFamily {
    FontFamily::Name("bold".into())
}

/// Chinese first, then the toolkit's own fonts; what neither has, the system's fonts draw.
pub fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    let carried: [(&str, &'static [u8]); 3] = [
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
    ];
    for (name, data) in carried {
        // Noto's line is high; this sets its Latin letters in the middle of a field.
        let tweak = FontTweak {
            y_offset_factor: -0.03,
            ..FontTweak::default()
        };
        fonts.font_data.insert(
            name.to_owned(),
            Arc::new(FontData::from_static(data).tweak(tweak)),
        );
    }
    if let Some(family) = fonts.families.get_mut(&FontFamily::Proportional) {
        family.insert(0, REGULAR.to_owned());
        // Arrows and the like, which the others lack.
        family.push("Hack".to_owned());
        family.push(SIGNS.to_owned());
    }
    if let Some(family) = fonts.families.get_mut(&FontFamily::Monospace) {
        family.insert(1, REGULAR.to_owned());
        family.push(SIGNS.to_owned());
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
    fonts
}
