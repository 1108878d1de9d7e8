//! A session's recording: started and stopped by commands, or ended by a write error.

use crate::engine::command::Event;
use crate::peer::Peer;

use crate::capture::recorder::{Recorder, RecordingRequest};
use crate::capture::{CaptureContext, KnownSession};
use crate::engine::sys::failure;
use crate::traffic::{Cause, Chunk, Failure, FilePlace, FileProblem, Notice, Operation, Upstreams};
use std::collections::VecDeque;
use std::io;
use std::sync::Arc;

/// The current recorder, stopped ones that still write, and their events.
#[derive(Default)]
pub struct Recording {
    recorder: Option<Recorder>,
    /// Stopped recorders that still write.
    ending: Vec<Recorder>,
    path: String,
    /// The session's local address, and whether it is a stream session.
    local: Option<Peer>,
    is_stream: bool,
    upstreams: Upstreams,
    /// Whether the front end knows that nobody reads the pipe yet.
    waits: bool,
    /// Events for the front end.
    news: VecDeque<Event>,
}

impl Recording {
    /// Starts to record. Returns whether that succeeded.
    pub fn begin(
        &mut self,
        request: RecordingRequest,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> bool {
        self.stop();
        let path = Arc::clone(&request.path);
        self.path = path.display().to_string();
        let context = CaptureContext {
            local: self.local,
            is_stream: self.is_stream,
            upstreams: self.upstreams.clone(),
            zone: jiff::tz::TimeZone::system(),
            describe: Arc::clone(&request.describe),
            reader: request.reader.clone(),
            fields: request.fields.clone(),
            session: KnownSession {
                framing: request.framing.clone(),
                ..KnownSession::default()
            },
            before: 0,
        };
        match Recorder::start(request, context, wake) {
            Ok(recorder) => {
                self.recorder = Some(recorder);
                self.news.push_back(Event::Recording(Some(path)));
                true
            }
            Err(error) => {
                self.failed(Operation::BeginRecording, &error);
                false
            }
        }
    }

    pub fn stop(&mut self) {
        if let Some(mut recorder) = self.recorder.take() {
            recorder.close();
            self.ending.push(recorder);
            self.news.push_back(Event::Recording(None));
        }
    }

    /// Updates the local address and the upstreams from a notice.
    pub fn observe(&mut self, notice: &Notice) {
        self.upstreams.observe(notice);
        match *notice {
            Notice::Bound { local, .. } => (self.local, self.is_stream) = (Some(local), false),
            Notice::Listening { local } | Notice::Connected { local, .. } => {
                (self.local, self.is_stream) = (Some(local), true);
            }
            _ => {}
        }
    }

    pub fn has_room(&self) -> bool {
        self.recorder.as_ref().is_none_or(Recorder::has_room)
    }

    pub fn take(&mut self, chunk: &Arc<Chunk>) {
        if let Some(recorder) = &self.recorder {
            recorder.take(chunk);
        }
    }

    /// The next event for the front end.
    pub fn take_event(&mut self) -> Option<Event> {
        if let Some(ended) = self.recorder.as_ref().and_then(Recorder::ended) {
            self.recorder = None;
            self.news.push_back(Event::Recording(None));
            if let Err(error) = ended {
                self.failed(Operation::Record, &error);
            }
        }
        let waits = self.recorder.as_ref().is_some_and(Recorder::is_waiting);
        if std::mem::replace(&mut self.waits, waits) != waits {
            self.news.push_back(Event::RecordingWaits(waits));
        }
        let mut failures = Vec::new();
        self.ending.retain(|recorder| match recorder.ended() {
            Some(ended) => {
                failures.extend(ended.err());
                false
            }
            None => true,
        });
        for error in &failures {
            self.failed(Operation::Record, error);
        }
        self.news.pop_front()
    }

    /// Ends with the session: waits until everything is written and returns the remaining events.
    pub fn end(&mut self) -> VecDeque<Event> {
        let recorders = self.recorder.take().into_iter();
        for recorder in recorders.chain(std::mem::take(&mut self.ending)) {
            if let Err(error) = recorder.finish() {
                self.failed(Operation::Record, &error);
            }
        }
        std::mem::take(&mut self.news)
    }

    fn failed(&mut self, operation: Operation, error: &io::Error) {
        let operation = match error.kind() {
            // The reader of a FIFO never opened it.
            io::ErrorKind::NotConnected => Operation::BeginRecording,
            _ => operation,
        };
        let cause = match error.kind() {
            io::ErrorKind::InvalidInput => Cause::NoFile,
            io::ErrorKind::NotConnected | io::ErrorKind::BrokenPipe => Cause::Unread,
            io::ErrorKind::InvalidData => Cause::BadFile {
                place: FilePlace::Byte(0),
                problem: FileProblem::Unknown,
            },
            io::ErrorKind::UnexpectedEof => Cause::BadFile {
                place: FilePlace::Byte(0),
                problem: FileProblem::Cut,
            },
            _ => failure::cause(error),
        };
        self.news.push_back(Event::RecordingFailed(Failure {
            operation,
            address: self.path.clone(),
            cause,
        }));
    }
}
