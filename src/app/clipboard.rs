//! The X11 clipboard, read on a thread: its owner is another program, which may never answer
//! (ICCCM §2.4 sets no deadline). A read cannot be cancelled; a late answer is dropped.
//!
//! egui-winit is built without this clipboard and keeps copied text to itself. Its paste
//! events report when the user pastes; their text is replaced by that of the X11 clipboard.

use crate::jobs::{Died, Job, JobOutcome};
use egui::{Context, Event, OutputCommand, PointerButton, Pos2};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a paste waits for the owner's answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// A selection of X11 (ICCCM §2.6.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClipboardKind {
    Clipboard,
    /// The selected text, which the middle mouse button pastes.
    Primary,
}

/// The system's clipboard.
pub trait SystemClipboard: Send + Sync {
    /// The text of a selection; `None` if there is none. May block for long.
    fn read(&self, selection: ClipboardKind) -> Option<String>;
    fn write(&self, selection: ClipboardKind, text: String);
}

/// The clipboard of the window, with at most one read in progress.
pub struct Clipboard {
    system: Arc<dyn SystemClipboard>,
    reading: Option<PendingRead>,
    /// Key events after a paste. They are delivered after its text, to keep the order.
    deferred: Vec<Event>,
    /// Whether the toolkit's own clipboard has content: without content it reports no paste.
    seeded: bool,
    /// The panic of the reading thread, until it is reported.
    died: Option<Died>,
}

struct PendingRead {
    began: Instant,
    answer: Job<Option<String>>,
    /// Where the middle button was pressed; `None` for a paste by key.
    at: Option<Pos2>,
    /// Whether the window stopped waiting for the answer.
    late: bool,
}

impl Clipboard {
    pub fn new(system: Arc<dyn SystemClipboard>) -> Self {
        Self {
            system,
            reading: None,
            deferred: Vec::new(),
            seeded: false,
            died: None,
        }
    }

    /// The panic that a paste ran into, reported once.
    pub fn died(&mut self) -> Option<Died> {
        self.died.take()
    }

    /// Moves pastes into the input events in their order. Returns whether a paste fails because the
    /// owner of the clipboard takes longer than a second.
    pub fn input(&mut self, ctx: &Context, events: &mut Vec<Event>) -> bool {
        let came = std::mem::take(events);
        let mut late = false;
        if let Some(reading) = &mut self.reading {
            match reading.answer.poll() {
                Some(JobOutcome::Done(text)) => {
                    let text = text.filter(|text| !text.is_empty() && !reading.late);
                    let at = reading.at;
                    self.reading = None;
                    events.extend(text.map(|text| match at {
                        Some(pos) => Event::MiddleClickPaste { pos, text },
                        None => Event::Paste(text),
                    }));
                }
                Some(ended) => {
                    self.died = ended.died();
                    self.reading = None;
                }
                None if reading.late => {}
                None if reading.began.elapsed() >= PATIENCE => {
                    reading.late = true;
                    late = true;
                }
                None => {
                    ctx.request_repaint_after(PATIENCE.saturating_sub(reading.began.elapsed()));
                }
            }
        }
        let deferred = std::mem::take(&mut self.deferred);
        for event in deferred.into_iter().chain(came) {
            late |= self.take(ctx, event, events);
        }
        late
    }

    /// Handles one input event. Returns whether it is a paste that cannot be served.
    fn take(&mut self, ctx: &Context, event: Event, events: &mut Vec<Event>) -> bool {
        let waits = self.reading.as_ref().is_some_and(|reading| !reading.late);
        match event {
            Event::Key { .. }
            | Event::Text(_)
            | Event::Ime(_)
            | Event::Copy
            | Event::Cut
            | Event::Paste(_)
                if waits =>
            {
                self.deferred.push(event);
            }
            Event::Paste(_) => return !self.begin(ctx, None),
            Event::PointerButton {
                pos,
                button: PointerButton::Middle,
                pressed: true,
                ..
            } => {
                events.push(event);
                if !waits {
                    self.begin(ctx, Some(pos));
                }
            }
            event => events.push(event),
        }
        false
    }

    /// Starts to read the selection. `false` if the previous read has no answer yet, or if no
    /// thread can be started.
    fn begin(&mut self, ctx: &Context, at: Option<Pos2>) -> bool {
        if self.reading.is_some() {
            return false;
        }
        let selection = match at {
            Some(_) => ClipboardKind::Primary,
            None => ClipboardKind::Clipboard,
        };
        let (system, repaint) = (Arc::clone(&self.system), ctx.clone());
        let wake = move || repaint.request_repaint();
        let Ok(answer) = Job::start("clipboard", wake, move |_| Ok(system.read(selection))) else {
            return false;
        };
        ctx.request_repaint_after(PATIENCE);
        self.reading = Some(PendingRead {
            began: Instant::now(),
            answer,
            at,
            late: false,
        });
        true
    }

    /// Passes text that was copied or selected in this frame to the X11 clipboard.
    pub fn output(&mut self, ctx: &Context) {
        let copied: Vec<_> = ctx.output(|output| {
            let text = |command: &OutputCommand| match command {
                OutputCommand::CopyText(text) => Some((ClipboardKind::Clipboard, text.clone())),
                OutputCommand::TextSelectionSettled(text) => {
                    Some((ClipboardKind::Primary, text.clone()))
                }
                _ => None,
            };
            output.commands.iter().filter_map(text).collect()
        });
        for (selection, text) in copied {
            self.system.write(selection, text);
        }
        if !self.seeded {
            self.seeded = true;
            ctx.copy_text(" ".into());
        }
    }
}

