//! What a session is ordered to do as it begins.

use crate::automation::Place;
use crate::capture::Format;
use crate::capture::recorder;
use crate::cli::options::Talk;
use crate::cli::remarks::remark;
use crate::cli::weather::{self, Weather};
use crate::engine::{Command, Interfaces, SessionCommand};
use crate::explain::{self, describe};
use crate::traffic::stream_text::Reader;
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

/// The order to record to this file, in the format its name asks for.
pub(super) fn order(path: &Path, reader: Reader, lang: Lang) -> Option<recorder::Order> {
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    Some(recorder::Order {
        path: path.into(),
        format: Format::to_write(&extension)?,
        full: None,
        describe: describe(lang, Interfaces::read()),
        reader,
    })
}
