//! The bar at the top, and the menus of its controls: shapes and places.

use super::driver::Window;
use super::painted::Painted;
use egui::accesskit::Role;
use egui::{Key, Modifiers, Rect, Shape, vec2};
use egui_kittest::kittest::Queryable as _;
use netpeer::settings::{SMALLEST, Settings, TabSettings};
use netpeer::ui::theme::palette;
use netpeer::words::Lang;

/// The places at which cut tabs fade out.
fn fades(window: &Window) -> Vec<Rect> {
    let shapes = window.harness.output().shapes.iter();
    let meshes = shapes.filter_map(|shape| match &shape.shape {
        Shape::Mesh(mesh) => Some(mesh.calc_bounds()),
        _ => None,
    });
    let is_in_bar = |place: &Rect| place.is_positive() && place.bottom() <= 40.5;
    meshes.filter(is_in_bar).collect()
}

/// A window with these tabs, the first of which is chosen.
fn with_tabs(lang: Lang, titles: &[&str]) -> Window {
    let tab = |title: &&str| TabSettings {
        title: (*title).to_owned(),
        ..TabSettings::default()
    };
    let settings = Settings {
        tabs: titles.iter().map(tab).collect(),
        ..Settings::default()
    };
    Window::with_settings(lang, settings)
}

#[test]
fn the_chosen_tab_is_whole_and_its_cut_neighbours_fade_out() {
    let titles = [
        "UDP 127.0.0.1:38080",
        "the second",
        "the third",
        "the fourth",
        "the fifth",
        "UDP 127.0.0.1:38081",
    ];
    for lang in Lang::ALL {
        for (width, height) in [SMALLEST, (673.0, 421.0), (640.0, 400.0)] {
            let mut window = with_tabs(lang, &titles);
            window.harness.set_size(vec2(width, height));
            window.steps();
            for title in titles {
                // Scrolling to it takes a moment.
                window.until(title, |window| {
                    let places = Painted::of(window).places_of(title);
                    let fades = fades(window);
                    let is_clear = |place: &Rect| !fades.iter().any(|fade| fade.intersects(*place));
                    !fades.is_empty() && places.iter().any(is_clear)
                });
                window.press(Modifiers::CTRL, Key::Tab);
            }
        }
        let window = with_tabs(lang, &titles[..1]);
        assert!(fades(&window).is_empty());
    }
}

#[test]
fn the_palette_begins_with_its_field() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        window.press(Modifiers::COMMAND, Key::K);
        let field = window.place("查找命令", "Find a command");
        let painted = Painted::of(&window);
        let ground = palette(&window.harness.ctx).panel;
        let around = painted.rects.iter().filter(|(_, shape, _)| {
            let is_apart = shape.rect.width() > field.width() + 10.0;
            shape.fill == ground && shape.rect.contains_rect(field) && is_apart
        });
        let areas = around.map(|(_, shape, _)| shape.rect);
        let frame = areas.min_by(|a, b| a.area().total_cmp(&b.area())).unwrap();
        let above = field.top() - frame.top();
        assert!((0.0..=20.0).contains(&above), "{frame} {field}");
    }
}

#[test]
fn what_can_be_recorded_has_a_ring_and_a_recorded_tab_a_sign_clear_of_its_title() {
    for lang in Lang::ALL {
        let dir = tempfile::tempdir().unwrap();
        let mut tab = TabSettings::default();
        tab.network.local_port = "0".into();
        let file = dir.path().join("log.pcapng");
        tab.receive.recording.path.set(&file);
        tab.receive.recording.on = true;
        let settings = Settings {
            tabs: vec![tab],
            ..Settings::default()
        };
        let mut window = Window::with_settings(lang, settings);
        // With the size of the file, the button needs more room than a narrow toolbar has.
        window.harness.set_size(vec2(1_600.0, 800.0));
        window.steps();
        let begins = |window: &Window, sign: &str| {
            let painted = Painted::of(window);
            let mut texts = painted.whole().into_iter();
            texts.any(|(text, _)| text.starts_with(sign))
        };
        assert!(begins(&window, "○ ") && !begins(&window, "● 0"));
        let local = window.connect();
        window.until("it records", |window| begins(window, "● 0"));
        assert!(!begins(&window, "○ "));
        let painted = Painted::of(&window);
        let tab = window.harness.get_by_role(Role::Tab).rect();
        let is_sign = |at: egui::Pos2, radius: f32| radius == 5.5 && tab.contains(at);
        let mut circles = painted.circles.iter();
        let sign = circles.find(|circle| is_sign(circle.center, circle.radius));
        let sign = sign.expect("the sign of the recording");
        let title = painted.places_of(&format!("UDP {local}"));
        let title = title.first().expect("the title of the tab");
        let gap = sign.center.x - sign.radius - title.right();
        assert!(gap >= 6.0, "{gap}");
    }
}