/// The clipboard of the X server; `None` without an X server. On Wayland the toolkit talks to
/// the compositor itself.
#[cfg(target_os = "linux")]
pub fn of_x11() -> Option<Clipboard> {
    use arboard::{GetExtLinux as _, LinuxClipboardKind, SetExtLinux as _};
    use std::sync::Mutex;

    struct X11(Mutex<arboard::Clipboard>);

    fn kind(selection: ClipboardKind) -> LinuxClipboardKind {
        match selection {
            ClipboardKind::Clipboard => LinuxClipboardKind::Clipboard,
            ClipboardKind::Primary => LinuxClipboardKind::Primary,
        }
    }

    impl SystemClipboard for X11 {
        fn read(&self, selection: ClipboardKind) -> Option<String> {
            // A connection of its own: a write does not wait for a read.
            let mut clipboard = connected()?;
            clipboard.get().clipboard(kind(selection)).text().ok()
        }

        fn write(&self, selection: ClipboardKind, text: String) {
            if let Ok(mut clipboard) = self.0.lock() {
                // Fails only without a server, and then there is no window either.
                clipboard.set().clipboard(kind(selection)).text(text).ok();
            }
        }
    }

    Some(Clipboard::new(Arc::new(X11(Mutex::new(connected()?)))))
}

/// A connection to the clipboard of the X server. It panics where the system has no thread left.
#[cfg(target_os = "linux")]
fn connected() -> Option<arboard::Clipboard> {
    crate::jobs::caught(arboard::Clipboard::new).ok()?.ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossbeam_channel::{Receiver, Sender};

    /// A clipboard owner that answers when the test allows it.
    struct Slow(Receiver<&'static str>);

    impl SystemClipboard for Slow {
        fn read(&self, _: ClipboardKind) -> Option<String> {
            self.0.recv().ok().map(Into::into)
        }

        fn write(&self, _: ClipboardKind, _: String) {}
    }

    fn slow() -> (Clipboard, Sender<&'static str>) {
        let (answer, asked) = crossbeam_channel::unbounded();
        (Clipboard::new(Arc::new(Slow(asked))), answer)
    }

    fn text(text: &str) -> Event {
        Event::Text(text.into())
    }

    /// Runs frames without input until one returns events or a late paste.
    fn until(clipboard: &mut Clipboard, ctx: &Context) -> (Vec<Event>, bool) {
        let deadline = Instant::now() + 5 * PATIENCE;
        loop {
            let mut events = Vec::new();
            let late = clipboard.input(ctx, &mut events);
            if late || !events.is_empty() {
                return (events, late);
            }
            assert!(Instant::now() < deadline);
            std::thread::yield_now();
        }
    }

    #[test]
    fn keys_typed_after_a_paste_stay_after_it() {
        let (ctx, (mut clipboard, answer)) = (Context::default(), slow());
        let paste = Event::Paste("the toolkit's own".into());
        let mut events = vec![text("a"), paste, text("b")];
        assert!(!clipboard.input(&ctx, &mut events));
        assert_eq!(events, [text("a")]);
        answer.send("x\r\ny").unwrap();
        let pasted = vec![Event::Paste("x\r\ny".into()), text("b")];
        assert_eq!(until(&mut clipboard, &ctx), (pasted, false));
    }

    /// A clipboard whose read panics.
    struct Broken;

    impl SystemClipboard for Broken {
        fn read(&self, _: ClipboardKind) -> Option<String> {
            panic!("broken")
        }

        fn write(&self, _: ClipboardKind, _: String) {}
    }

    #[test]
    fn a_paste_that_ends_in_a_panic_is_reported_once_and_keys_go_on() {
        let (ctx, mut clipboard) = (Context::default(), Clipboard::new(Arc::new(Broken)));
        let mut events = vec![Event::Paste(String::new()), text("b")];
        assert!(!clipboard.input(&ctx, &mut events));
        assert_eq!(until(&mut clipboard, &ctx), (vec![text("b")], false));
        assert_eq!(clipboard.died(), Some(Died("broken".into())));
        assert_eq!(clipboard.died(), None);
    }

    #[test]
    fn an_owner_that_never_answers_is_reported_after_a_second() {
        let (ctx, (mut clipboard, answer)) = (Context::default(), slow());
        let paste = || vec![Event::Paste(String::new()), text("b")];
        let mut events = paste();
        let began = Instant::now();
        assert!(!clipboard.input(&ctx, &mut events));
        assert_eq!(until(&mut clipboard, &ctx), (vec![text("b")], true));
        assert!(began.elapsed() >= PATIENCE);
        // Pastes do not queue up, and keys are delivered.
        events = paste();
        assert!(clipboard.input(&ctx, &mut events));
        assert_eq!(events, [text("b")]);
        // An answer after the deadline is not pasted.
        answer.send("late").unwrap();
        let deadline = Instant::now() + 5 * PATIENCE;
        while clipboard.reading.is_some() {
            events.clear();
            clipboard.input(&ctx, &mut events);
            assert!(events.is_empty() && Instant::now() < deadline);
        }
    }
}
