//! The X11 clipboard, asked on a thread: its owner is another program, which may never
//! answer (ICCCM §2.4 sets no deadline). Asking cannot be cancelled: a late answer is dropped.
//!
//! egui-winit is built without this clipboard, and keeps copied text to itself. Its paste
//! events tell when the user pastes; their text is replaced by that of the X11 clipboard.

use crate::jobs::{Died, Job, JobOutcome};
use egui::{Context, Event, OutputCommand, PointerButton, Pos2};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a paste may take.
const PATIENCE: Duration = Duration::from_secs(1);

/// Which of the two selections of X11.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selection {
    Clipboard,
    /// The selected text, which the middle mouse button pastes.
    Primary,
}

/// The system's clipboard.
pub trait System: Send + Sync {
    /// The text; may take long. `None` where there is none.
    fn read(&self, selection: Selection) -> Option<String>;
    fn write(&self, selection: Selection, text: String);
}

pub struct Clipboard {
    system: Arc<dyn System>,
    reading: Option<Reading>,
    /// Keys pressed behind a paste, which keep their place.
    held: Vec<Event>,
    /// The toolkit's own clipboard holds something: without that it reports no paste.
    seeded: bool,
    /// What ended the thread that read it, until it is told.
    died: Option<Died>,
}

struct Reading {
    began: Instant,
    answer: Job<Option<String>>,
    /// Where the middle button was pressed.
    at: Option<Pos2>,
    /// The window no longer waits for it.
    late: bool,
}

impl Clipboard {
    pub fn new(system: Arc<dyn System>) -> Self {
        Self {
            system,
            reading: None,
            held: Vec::new(),
            seeded: false,
            died: None,
        }
    }

    /// The fault of the program that a paste met, told once.
    pub fn died(&mut self) -> Option<Died> {
        self.died.take()
    }

    /// Puts pastes into the input where they belong. Says whether the owner of the
    /// clipboard keeps the user waiting for longer than a second.
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
        let held = std::mem::take(&mut self.held);
        for event in held.into_iter().chain(came) {
            late |= self.take(ctx, event, events);
        }
        late
    }

    /// Says whether it is a paste that cannot be had.
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
                self.held.push(event);
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

    /// Asks for the text. `false` if the last question is still unanswered, or no thread
    /// can be had.
    fn begin(&mut self, ctx: &Context, at: Option<Pos2>) -> bool {
        if self.reading.is_some() {
            return false;
        }
        let selection = match at {
            Some(_) => Selection::Primary,
            None => Selection::Clipboard,
        };
        let (system, repaint) = (Arc::clone(&self.system), ctx.clone());
        let wake = move || repaint.request_repaint();
        let Ok(answer) = Job::start("clipboard", wake, move |_| Ok(system.read(selection))) else {
            return false;
        };
        ctx.request_repaint_after(PATIENCE);
        self.reading = Some(Reading {
            began: Instant::now(),
            answer,
            at,
            late: false,
        });
        true
    }

    /// Hands text that was copied or selected in this frame to the X11 clipboard.
    pub fn output(&mut self, ctx: &Context) {
        let copied: Vec<_> = ctx.output(|output| {
            let text = |command: &OutputCommand| match command {
                OutputCommand::CopyText(text) => Some((Selection::Clipboard, text.clone())),
                OutputCommand::TextSelectionSettled(text) => {
                    Some((Selection::Primary, text.clone()))
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

/// The clipboard of the X server; `None` where it has none. On Wayland the toolkit speaks to
/// the compositor itself.
#[cfg(target_os = "linux")]
pub fn of_x11() -> Option<Clipboard> {
    use arboard::{GetExtLinux as _, LinuxClipboardKind, SetExtLinux as _};
    use std::sync::Mutex;

    struct X11(Mutex<arboard::Clipboard>);

    fn kind(selection: Selection) -> LinuxClipboardKind {
        match selection {
            Selection::Clipboard => LinuxClipboardKind::Clipboard,
            Selection::Primary => LinuxClipboardKind::Primary,
        }
    }

    impl System for X11 {
        fn read(&self, selection: Selection) -> Option<String> {
            // One of its own: writing does not wait for reading.
            let mut clipboard = arboard::Clipboard::new().ok()?;
            clipboard.get().clipboard(kind(selection)).text().ok()
        }

        fn write(&self, selection: Selection, text: String) {
            if let Ok(mut clipboard) = self.0.lock() {
                // Fails only without a server, and then there is no window either.
                clipboard.set().clipboard(kind(selection)).text(text).ok();
            }
        }
    }

    let clipboard = arboard::Clipboard::new().ok()?;
    Some(Clipboard::new(Arc::new(X11(Mutex::new(clipboard)))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossbeam_channel::{Receiver, Sender};

    /// An owner that answers when the test lets it.
    struct Slow(Receiver<&'static str>);

    impl System for Slow {
        fn read(&self, _: Selection) -> Option<String> {
            self.0.recv().ok().map(Into::into)
        }

        fn write(&self, _: Selection, _: String) {}
    }

    fn slow() -> (Clipboard, Sender<&'static str>) {
        let (answer, asked) = crossbeam_channel::unbounded();
        (Clipboard::new(Arc::new(Slow(asked))), answer)
    }

    fn text(text: &str) -> Event {
        Event::Text(text.into())
    }

    /// Frames without input until one says something.
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

    /// A clipboard with a fault.
    struct Broken;

    impl System for Broken {
        fn read(&self, _: Selection) -> Option<String> {
            panic!("broken")
        }

        fn write(&self, _: Selection, _: String) {}
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
        // Nothing piles up, and keys go on.
        events = paste();
        assert!(clipboard.input(&ctx, &mut events));
        assert_eq!(events, [text("b")]);
        // An answer that comes after all is not pasted where nobody expects it.
        answer.send("late").unwrap();
        let deadline = Instant::now() + 5 * PATIENCE;
        while clipboard.reading.is_some() {
            events.clear();
            clipboard.input(&ctx, &mut events);
            assert!(events.is_empty() && Instant::now() < deadline);
        }
    }
}
