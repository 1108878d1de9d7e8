//! An index that follows a log is that of the whole log.

use super::*;
use proptest::prelude::*;

/// One row: its connection, whether it was received, and its bytes; no bytes close the connection.
type Row = (u64, bool, Vec<u8>);

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let byte = prop_oneof![3 => 0_u8..4, 1 => Just(b'\n'), 1 => Just(b'\r'), 1 => Just(b'$')];
    let bytes = prop::collection::vec(byte, 0..6);
    prop::collection::vec((1_u64..4, any::<bool>(), bytes), 0..60)
}

fn framings() -> impl Strategy<Value = Option<Framing>> {
    let prefix = Framing::LengthPrefix {
        width: 1,
        big_endian: true,
        offset: 0,
        includes_header: false,
        adjust: 0,
    };
    prop::sample::select(vec![
        None,
        Some(Framing::Lines),
        Some(Framing::Fixed(3)),
        Some(Framing::IdleGap(2)),
        Some(Framing::Nmea),
        Some(Framing::At),
        Some(prefix),
    ])
}

fn push(walked: &mut Walked, (number, is_received, bytes): &Row) {
    let far = connection(*number);
    match (bytes.as_slice(), is_received) {
        ([], _) => {
            let time = walked.log.rows().end as i64;
            walked.push(|rows| rows.notice_of(time, far.connection, closed()));
        }
        (bytes, true) => walked.receive(far, bytes),
        (bytes, false) => walked.send(far, bytes),
    }
}

/// The id, the row and the place of a line, its message and its bytes.
type Shown = (u64, u64, u64, Option<Message>, Vec<u8>);

/// All that a view shows of each line.
fn shown(walked: &Walked) -> Vec<Shown> {
    let line = |line: RowPosition<'_>| {
        let bytes = line.record.bytes().to_vec();
        (line.id, line.row, line.line, line.message, bytes)
    };
    walked.rows().from(0).map(line).collect()
}

proptest! {
    #[test]
    fn an_index_that_follows_is_that_of_the_whole_log(
        all in rows(),
        framing in framings(),
        pairs in any::<bool>(),
        steps in prop::collection::vec(1_usize..5, 1..9),
    ) {
        let query = query(framing, pairs.then_some(Pairing::Order));
        let (mut steadily, mut once) = (Walked::new(query.clone()), Walked::new(query));
        let mut steps = steps.iter().cycle();
        let mut rest = all.as_slice();
        while let Some(step) = steps.next().filter(|_| !rest.is_empty()) {
            let (now, later) = rest.split_at((*step).min(rest.len()));
            now.iter().for_each(|row| push(&mut steadily, row));
            steadily.follow();
            rest = later;
        }
        all.iter().for_each(|row| push(&mut once, row));
        once.follow();
        prop_assert_eq!(shown(&steadily), shown(&once));
        prop_assert_eq!(steadily.rows().count(), once.rows().count());
    }

    #[test]
    fn each_line_is_found_by_its_id_and_its_number(all in rows(), framing in framings()) {
        let mut walked = Walked::new(query(framing, Some(Pairing::Order)));
        for row in &all {
            push(&mut walked, row);
            // A slot of its own.
            let ended = walked.log.rows().end.is_multiple_of(3);
            if ended {
                walked.follow();
            }
        }
        walked.follow();
        let rows = walked.rows();
        let lines: Vec<RowPosition<'_>> = rows.from(0).collect();
        prop_assert_eq!(rows.lines(), 0..lines.len() as u64);
        for (number, line) in lines.iter().enumerate() {
            prop_assert_eq!(line.line, number as u64);
            prop_assert_eq!(rows.line_of(line.id), Some(line.line));
            prop_assert_eq!(rows.row_of(line.id), line.row);
            let here = rows.from(line.line).next().map(|line| line.id);
            prop_assert_eq!(here, Some(line.id));
            let after = lines.get(number + 1).map(|line| line.id);
            prop_assert_eq!(rows.next(line.id), after);
        }
    }

    #[test]
    fn any_split_of_a_stream_has_the_same_messages(
        stream in prop::collection::vec(prop_oneof![0_u8..4, Just(b'\n'), Just(b'$')], 0..80),
        cuts in prop::collection::vec(1_usize..7, 1..20),
        framing in framings().prop_filter("what does not depend on reads", |framing| {
            !matches!(framing, None | Some(Framing::IdleGap(_)))
        }),
    ) {
        let contents = |walked: &Walked| {
            let messages = walked.messages().into_iter();
            let content = |message: Message| {
                let (bytes, _) = bytes(&walked.log, &message, usize::MAX);
                (bytes.into_owned(), message.end)
            };
            messages.map(content).collect::<Vec<_>>()
        };
        let query = query(framing, None);
        let (mut split, mut whole) = (Walked::new(query.clone()), Walked::new(query));
        let (mut cuts, mut rest) = (cuts.iter().cycle(), stream.as_slice());
        while let Some(cut) = cuts.next().filter(|_| !rest.is_empty()) {
            let (read, later) = rest.split_at((*cut).min(rest.len()));
            split.receive(peer(1), read);
            rest = later;
        }
        whole.receive(peer(1), &stream);
        split.follow();
        whole.follow();
        prop_assert_eq!(contents(&split), contents(&whole));
    }
}

