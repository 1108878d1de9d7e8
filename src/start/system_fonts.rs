//! The system's fonts, for characters that the program's own fonts lack.

use crate::jobs::caught;
use egui::epaint::text::{FallbackRequest, FontInsert, FontProvider};
use egui_system_font_provider::SystemFontProvider;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};

/// Asks the system for a font; returns none after the provider panicked once.
///
/// The provider lists the fonts on its own thread, which panics on a system without fonts
/// (fontique unwraps the result of fontconfig). Waiting for that thread then panics too. A peer
/// chooses the characters, so a missing font must not end the window.
pub struct SystemFonts<P = SystemFontProvider> {
    provider: Option<P>,
    failed: AtomicBool,
}

impl<P: FontProvider> SystemFonts<P> {
    fn new(provider: Option<P>) -> Self {
        Self {
            provider,
            failed: AtomicBool::new(false),
        }
    }
}

impl Default for SystemFonts {
    fn default() -> Self {
        // It panics where the system has no thread left.
        Self::new(caught(SystemFontProvider::new).ok())
    }
}

impl<P: FontProvider> FontProvider for SystemFonts<P> {
    fn font_for(&self, request: &FallbackRequest<'_>) -> Option<FontInsert> {
        if self.failed.load(Ordering::Relaxed) {
            return None;
        }
        let provider = self.provider.as_ref()?;
        // The provider is not used again after a panic.
        let found = catch_unwind(AssertUnwindSafe(|| provider.font_for(request)));
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
        let fonts = SystemFonts::new(Some(Broken));
        let request = FallbackRequest {
            cluster: "龘",
            family: &FontFamily::Proportional,
        };
        assert!(fonts.font_for(&request).is_none());
        assert!(fonts.font_for(&request).is_none());
        let fonts = SystemFonts::<Broken>::new(None);
        assert!(fonts.font_for(&request).is_none());
    }
}
