//! Messages about the program itself.

use super::App;
use crate::journal::Leftover;
use crate::say;
use crate::settings::SetAside;
use crate::traffic::Failure;
use crate::ui::Action;

/// A message about the program itself.
pub enum Banner {
    SetAside(SetAside),
    NotSaved(std::io::Error),
    /// The log cannot be written to disk.
    NoJournal(std::io::Error),
    /// A recording ended because its file cannot be written.
    NotRecorded(Failure),
    /// Logs of sessions that did not end cleanly.
    Leftover(Vec<Leftover>),
}

impl App {
    /// What is to be told, and what can be done about it.
    pub(super) fn banner_now(&self) -> Option<(String, Vec<(String, Action)>)> {
        if let Some(text) = self.banner_text() {
            let leftover = matches!(self.banner, Some(Banner::Leftover(_)));
            let mut offers = vec![match leftover {
                true => (say!(self.lang, "journal.discard"), Action::DismissBanner),
                false => (say!(self.lang, "settings.dismiss"), Action::DismissBanner),
            }];
            if leftover {
                offers.push((say!(self.lang, "journal.restore"), Action::RestoreLogs));
            }
            return Some((text, offers));
        }
        let tab = self.tabs.get(self.active)?;
        let text = tab.rules.banner(self.lang, &tab.session)?;
        let offers = vec![
            (say!(self.lang, "rules.turn_off"), Action::EndRules),
            (say!(self.lang, "rules.resume"), Action::ResumeRules),
        ];
        Some((text, offers))
    }

    fn banner_text(&self) -> Option<String> {
        Some(match self.banner.as_ref()? {
            Banner::NoJournal(error) => say!(
                self.lang,
                "journal.failed",
                reason = error,
                budget = self.preferences.log_mib
            ),
            Banner::NotRecorded(failure) => {
                let said = crate::explain::failure(self.lang, failure);
                let detail = match said.detail.as_str() {
                    "" => String::new(),
                    detail => format!(" ({detail})"),
                };
                format!("{}{detail} · {}", said.what, said.cure)
            }
            Banner::Leftover(leftovers) => {
                let bytes = leftovers.iter().map(|leftover| leftover.bytes).sum();
                say!(
                    self.lang,
                    "journal.leftover",
                    count = leftovers.len(),
                    size = crate::ui::size(bytes)
                )
            }
            Banner::SetAside(aside) => aside.explain(self.lang),
            Banner::NotSaved(error) => {
                let path = self
                    .store
                    .as_ref()
                    .map(|store| store.file().display().to_string())
                    .unwrap_or_default();
                say!(self.lang, "settings.not_saved", path = path, reason = error)
            }
        })
    }
}
