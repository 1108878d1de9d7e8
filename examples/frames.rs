//! Measures the frame times of the real window, for benchmarks.
//!
//! `frames CONFIG_DIR` opens the window with the settings there and connects its tab. Orders are
//! lines on the standard input: `begin` forgets the frames so far, `paint N` paints N frames
//! without a pause, `report` prints one line about them:
//!
//! ```text
//! COUNT frames; between two: MEDIAN P99 MOST; work: …; own: …     (all in ms)
//! ```
//!
//! The work is all of a frame but the wait for the screen; the own part is what this program does
//! before its shapes go to the renderer.

use crossbeam_channel::Receiver;
use netpeer::app::App;
use std::io::BufRead as _;
use std::time::{Duration, Instant};

struct Watched {
    app: App,
    orders: Receiver<String>,
    connected: bool,
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
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        self.app.clear_color(visuals)
    }

    fn raw_input_hook(&mut self, _ctx: &egui::Context, input: &mut egui::RawInput) {
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
    let config = std::env::args_os()
        .nth(1)
        .ok_or("usage: frames CONFIG_DIR")?;
    let options = netpeer::start::LaunchOptions {
        config: Some(config.into()),
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
            connected: false,
            paint: 0,
            last: None,
            between: Vec::new(),
            work: Vec::new(),
            own: Vec::new(),
        }))
    })?;
    Ok(())
}
