//! The system's fonts, for characters that the program's own fonts lack.

use egui::epaint::text::{FallbackRequest, FontInsert, FontProvider};
use egui_system_font_provider::SystemFontProvider;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};

/// Asks the system for a font, and draws a box where that fails.
///
/// The provider lists the fonts on a thread of its own, which panics on a system without
/// any (fontique unwraps what fontconfig does not find), and waiting for it then panics
/// here. A peer chooses the characters, so a font that is missing may not end the window.
pub struct SystemFonts<P = SystemFontProvider> {
    provider: P,
    failed: AtomicBool,
}

impl<P: FontProvider> SystemFonts<P> {
    fn new(provider: P) -> Self {
        Self {
            provider,
            failed: AtomicBool::new(false),
        }
    }
}

impl Default for SystemFonts {
    fn default() -> Self {
        Self::new(SystemFontProvider::new())
    }
}

impl<P: FontProvider> FontProvider for SystemFonts<P> {
    fn font_for(&self, request: &FallbackRequest<'_>) -> Option<FontInsert> {
        if self.failed.load(Ordering::Relaxed) {
            return None;
        }
        // Nothing of it is used again after a panic.
        let found = catch_unwind(AssertUnwindSafe(|| self.provider.font_for(request)));
        found.unwrap_or_else(|_| {
            self.failed.store(true, Ordering::Relaxed);
            None
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::FontFamily;

    struct Broken;

    impl FontProvider for Broken {
        fn font_for(&self, _: &FallbackRequest<'_>) -> Option<FontInsert> {
            panic!("no fonts");
        }
    }

    #[test]
    fn a_provider_that_panics_is_one_without_fonts() {
        let fonts = SystemFonts::new(Broken);
        let request = FallbackRequest {
            cluster: "龘",
            family: &FontFamily::Proportional,
        };
        assert!(fonts.font_for(&request).is_none());
        assert!(fonts.font_for(&request).is_none());
    }
}