#[test]
fn messages_of_trimmed_rows_are_let_go_and_the_others_keep_their_lines() {
    let mut walked = Walked::of(Log::new(500_000), query(Some(Framing::Lines), None));
    let mut line = vec![b'x'; 100_000];
    line.extend_from_slice(b"\nrest ");
    let mut last = None;
    for _ in 0..20 {
        walked.receive(peer(1), &line);
        walked.follow();
        let ended = walked.messages();
        let ended: Vec<_> = ended.iter().filter(|one| !one.goes_on()).collect();
        let rows = walked.log.rows();
        assert!(ended.iter().all(|one| rows.contains(&one.id.row())));
        let newest = ended.last().unwrap().id.number();
        let at = walked.rows().line_of(newest);
        assert!(last < at, "lines count on");
        last = at;
    }
    assert!(walked.log.rows().start > 10);
    assert_eq!(last, Some(19));
}

#[test]
fn messages_begin_anew_behind_rows_that_are_missing() {
    let mut walked = Walked::of(Log::new(1), query(Some(Framing::Lines), None));
    walked.receive(peer(1), &[b'x'; 100_000]);
    walked.follow();
    // The walk never sees the first of these.
    for bytes in [[b'y'; 100_000], [b'z'; 100_000]] {
        walked.receive(peer(1), &bytes);
    }
    walked.receive(peer(1), b"\n");
    walked.follow();
    let messages = walked.messages();
    let places = messages.iter().map(|one| (one.first_row, one.length));
    assert_eq!(places.collect::<Vec<_>>(), [(3, 0)]);
    assert_eq!(walked.rows().lines(), 0..1);
}

#[test]
fn the_end_of_a_message_that_was_trimmed_is_a_line_without_bytes() {
    let mut walked = Walked::of(Log::new(1), query(Some(Framing::Lines), None));
    walked.receive(peer(1), &[b'x'; 100_000]);
    walked.follow();
    walked.receive(peer(2), &[b'y'; 100_000]);
    walked.follow();
    walked.push(|rows| rows.notice(9, closed()));
    walked.follow();
    let lines: Vec<RowPosition<'_>> = walked.rows().from(0).collect();
    let message = lines[0].message.unwrap();
    assert_eq!(
        (message.length, message.end),
        (100_000, FrameEnd::Unfinished)
    );
    assert_eq!(
        (lines[0].record.peer(), lines[0].record.bytes()),
        (Some(peer(1)), &[][..])
    );
    assert_eq!(bytes(&walked.log, &message, 10).1, UnreadBytes(10));
}

#[test]
fn the_oldest_messages_give_way_to_the_budget() {
    let query = Arc::new(query(Some(Framing::Fixed(1)), None));
    let mut index = MessageIndex::with_budget(Arc::clone(&query), 100_000);
    let mut walk = MessageWalk::new(query);
    for slot in 0..10 {
        let mut chunk = ChunkBuilder::default();
        chunk.received(0, peer(1), &[b'x'; 2_000], Arrival::default());
        let chunk = chunk.finish();
        index.take(walk.walk(slot, slot, Some(&chunk)));
    }
    let count = index.count(false).received;
    assert!((2_000..=6_000).contains(&count), "{count}");
    assert_eq!(index.first_row() + count / 2_000, 10);
    assert_eq!(index.walked(), 10);
}
