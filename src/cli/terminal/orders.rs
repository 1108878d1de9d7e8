//! What a session is ordered to do as it begins.

use crate::automation::Place;
use crate::capture::Format;
use crate::capture::recorder;
use crate::cli::options::Talk;
use crate::cli::remarks::remark;
use crate::cli::weather::{self, Weather};
use crate::cli::{complaint, output};
use crate::engine::{Command, Interfaces, SessionCommand};
use crate::explain::{self, describe};
use crate::say;
use crate::words::Lang;
use std::path::Path;
use std::sync::Arc;

/// The orders for what it does by itself.
///
/// # Errors
/// What is wrong with the rules or the network asked for, in words.
pub(super) fn automatic(
    talk: &Talk,
    weather: &Weather,
    place: Place,
    lang: Lang,
) -> Result<Vec<Command>, String> {
    let charset = talk.writing.chosen_encoding();
    let kept = talk.answers.kept(charset, lang)?;
    let book = kept.book(charset);
    let book = book.map_err(|mistake| explain::value_mistake(lang, &mistake))?;
    let conditions = weather.conditions(lang)?.map(Arc::new);
    if let Some(conditions) = &conditions {
        weather::announce(place, conditions, lang);
    }
    remark(place, &kept.rules, conditions.as_deref(), lang);
    let follow = book.map(|book| Command::from(SessionCommand::Follow(Some(book))));
    let impair =
        conditions.map(|conditions| Command::from(SessionCommand::Impair(Some(conditions))));
    Ok(impair.into_iter().chain(follow).collect())
}

/// The order to record, if that is wanted.
///
/// # Errors
/// Why that cannot be, in words.
pub(super) fn recording(talk: &Talk, lang: Lang) -> Result<Option<recorder::Order>, String> {
    let Some(path) = talk.record.as_deref() else {
        return Ok(None);
    };
    let to_output = talk.records_to_output();
    if to_output && talk.json {
        return Err(say!(lang, "cli.record_stdout"));
    }
    let waits = !to_output && recorder::is_pipe(path);
    let by_name = || Format::to_write(&path.extension()?.to_str()?.to_ascii_lowercase());
    let of_pipes = (to_output || waits).then_some(Format::Pcapng);
    let format = talk.record_format.or_else(by_name).or(of_pipes);
    let format = format.ok_or_else(|| say!(lang, "cli.record_format"))?;
    if waits {
        complaint::say(&say!(lang, "cli.record_waits", path = path.display()));
    }
    let of_system = |error| complaint::not_begun(lang, &error);
    let open = to_output
        .then(output::file)
        .transpose()
        .map_err(of_system)?;
    let path = if to_output { Path::new("stdout") } else { path };
    Ok(Some(recorder::Order {
        path: path.into(),
        open: open.map(Arc::new),
        format,
        full: None,
        describe: describe(lang, Interfaces::read()),
        reader: talk.writing.reader(lang),
    }))
}
