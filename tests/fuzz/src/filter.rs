//! Filters: they find what a look at each row finds, decoded or encoded, and mark parts of a text.
//! The filter is the first line of the input, the rest the rows.

use super::input::Input;
use super::rows;
use netpeer::schema::READY_MADE;
use netpeer::traffic::{Chunk, Describe, Filter, MessageSchema, Notice};
use std::sync::{Arc, LazyLock};

/// The description of the messages whose fields terms name.
static FIELDS: LazyLock<Arc<MessageSchema>> = LazyLock::new(|| {
    let dns = READY_MADE.iter().find(|ready| ready.name == "dns");
    let schema = dns.expect("DNS").schema().expect("the description of DNS");
    let framing = None;
    Arc::new(MessageSchema {
        schema,
        framing: framing.into(),
    })
});

pub fn check(bytes: &[u8]) {
    let end = bytes.iter().position(|byte| *byte == b'\n');
    let (line, rest) = bytes.split_at(end.unwrap_or(bytes.len()));
    let text = String::from_utf8_lossy(line);
    let chunk = rows::chunk(&mut Input::new(rest.get(1..).unwrap_or_default()));
    let describe: Describe = Arc::new(|notice: &Notice| format!("{notice:?}"));
    for fields in [None, Some(&*FIELDS)] {
        let time = |text: &str| text.parse::<i64>().ok();
        match Filter::new(&text, Arc::clone(&describe), &time, fields) {
            Ok(None) => assert!(!Filter::is_in(&text)),
            Ok(Some(filter)) => {
                assert!(Filter::is_in(&text));
                found(&filter, &chunk);
                marked(&filter, &text);
                // Damaged chunks, too, are searched to their end.
                filter.hits_encoded(rest, false);
            }
            Err(mistake) => assert!(mistake.at <= text.chars().count(), "{mistake:?}"),
        }
    }
}

fn found(filter: &Filter, chunk: &Chunk) {
    let hits = filter.hits(chunk);
    for at in 0..chunk.len() {
        let record = chunk.get(at).expect("a row of the chunk");
        let passes = filter.lets_through(&record, None);
        assert_eq!(hits.contains(at), passes, "{record:?}");
    }
    let encoded = chunk.encode().expect("a short chunk");
    let has_events = chunk.count().events() > 0;
    assert_eq!(filter.hits_encoded(&encoded, has_events), hits);
}

fn marked(filter: &Filter, text: &str) {
    let parts = filter.marked(text);
    let all: String = parts.iter().map(|part| part.text).collect();
    assert_eq!(all, text);
    let places = filter.marked_bytes(text.as_bytes());
    let ends = places.iter().flat_map(|place| [place.start, place.end]);
    assert!(ends.is_sorted(), "{places:?}");
}
