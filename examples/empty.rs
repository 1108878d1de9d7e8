//! An empty window of eframe, beside which the start of ours is measured.

struct Empty;

impl eframe::App for Empty {
    fn ui(&mut self, _ui: &mut egui::Ui, _frame: &mut eframe::Frame) {}
}

fn main() -> eframe::Result {
    let viewport = egui::ViewportBuilder::default()
        .with_app_id("empty-eframe")
        .with_inner_size([1_100.0, 720.0]);
    let options = eframe::NativeOptions {
        viewport,
        ..eframe::NativeOptions::default()
    };
    eframe::run_native("empty", options, Box::new(|_| Ok(Box::new(Empty))))
}
