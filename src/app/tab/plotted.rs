//! The rows that the plot of a tab follows.

use super::Tab;
use crate::traffic::plot::PlotSource;
use crate::ui::field_plot::PlotRows;
use std::sync::Arc;

impl Tab {
    /// Takes the new points of the plot. Only the rows that the log shows are plotted. `wake` is
    /// called when there are more.
    pub fn follow_plot(&mut self, wake: impl Fn() + Send + 'static) {
        let source = match &self.view.schema {
            Some(described) => PlotSource::Described(Arc::clone(described)),
            None => PlotSource::Text(self.framing()),
        };
        let sought = self.search.sought(self.search_box.only);
        let rows = PlotRows {
            log: &self.session.log,
            source,
            shown: self.view.shown,
            found: sought
                .filter(|sought| sought.only)
                .map(|sought| sought.found),
        };
        self.panels.plot.follow(&self.drafts.plot, &rows, wake);
    }
}
