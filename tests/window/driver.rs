//! A user of the window: finds controls by name, clicks, types, and waits.

mod session;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{By, NodeT as _, Queryable as _};
use egui_kittest::{Harness, Node};
use netpeer::app::{App, Desktop, Start};
use netpeer::settings::{LoadedSettings, Settings, Store, TabSettings, file_in, load};
use netpeer::words::Lang;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

const DEADLINE: Duration = Duration::from_secs(10);

pub struct Window {
    pub harness: Harness<'static, App>,
    lang: Lang,
    copied: String,
    opened: String,
}

/// The press of a key and its release.
pub fn key(modifiers: Modifiers, key: Key) -> [egui::Event; 2] {
    [true, false].map(|pressed| egui::Event::Key {
        key,
        physical_key: None,
        pressed,
        repeat: false,
        modifiers,
    })
}

/// The node of this name, except cells and titles of the log, which name themselves by their
/// content.
fn of_control(name: &str) -> By<'_> {
    let by = By::new().label(name);
    by.predicate(|node| !matches!(node.role(), Role::Cell | Role::ColumnHeader))
}

impl Window {
    pub fn open(lang: Lang) -> Self {
        Self::with_settings(lang, Settings::default())
    }

    /// A UDP tab with port 0, so that the system chooses the port.
    pub fn udp(lang: Lang) -> Self {
        let mut tab = TabSettings::default();
        tab.network.local_port = "0".into();
        Self::with_settings(
            lang,
            Settings {
                tabs: vec![tab],
                ..Settings::default()
            },
        )
    }

    /// A TCP client that connects to this server; the caller accepts it.
    pub fn tcp_client(lang: Lang, server: SocketAddr) -> Self {
        let mut window = Self::open(lang);
        window.click("TCP 客户端", "TCP client");
        window.fill("远程端口", "Remote port", &server.port().to_string());
        window.open_session();
        window
    }

    pub fn with_settings(lang: Lang, settings: Settings) -> Self {
        Self::of_program(lang, settings, env!("CARGO_BIN_EXE_netpeer").as_ref())
    }

    /// The window of the executable at this place.
    pub fn of_program(lang: Lang, settings: Settings, program: &Path) -> Self {
        Self::start(
            lang,
            Start {
                settings,
                set_aside: None,
                store: None,
                journals: None,
                clipboard: None,
                requests: None,
                lang: Some(lang),
                system_lang: lang,
                program: program.into(),
                desktop: Desktop::default(),
            },
        )
    }

    /// Starts as the program does, with its settings in `dir`.
    pub fn in_dir(lang: Lang, dir: &Path) -> Self {
        let file = file_in(dir);
        let LoadedSettings {
            settings,
            set_aside,
        } = load(&file);
        let store = Some(Store::new(file, settings.clone()).unwrap());
        Self::start(
            lang,
            Start {
                settings,
                set_aside,
                store,
                journals: Some(dir.join("journal")),
                clipboard: None,
                requests: None,
                lang: None,
                system_lang: lang,
                program: env!("CARGO_BIN_EXE_netpeer").into(),
                desktop: Desktop::default(),
            },
        )
    }

    fn start(lang: Lang, start: Start) -> Self {
        // A box replaces missing characters, as in the program; by default the harness panics.
        let builder = Harness::builder()
            .with_size([1280.0, 800.0])
            .allow_missing_glyphs();
        let mut harness = builder.build_eframe(move |cc| App::new(&cc.egui_ctx, start));
        harness.step();
        Self {
            harness,
            lang,
            copied: String::new(),
            opened: String::new(),
        }
    }

    /// Ends the program as the window's close button does. Dropping it ends it as a crash does.
    pub fn close(mut self) {
        let app = self.harness.state_mut();
        #[cfg(target_os = "linux")]
        eframe::App::on_exit(app, None);
        #[cfg(not(target_os = "linux"))]
        eframe::App::on_exit(app);
    }

    /// The name in the window's language.
    pub fn name<'a>(&self, chinese: &'a str, english: &'a str) -> &'a str {
        if self.lang == Lang::Chinese {
            chinese
        } else {
            english
        }
    }

    pub fn switch(&mut self, lang: Lang) {
        self.lang = lang;
    }

    /// The control of this name.
    pub fn control<'a>(&'a self, name: &'a str) -> Node<'a> {
        self.harness.get(of_control(name))
    }

    pub fn click(&mut self, chinese: &str, english: &str) {
        let name = self.name(chinese, english).to_owned();
        self.click_name(&name);
    }

    pub fn click_name(&mut self, name: &str) {
        self.control(name).click();
        self.steps();
    }

    /// Scrolls to a control, because a click reaches only a visible one.
    pub fn scroll_to(&mut self, chinese: &str, english: &str) {
        let name = self.name(chinese, english).to_owned();
        self.control(&name).scroll_to_me();
        self.steps();
    }

