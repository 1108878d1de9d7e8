//! Measures the frame times of the real window, for benchmarks.
//!
//! `frames CONFIG_DIR` opens the window with the settings there and connects its tab. `frames
//! CONFIG_DIR FILE` opens a capture instead. Orders are lines on the standard input: `begin`
//! forgets the frames so far, `paint N` paints N frames without a pause, `report` prints one line
//! about them, and `totals` one about the tab in front:
//!
//! ```text
//! COUNT frames; between two: MEDIAN P99 MOST; work: …; own: …     (all in ms)
//! totals RECEIVED SENT DROPPED TRIMMED                     (in records)
//! ```
//!
//! It also prints a line once a frame is on the screen: of each pressed key the frame that
//! contains its effect, with whether a text field has the keyboard focus; and the first frame with
//! rows. The times are nanoseconds since 1970.
//!
//! ```text
//! key NANOSECONDS true|false
//! rows NANOSECONDS
//! ```
//!
//! `work` is the time of a frame without the wait for the screen, and `own` the part of it before
//! the shapes go to the renderer.

use crossbeam_channel::Receiver;
use netpeer::app::App;
use std::io::BufRead as _;
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

struct Watched {
    app: App,
    orders: Receiver<String>,
    connected: bool,
    /// The presses of keys that the present frame has.
    pressed: usize,
    has_rows: bool,
    /// What is reported once the present frame is on the screen: the words before and after the
    /// time.
    shown: Vec<(&'static str, String)>,
    /// The number of frames still to be painted without a pause.
    paint: u32,
    last: Option<Instant>,
    between: Vec<Duration>,
    work: Vec<Duration>,
    own: Vec<Duration>,
}

impl Watched {
    fn execute(&mut self, order: &str) {
        match order.split_once(' ').unwrap_or((order, "")) {
            ("begin", _) => {
                self.between.clear();
                self.work.clear();
                self.own.clear();
                self.last = None;
            }
            ("paint", count) => self.paint = count.parse().unwrap_or(0),
            ("totals", _) => {
                let totals = self.app.totals().unwrap_or_default();
                println!(
                    "totals {} {} {} {}",
                    totals.received.records, totals.sent.records, totals.dropped, totals.trimmed
                );
            }
            _ => println!(
                "{} frames; between two: {}; work: {}; own: {}",
                self.work.len(),
                figures(&mut self.between),
                figures(&mut self.work),
                figures(&mut self.own)
            ),
        }
    }
}

/// The median, the 99th percentile, and the maximum, in milliseconds.
fn figures(times: &mut [Duration]) -> String {
    times.sort();
    let at = |part: usize| times.get((times.len() * part / 100).min(times.len().max(1) - 1));
    let figures = [at(50), at(99), times.last()];
    let ms = |time: Option<&Duration>| time.map_or(0.0, Duration::as_secs_f64) * 1e3;
    figures.map(|time| format!("{:.1}", ms(time))).join(" ")
}

impl eframe::App for Watched {
    fn logic(&mut self, ctx: &egui::Context, frame: &mut eframe::Frame) {
        let now = Instant::now();
        if let Some(last) = self.last.replace(now) {
            self.between.push(now - last);
        }
        let cost = frame.info().cpu_usage.unwrap_or(0.0).max(0.0);
        self.work.push(Duration::from_secs_f32(cost));
        for order in self.orders.try_iter().collect::<Vec<_>>() {
            self.execute(&order);
        }
        if self.paint > 0 {
            self.paint -= 1;
            ctx.request_repaint();
        }
        self.app.logic(ctx, frame);
        self.own.push(now.elapsed());
    }

    fn ui(&mut self, ui: &mut egui::Ui, frame: &mut eframe::Frame) {
        let now = Instant::now();
        self.app.ui(ui, frame);
        if let Some(own) = self.own.last_mut() {
            *own += now.elapsed();
        }
        let ctx = ui.ctx();
        for _ in 0..std::mem::take(&mut self.pressed) {
            let is_typed = ctx.text_edit_focused();
            self.shown.push(("key", format!(" {is_typed}")));
        }
        let totals = self.app.totals().unwrap_or_default();
        if !self.has_rows && totals.received.records + totals.sent.records > 0 {
            self.has_rows = true;
            self.shown.push(("rows", String::new()));
        }
        if !self.shown.is_empty() {
            // The next frame begins when this one is on the screen.
            ctx.request_repaint();
        }
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        self.app.clear_color(visuals)
    }

    fn raw_input_hook(&mut self, _ctx: &egui::Context, input: &mut egui::RawInput) {
        for (what, more) in self.shown.drain(..) {
            if let Ok(now) = SystemTime::now().duration_since(UNIX_EPOCH) {
                println!("{what} {}{more}", now.as_nanos());
            }
        }
        let is_press =
            |event: &&egui::Event| matches!(event, egui::Event::Key { pressed: true, .. });
        self.pressed += input.events.iter().filter(is_press).count();
        if !std::mem::replace(&mut self.connected, true) {
            input.events.push(egui::Event::Key {
                key: egui::Key::F5,
                physical_key: None,
                pressed: true,
                repeat: false,
                modifiers: egui::Modifiers::NONE,
            });
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let config = arguments.next().ok_or("usage: frames CONFIG_DIR [FILE]")?;
    let file = arguments.next().map(PathBuf::from);
    let opens_file = file.is_some();
    let options = netpeer::start::LaunchOptions {
        config: Some(config.into()),
        open: file.into_iter().collect(),
        ..netpeer::start::LaunchOptions::default()
    };
    netpeer::start::window_of(options, |ctx, app| {
        let (given, orders) = crossbeam_channel::unbounded();
        let ctx = ctx.clone();
        let read = move || {
            for line in std::io::stdin().lock().lines().map_while(Result::ok) {
                given.send(line).ok();
                ctx.request_repaint();
            }
        };
        std::thread::Builder::new()
            .name("orders".into())
            .spawn(read)?;
        Ok(Box::new(Watched {
            app,
            orders,
            connected: opens_file,
            pressed: 0,
            has_rows: false,
            shown: Vec::new(),
            paint: 0,
            last: None,
            between: Vec::new(),
            work: Vec::new(),
            own: Vec::new(),
        }))
    })?;
    Ok(())
}
