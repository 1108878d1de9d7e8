//! The field for who should send to a session that only waits.

use crate::engine::{Endpoint, Host, Interfaces, endpoint};
use crate::settings::tab::AddressFault;
use crate::ui::controls::TextField;
use crate::ui::{UiContext, address, controls, theme};
use crate::{explain, t};
use egui::{Color32, Key, Ui};

/// The narrowest and the widest field, in points.
const NARROWEST: f32 = 90.0;
const WIDEST: f32 = 200.0;

/// What is typed: `host` or `host:port`; empty if nobody is named.
#[derive(Debug, Default)]
pub struct SenderField {
    text: String,
}

impl SenderField {
    /// The machine that is named, with port 0 if no port is; `None` if the field is empty.
    ///
    /// # Errors
    /// The error of the text.
    pub fn endpoint(&self, interfaces: &Interfaces) -> Result<Option<Endpoint>, AddressFault> {
        let text = self.text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        let (host, port) = match endpoint::split_last(text) {
            Some((host, port)) => {
                let port = endpoint::parse_port(&port).map_err(AddressFault::Port)?;
                (host, port)
            }
            None => (text.to_owned(), 0),
        };
        let host = Host::parse(&host, interfaces).map_err(AddressFault::Host)?;
        Ok(Some(Endpoint { host, port }))
    }

    /// What is typed, as it is kept with a question.
    pub fn text(&self) -> &str {
        self.text.trim()
    }

    /// Shows the field and its error; says whether Enter was pressed in it.
    pub fn ui(&mut self, ui: &mut Ui, cx: UiContext<'_>) -> bool {
        let fault = self.endpoint(cx.interfaces).err();
        let fault = fault.map(|fault| explain::address_fault(cx.lang, &fault));
        let name = t!(cx.lang, "diagnose.sender");
        let caption =
            ui.painter()
                .layout_no_wrap(name.clone(), theme::body(), Color32::PLACEHOLDER);
        let beside = caption.size().x + ui.spacing().item_spacing.x;
        let width = (ui.available_width() - beside).clamp(NARROWEST, WIDEST);
        let hint = t!(cx.lang, "diagnose.sender_hint");
        // What stands above it comes and goes.
        let field = TextField {
            id: Some(ui.scope_id().with("sender")),
            ..TextField::new(&mut self.text, &name, "", width).fault(fault.as_deref())
        };
        let field = controls::captioned(ui, &name, width, cx.palette, |ui| {
            field.show(ui, cx.palette).on_hover_text(hint)
        });
        address::remark_ui(ui, cx, &self.text, fault.as_deref());
        field.lost_focus() && fault.is_none() && ui.input(|input| input.key_pressed(Key::Enter))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Option<Endpoint>, AddressFault> {
        let field = SenderField { text: text.into() };
        field.endpoint(&Interfaces::default())
    }

    #[test]
    fn a_sender_is_a_host_with_or_without_a_port() {
        let at = |ip: [u8; 4], port| Endpoint::from(std::net::SocketAddr::from((ip, port)));
        assert_eq!(read(" "), Ok(None));
        assert_eq!(read("10.0.0.9"), Ok(Some(at([10, 0, 0, 9], 0))));
        assert_eq!(read(" 10.0.0.9:80 "), Ok(Some(at([10, 0, 0, 9], 80))));
        assert!(matches!(read("10.0.0.999"), Err(AddressFault::Host(_))));
        assert!(matches!(read("10.0.0.9:0"), Err(AddressFault::Port(_))));
    }
}
