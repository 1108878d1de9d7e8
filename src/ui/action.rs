//! The user's requests. Panels return an [`Action`]; only `App::act` carries it out.

use super::export_window::ExportAction;
use super::palette::WindowCommand;
use crate::config::SessionConfig;
use crate::connection_id::FarSide;
use crate::engine::Command;
use crate::engine::evidence::Permission;
use crate::explain::doctor::{Cure, Situation};
use crate::payload::charset::Charset;
use crate::payload::composition::Composition;
use crate::peer::Peer;
use crate::settings::dock::Page;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::PathBuf;

/// A message to be edited and sent.
#[derive(Clone, Debug)]
pub struct Composed {
    pub composition: Composition,
    /// The encoding of its text; `None` sends it in whichever is chosen.
    pub charset: Option<Charset>,
    /// Where it is to go; `None` leaves the target as it is.
    pub to: Option<FarSide>,
}

/// Values for the form of fields.
#[derive(Clone, Debug)]
pub struct FilledForm {
    /// By the paths of their fields.
    pub fields: BTreeMap<String, String>,
    /// Where the message is to go; `None` leaves the target as it is.
    pub to: Option<FarSide>,
}

#[derive(Clone, Debug)]
pub enum Action {
    /// Open the active tab's connection, as its settings say.
    Open,
    /// Close the active tab's connection.
    Close,
    /// Pass an order to the active tab's worker.
    Worker(Command),
    /// Send the content of the active tab's composer and add it to the history.
    Send(Command),
    /// Put a message into the active tab's send box, or into a new tab's.
    Compose(Composed),
    /// Put values into the form of the active tab's send box, or into a new tab's.
    FillForm(FilledForm),
    /// Keep a message as a snippet, under a name that is asked for.
    KeepSnippet(Composition),
    /// Take a snippet out of the group at this place.
    RemoveSnippet {
        group: usize,
        at: usize,
    },
    /// Take the rule at this place out of the active tab.
    RemoveRule(usize),
    /// Takes the step at this place out of the sequence of the tab in front.
    RemoveStep(usize),
    /// Takes the line at this place out of the poll table of the tab in front.
    RemovePoll(usize),
    /// Add a rule for messages like the one in this row of the active tab, which is off.
    MakeRule(u64),
    /// Ask for the file of a scenario of these rows of the active tab.
    MakeScenario(Vec<RangeInclusive<u64>>),
    /// Show a program for the other side of the active tab's session; it sends the bytes of this
    /// row, or a greeting.
    ShowPeerCode(Option<u64>),
    /// Show only the rows of this peer in the active tab.
    FilterPeer(Peer),
    /// Make this address, or the connection to it, the target of the active tab's send box.
    SetTarget(FarSide),
    /// Write the active tab's log to a file, or stop doing that.
    Export(ExportAction),
    /// Take the active tab's rows out of its log; its counters stay.
    Clear,
    /// Undo the last closing, clearing or removal.
    Undo,
    ResetCounters,
    /// Ask the doctor about the active tab, on its page.
    Diagnose(Permission),
    /// Show an entry of the doctor's catalogue.
    ShowEntry(Situation),
    /// Show the entry of a finding, with what was seen.
    ShowFinding(Situation),
    /// Change the settings of the active tab as the doctor proposes.
    Cure(Cure),
    /// Open the active tab anew after a cure, so that its peer forgets what was sent before.
    OpenCured,
    /// Open a page of the dock.
    ShowPage(Page),
    /// Open a page of the dock, or close it.
    TogglePage(Page),
    /// Show a recorded file in a tab of its own.
    OpenFile(PathBuf),
    /// Open a tab from which a recorded file can be sent again.
    ReplayFile(PathBuf),
    NewTab,
    /// Make a tab for each of these sessions, and open none of them.
    NewTabs(Vec<SessionConfig>),
    SelectTab(usize),
    CloseTab(usize),
    /// Close every tab but the one at this place.
    CloseOtherTabs(usize),
    /// Open a tab with the settings of the one at this place.
    DuplicateTab(usize),
    /// Move the tab from one place to another.
    MoveTab(usize, usize),
    /// Give the tab at this place a name; an empty one takes it away.
    RenameTab(usize, String),
    /// Carry out a command of the window.
    Command(WindowCommand),
    SwitchLanguage,
    /// Edit the description in the file at this path.
    EditDescription(PathBuf),
    /// Read the folder of the user's descriptions again.
    ReadDescriptions,
    /// Ask the system again which interfaces there are.
    ReadInterfaces,
    /// The message above the panels was read.
    DismissBanner,
    /// Follow the active tab's rules again, the paused one too; or none of them.
    ResumeRules,
    EndRules,
    /// Raise the limit that was reached in the tab at this place, or say no more of it.
    RaiseLimit(usize),
    DismissLimit(usize),
    /// Read back the logs of sessions that a crash ended.
    RestoreLogs,
    /// Delete the logs that the banner offers to restore.
    DiscardLogs,
}
