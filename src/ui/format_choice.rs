//! Choosing a kind of file.

use super::{UiContext, controls};
use crate::capture::CaptureFormat;
use crate::settings::tab::WrittenPath;
use crate::t;
use egui::{ComboBox, Ui};

/// The purpose of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileUse {
    Export,
    Recording,
}

impl FileUse {
    /// The formats that such a file may have.
    fn formats(self) -> impl Iterator<Item = CaptureFormat> {
        let all = CaptureFormat::written();
        all.filter(move |format| self == Self::Export || format.is_recorded())
    }
}

/// Takes the format that the ending of `path` names, if it names one; says whether it does.
pub fn follow(used: FileUse, format: &mut CaptureFormat, path: &WrittenPath) -> bool {
    let of_end = |end: String| used.formats().find(|format| format.extension() == end);
    let named = path.extension().and_then(of_end);
    *format = named.unwrap_or(*format);
    named.is_some()
}

/// The format of a file to be written at `path`: the name's ending and the choice follow
/// each other.
pub fn ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    used: FileUse,
    format: &mut CaptureFormat,
    path: &mut WrittenPath,
    width: f32,
) {
    let is_named = follow(used, format, path);
    let before = *format;
    let combo = ComboBox::from_id_salt("format")
        .icon(controls::combo_arrow)
        .selected_text(title(cx, *format))
        .width(width)
        .truncate()
        .show_ui(ui, |ui| {
            for choice in used.formats() {
                controls::item_of(ui, format, choice, title(cx, choice));
            }
            controls::close_when_chosen(ui);
        });
    controls::drop_down(ui, combo.response, &t!(cx.lang, "format.name"));
    if *format != before && is_named {
        path.set_extension(format.extension());
    }
}

pub fn title(cx: UiContext<'_>, format: CaptureFormat) -> String {
    t!(cx.lang, format.name_key())
}
