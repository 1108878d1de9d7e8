//! The fields that can be plotted: those of the description, or the numbers in the newest rows.

use crate::schema::NumericField;
use crate::traffic::plot::text_values;
use crate::traffic::{Log, MessageSchema};
use std::sync::Arc;

/// The most fields.
const MOST: usize = 500;
/// The newest rows that are searched for names, and the bytes of each.
const ROWS: u64 = 200;
const BYTES: usize = 4_096;

/// The fields that can be plotted.
#[derive(Debug, Default)]
pub(super) struct Offered {
    described: Option<Arc<MessageSchema>>,
    /// The rows before this one were searched.
    searched: u64,
    fields: Vec<NumericField>,
}

impl Offered {
    pub(super) fn fields(&self) -> &[NumericField] {
        &self.fields
    }

    /// The unit of a field, if it is known.
    pub(super) fn unit(&self, path: &str) -> Option<&str> {
        let field = self.fields.iter().find(|field| field.path == path);
        field.and_then(|field| field.unit.as_deref())
    }

    /// Offers what the description names, or else what stands in the newest rows.
    pub(super) fn follow(&mut self, described: Option<&Arc<MessageSchema>>, log: &Log) {
        let is_same = match (&self.described, described) {
            (Some(known), Some(described)) => Arc::ptr_eq(known, described),
            (None, None) => true,
            _ => false,
        };
        let end = log.rows().end;
        if !is_same || end < self.searched {
            *self = Self {
                described: described.cloned(),
                searched: 0,
                fields: described.map_or_else(Vec::new, |of| of.schema.numeric_fields(MOST)),
            };
        }
        if self.described.is_none() {
            let begin = self.searched.max(end.saturating_sub(ROWS));
            let records = (begin..end).filter_map(|row| log.get(row));
            records.for_each(|record| self.search(record.bytes()));
            self.searched = end;
        }
    }

    fn search(&mut self, bytes: &[u8]) {
        let head = bytes.get(..BYTES).unwrap_or(bytes);
        text_values(&String::from_utf8_lossy(head), &mut |found| {
            let is_known = self.fields.iter().any(|field| field.path == found.name);
            let is_name = !found.name.contains(char::REPLACEMENT_CHARACTER);
            if is_name && !is_known && self.fields.len() < MOST {
                self.fields.push(NumericField {
                    path: found.name.to_owned(),
                    unit: (!found.unit.is_empty()).then(|| found.unit.to_owned()),
                });
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peer::Peer;
    use crate::schema::Schema;
    use crate::traffic::framing::SessionFraming;
    use crate::traffic::{Arrival, ChunkBuilder};

    fn log(texts: &[String]) -> Log {
        let mut chunk = ChunkBuilder::default();
        for text in texts {
            let peer = Peer::from(([127, 0, 0, 1], 9));
            chunk.received(0, peer, text.as_bytes(), Arrival::default());
        }
        let mut log = Log::default();
        log.push(Arc::new(chunk.finish()));
        log
    }

    fn paths(offered: &Offered) -> Vec<&str> {
        let fields = offered.fields().iter();
        fields.map(|field| field.path.as_str()).collect()
    }

    #[test]
    fn names_in_the_newest_rows_are_offered_once_with_their_units() {
        let mut offered = Offered::default();
        let mut texts = vec!["old=1".to_owned()];
        texts.extend((0..200).map(|at| format!("temp={at}C hum=48%")));
        offered.follow(None, &log(&texts));
        assert_eq!(paths(&offered), ["temp", "hum"]);
        assert_eq!(offered.unit("temp"), Some("C"));
        assert_eq!(offered.unit("old"), None);
        // Another log.
        offered.follow(None, &log(&["new=1".to_owned()]));
        assert_eq!(paths(&offered), ["new"]);
    }

    #[test]
    fn with_a_description_its_fields_are_offered_alone() {
        let schema = Schema::read(r#"(seq: [(id: "x", type: "u1", unit: "V")])"#).unwrap();
        let framing = SessionFraming::default();
        let described = Arc::new(MessageSchema { schema, framing });
        let log = log(&["temp=1".to_owned()]);
        let mut offered = Offered::default();
        offered.follow(None, &log);
        offered.follow(Some(&described), &log);
        assert_eq!((paths(&offered), offered.unit("x")), (vec!["x"], Some("V")));
        offered.follow(None, &log);
        assert_eq!(paths(&offered), ["temp"]);
    }
}
