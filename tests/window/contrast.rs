//! The contrast of painted frames, by the formula of WCAG 2.

use super::dock::PAGES;
use super::driver::Window;
use super::painted::Painted;
use crate::sockets::far_side;
use egui::accesskit::Role;
use egui::{Color32, Pos2, vec2};
use egui_kittest::kittest::NodeT as _;
use netpeer::settings::theme::ThemeSetting;
use netpeer::settings::{Settings, TabSettings};
use netpeer::words::Lang;

/// The least of text, and of signs and borders.
const TEXT: f32 = 4.5;
const SIGN: f32 = 3.0;

fn contrast(a: Color32, b: Color32) -> f32 {
    let luminance = |colour: Color32| {
        let [r, g, b] = [colour.r(), colour.g(), colour.b()].map(|channel| {
            let value = f32::from(channel) / 255.0;
            match value <= 0.03928 {
                true => value / 12.92,
                false => ((value + 0.055) / 1.055).powf(2.4),
            }
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    };
    let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
    a.max(b) / a.min(b)
}

impl Painted {
    /// Every text that is hard to read. One that is disabled, and so made translucent, may be.
    fn faint_texts(&self) -> Vec<String> {
        let mut faint = Vec::new();
        for (order, text, clip) in &self.texts {
            let at = text.pos + text.galley.rect.center().to_vec2();
            let ground = self.ground(at, *order);
            if text.fallback_color.a() < 255 || !clip.contains(at) {
                continue;
            }
            assert_eq!(ground.a(), 255, "a ground below {}", text.galley.text());
            for section in &text.galley.job.sections {
                let (start, end) = (section.byte_range.start.0, section.byte_range.end.0);
                let words = &text.galley.job.text[start..end];
                if words.trim().is_empty() {
                    continue;
                }
                let ink = match (text.override_text_color, section.format.color) {
                    (Some(ink), _) => ink,
                    (None, Color32::PLACEHOLDER) => text.fallback_color,
                    (None, ink) => ink,
                };
                let ground = ground.blend(section.format.background);
                let least = match words.chars().any(char::is_alphanumeric) {
                    true => TEXT,
                    false => SIGN,
                };
                let contrast = contrast(ground.blend(ink), ground);
                if contrast < least {
                    faint.push(format!("{words:?}: {contrast:.2}, {ink:?} on {ground:?}"));
                }
            }
        }
        faint
    }

    /// The contrast of the border around this place against the ground outside of it.
    fn border(&self, at: Pos2) -> Option<f32> {
        let around = self.rects.iter().filter(|(_, rect, clip)| {
            let is_line = rect.stroke.width > 0.0 && rect.stroke.color.a() > 0;
            is_line && rect.rect.contains(at) && clip.contains(at)
        });
        let (order, rect, _) = around.min_by(|a, b| a.1.rect.area().total_cmp(&b.1.rect.area()))?;
        let outside = rect.rect.left_center() - vec2(2.0, 0.0);
        let ground = self.ground(outside, *order);
        Some(contrast(ground.blend(rect.stroke.color), ground))
    }
}

/// A window that shows every kind of row.
fn with_rows(lang: Lang, theme: ThemeSetting) -> Window {
    let mut tab = TabSettings::default();
    tab.network.local_port = "0".into();
    let settings = Settings {
        tabs: vec![tab],
        theme,
        ..Settings::default()
    };
    let mut window = Window::with_settings(lang, settings);
    let local = window.connect();
    let (socket, to) = far_side();
    socket.send_to(b"received\r\n\x01", local).unwrap();
    socket.send_to(b"\xff\xfe", local).unwrap();
    window.fill("目标端口", "Target port", &to.port().to_string());
    window.fill("发送内容", "Message", "sent");
    window.click("发送", "Send");
    window.until_says("received");
    drop(socket);
    window
}

const THEMES: [ThemeSetting; 2] = [ThemeSetting::Light, ThemeSetting::Dark];

/// The axes of its plots fade where their numbers would crowd.
fn has_plots(page: &str) -> bool {
    ["Rates of the last minutes", "Load and measure"].contains(&page)
}

#[test]
fn every_text_stands_out_from_its_ground() {
    for theme in THEMES {
        for lang in Lang::ALL {
            let mut window = with_rows(lang, theme);
            assert_eq!(Painted::of(&window).faint_texts(), [""; 0], "{theme:?}");
            for (chinese, english) in PAGES {
                if has_plots(english) {
                    continue;
                }
                window.click(chinese, english);
                let faint = Painted::of(&window).faint_texts();
                assert_eq!(faint, [""; 0], "{theme:?} {english}");
            }
        }
    }
}

#[test]
fn every_text_of_an_empty_session_stands_out_from_its_ground() {
    for theme in THEMES {
        let settings = Settings {
            theme,
            ..Settings::default()
        };
        let window = Window::with_settings(Lang::English, settings);
        let painted = Painted::of(&window);
        assert!(painted.texts.len() > 30, "{}", painted.texts.len());
        assert_eq!(painted.faint_texts(), [""; 0], "{theme:?}");
    }
}

#[test]
fn every_field_has_a_border_that_can_be_seen() {
    for theme in THEMES {
        let mut window = with_rows(Lang::English, theme);
        for (chinese, english) in PAGES {
            window.click(chinese, english);
            let painted = Painted::of(&window);
            let nodes = window.harness.root().children_recursive();
            let fields = nodes.filter(|node| {
                let node = node.accesskit_node();
                let is_text = matches!(node.role(), Role::TextInput | Role::MultilineTextInput);
                is_text && !node.is_disabled()
            });
            let mut count = 0;
            for field in fields {
                let name = field.accesskit_node().label();
                // One that is scrolled out of sight is not painted.
                if let Some(border) = painted.border(field.rect().center()) {
                    assert!(border >= SIGN, "{theme:?} {english} {name:?}: {border}");
                    count += 1;
                }
            }
            assert!(count >= 3, "{english}: {count} fields");
        }
    }
}