    pub fn double_click(&mut self, name: &str) {
        let node = self.control(name);
        let pos = node.rect().center();
        node.hover();
        self.steps();
        // In one frame, because frames of a test are further apart than a double click.
        let events = [true, false, true, false].map(|pressed| egui::Event::PointerButton {
            pos,
            button: egui::PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        });
        self.harness.input_mut().events.extend(events);
        self.steps();
    }

    /// Replaces the text of a field.
    pub fn fill(&mut self, chinese: &str, english: &str, text: &str) {
        let name = self.name(chinese, english).to_owned();
        self.control(&name).focus();
        self.steps();
        self.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
        self.steps();
        self.harness.key_press(Key::Backspace);
        self.steps();
        if !text.is_empty() {
            self.control(&name).type_text(text);
        }
        self.steps();
    }

    pub fn value(&self, chinese: &str, english: &str) -> String {
        self.control(self.name(chinese, english))
            .value()
            .unwrap_or_default()
    }

    /// The position in the window.
    pub fn place(&self, chinese: &str, english: &str) -> egui::Rect {
        let name = self.name(chinese, english);
        self.control(name).rect()
    }

    pub fn has(&self, name: &str) -> bool {
        self.harness.query_all(of_control(name)).next().is_some()
    }

    pub fn says(&self, part: &str) -> bool {
        self.harness
            .query_all_by_label_contains(part)
            .next()
            .is_some()
    }

    pub fn is_ticked(&self, chinese: &str, english: &str) -> bool {
        let node = self.control(self.name(chinese, english));
        node.accesskit_node().toggled() == Some(egui::accesskit::Toggled::True)
    }

    /// Whether it is the selected one of several.
    pub fn is_chosen(&self, chinese: &str, english: &str) -> bool {
        let name = self.name(chinese, english);
        let mut nodes = self.harness.query_all(of_control(name));
        nodes.any(|node| {
            let node = node.accesskit_node();
            let is_on = node.toggled() == Some(egui::accesskit::Toggled::True);
            is_on || node.is_selected() == Some(true)
        })
    }

    pub fn is_enabled(&self, chinese: &str, english: &str) -> bool {
        let node = self.control(self.name(chinese, english));
        !node.accesskit_node().is_disabled()
    }

    pub fn press(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.steps();
    }

    /// Delivers these events in one frame, as a slow frame does; by default each has its own.
    pub fn at_once(&mut self, events: impl IntoIterator<Item = egui::Event>) {
        self.harness.input_mut().events.extend(events);
        for _ in 0..4 {
            self.steps();
        }
    }

    /// Drops a file on the window, as a file manager does.
    pub fn drop_file(&mut self, path: &Path) {
        #[derive(Debug)]
        struct Dropped(std::path::PathBuf);
        impl egui::DroppedFile for Dropped {
            fn path(&self) -> &Path {
                &self.0
            }
            fn bytes(&self) -> Result<Vec<u8>, String> {
                Err("nobody reads it here".into())
            }
        }
        let file = std::sync::Arc::new(Dropped(path.to_owned()));
        self.harness.input_mut().dropped_files.push(file);
        self.steps();
    }

    /// A few frames: enough for the effect of a click or a key.
    pub fn steps(&mut self) {
        for _ in 0..3 {
            self.harness.step();
            for command in &self.harness.output().platform_output.commands {
                match command {
                    egui::OutputCommand::CopyText(text) => self.copied.clone_from(text),
                    egui::OutputCommand::OpenUrl(page) => self.opened.clone_from(&page.url),
                    _ => {}
                }
            }
        }
    }

    /// Runs frames until a text appears, or until the deadline.
    pub fn until_says(&mut self, part: &str) {
        let part = part.to_owned();
        self.until(&part.clone(), move |window| window.says(&part));
    }

    pub fn until(&mut self, what: &str, condition: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + DEADLINE;
        while !condition(self) {
            assert!(
                Instant::now() < deadline,
                "waited for: {what}\n{}",
                self.labels()
            );
            self.harness.step();
        }
    }

    /// The whole name of the first control whose name contains this part.
    pub fn row(&self, part: &str) -> String {
        let node = self
            .harness
            .query_all_by_label_contains(part)
            .next()
            .unwrap_or_else(|| panic!("{part}\n{}", self.labels()));
        node.accesskit_node().label().unwrap_or_default()
    }

    /// The text that the last frame copied to the clipboard.
    pub fn copied(&self) -> String {
        self.copied.clone()
    }

    /// The address that was opened last in a browser.
    pub fn opened(&self) -> &str {
        &self.opened
    }

    /// The names of all controls, for the message of a failure.
    pub fn labels(&self) -> String {
        let all = self.harness.root().children_recursive();
        all.filter_map(|node| {
            node.accesskit_node()
                .label()
                .or(node.accesskit_node().value())
        })
        .collect::<Vec<_>>()
        .join("\n")
    }
}
