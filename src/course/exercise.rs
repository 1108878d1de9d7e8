//! The part of a scenario file that makes it an exercise.

use super::mistake::MistakeName;
use crate::automation::rules::Expression;
use crate::engine::ProcessWait;
use serde::{Deserialize, Deserializer, Serialize};
use std::net::Ipv4Addr;

/// A text in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bilingual {
    pub en: String,
    pub zh: String,
}

/// What a scenario file says about its task.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exercise {
    pub title: Bilingual,
    /// The task in Markdown. Ready-made exercises have it in files of their own.
    pub task: Option<Bilingual>,
    /// The program that a learner begins with.
    pub start: Option<String>,
    /// Whether all programs have to end by themselves, with status 0, after the last step.
    #[serde(default)]
    pub ends: bool,
    /// Whether bytes on a stream that no step expects are a mistake.
    #[serde(default)]
    pub exact: bool,
    /// Mistakes that only this exercise can tell.
    #[serde(default)]
    pub hints: Vec<Hint>,
}

/// A mistake, and how it shows: all given conditions have to hold.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hint {
    /// The step that failed, from 1.
    pub step: usize,
    /// A regular expression for the bytes that came instead.
    #[serde(default, deserialize_with = "expression")]
    pub came: Option<Expression>,
    /// Nothing came, and the program waits for this.
    pub waits: Option<ProcessWait>,
    /// This group is not joined on the interface from which the exercise sends, 127.0.0.1.
    pub not_joined: Option<Ipv4Addr>,
    /// Whether the program had ended.
    #[serde(default)]
    pub exited: bool,
    pub mistake: MistakeName,
}

fn expression<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Expression>, D::Error> {
    use serde::de::Error as _;
    let Some(text) = Option::<String>::deserialize(deserializer)? else {
        return Ok(None);
    };
    let read = Expression::new(&text, None);
    read.map(Some)
        .map_err(|problem| D::Error::custom(crate::config::ValueMistake::Regex(problem)))
}
