//! The window while the thread of an export or a recording panics.

use super::super::saving::tests::{count, opened, receives, until, window};
use super::super::{App, Banner};
use super::*;
use crate::capture::CaptureFormat;
use crate::capture::recorder::RecordingRequest;
use crate::capture::recorder::tests::payloads;
use crate::engine::{Command, SessionCommand, Target};
use crate::traffic::framing::SessionFraming;
use crate::traffic::{Arrival, BytesLocation, Chunk, ChunkBuilder, Describe};
use crate::traffic::{SpillPosition, SpillReader};
use std::path::Path;
use std::sync::Arc;

const FAULT: &str = "as a dependency might";

/// A source whose reads panic.
struct Broken;

impl SpillReader for Broken {
    fn read(&self, _: SpillPosition, _: &mut Vec<u8>) -> bool {
        panic!("{FAULT}")
    }
}

/// An export that panics behind rows that fill its buffers.
fn dying(path: &Path) -> ExportRequest {
    let mut chunk = ChunkBuilder::default();
    let peer = std::net::SocketAddr::from(([127, 0, 0, 1], 9));
    for number in 0..5_000 {
        chunk.received(number, peer, &[b'x'; 200], Arrival::default());
    }
    let chunk: Arc<Chunk> = Arc::new(chunk.finish());
    let place = SpillPosition {
        segment: 0,
        offset: 0,
        length: 0,
    };
    let spilled = BytesLocation::Spilled {
        frames: Arc::new(Broken),
        place,
        has_events: false,
    };
    let part = |(source, rows)| ExportPart {
        first: 0,
        source,
        hits: None,
        rows,
    };
    ExportRequest {
        path: path.into(),
        existing: Existing::Replace,
        format: CaptureFormat::JsonLines,
        context: CaptureContext {
            local: None,
            is_stream: false,
            upstreams: Upstreams::default(),
            zone: jiff::tz::TimeZone::UTC,
            describe: Arc::new(|_| String::new()),
            reader: StreamTextReader::default(),
            fields: None,
            session: KnownSession::default(),
            before: 0,
        },
        shown: ViewOptions::default(),
        selected: None,
        parts: [(BytesLocation::Memory(chunk), 5_000), (spilled, 1)]
            .map(part)
            .into(),
    }
}

#[test]
fn an_export_that_dies_is_shown_once_and_sessions_go_on() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.jsonl");
    std::fs::write(&path, "old").unwrap();
    let mut window = window(None);
    let local = opened(&mut window, 0);
    window.state_mut().show_page(Page::Export);
    window.state_mut().tabs[0].export = Some(Export::start(dying(&path), || {}).unwrap());
    until(&mut window, "its end", |app| app.tabs[0].export.is_none());
    assert_eq!(count(&window, FAULT), 1);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    receives(&mut window, 0, (local, "after the panic"));
    // The next one writes the whole file, and takes the place of the message.
    let wanted = ExportOptions {
        path: path.clone(),
        format: CaptureFormat::JsonLines,
        shown_only: false,
        selected: None,
        replaces: true,
    };
    let ctx = window.ctx.clone();
    window.state_mut().start_export(&ctx, wanted);
    until(&mut window, "its end", |app| app.tabs[0].export.is_none());
    assert_eq!(payloads(&path), [b"after the panic"]);
    assert_eq!(count(&window, FAULT), 0);
}

fn record(app: &App, tab: usize, path: &Path, describe: Describe) {
    let request = RecordingRequest {
        path: path.into(),
        open: None,
        format: CaptureFormat::JsonLines,
        full: None,
        describe,
        reader: StreamTextReader::default(),
        fields: None,
        framing: SessionFraming::default(),
    };
    app.tabs[tab].command(SessionCommand::Record(Box::new(request)));
}

#[test]
fn a_recording_that_dies_is_shown_once_and_sessions_and_recordings_go_on() {
    let dir = tempfile::tempdir().unwrap();
    let paths = ["broken.jsonl", "sound.jsonl"].map(|name| dir.path().join(name));
    let mut window = window(None);
    let locals = [0, 1].map(|tab| opened(&mut window, tab));
    let words: [Describe; 2] = [
        Arc::new(|_| panic!("{FAULT}")),
        Arc::new(|_| "event".into()),
    ];
    for (tab, describe) in words.into_iter().enumerate() {
        record(window.state(), tab, &paths[tab], describe);
        until(&mut window, "a recording", |app| {
            app.tabs[tab].session.recording().is_some()
        });
        receives(&mut window, tab, (locals[tab], "before"));
    }
    for tab in [0, 1] {
        // It has no receiver, which is an event.
        let command = Command::send(Target::All, *b"nowhere");
        window.state().tabs[tab].command(command);
    }
    until(&mut window, "the message", |app| app.banner.is_some());
    assert!(matches!(
        window.state().banner,
        Some(Banner::NotRecorded { tab: 0, .. })
    ));
    assert_eq!(count(&window, FAULT), 1);
    assert!(window.state().tabs[0].session.recording().is_none());
    assert_eq!(payloads(&paths[0]), [b"before"]);
    window.state_mut().banner = None;
    for tab in [0, 1] {
        receives(&mut window, tab, (locals[tab], "after"));
        assert!(window.state().tabs[tab].session.is_open());
    }
    window.state().tabs[1].command(SessionCommand::EndRecording);
    until(&mut window, "the end of the recording", |app| {
        app.tabs[1].session.recording().is_none()
    });
    for tab in [0, 1] {
        window.state().tabs[tab].command(Command::Stop);
        until(&mut window, "the end of the session", |app| {
            app.tabs[tab].session.is_closed()
        });
    }
    assert_eq!(payloads(&paths[1]), [&b"before"[..], b"after"]);
    assert!(window.state().banner.is_none(), "it was shown");
}
