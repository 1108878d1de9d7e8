//! Remotes in a file: `host:port`, or the name of a Unix socket.

use crate::engine::{Interfaces, Remote};
use serde::de::{Error as _, Unexpected};
use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

pub fn serialize<S: Serializer>(remote: &Option<Remote>, sink: S) -> Result<S::Ok, S::Error> {
    remote.as_ref().map(Remote::to_string).serialize(sink)
}

pub fn deserialize<'de, D: Deserializer<'de>>(source: D) -> Result<Option<Remote>, D::Error> {
    let Some(text) = Option::<String>::deserialize(source)? else {
        return Ok(None);
    };
    let remote = Remote::parse(&text, &Interfaces::read());
    let wrong = || {
        let expected = "`host:port`, or `unix:` and a name";
        D::Error::invalid_value(Unexpected::Str(&text), &expected)
    };
    remote.map(Some).ok_or_else(wrong)
}
