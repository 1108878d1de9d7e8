//! Values for shell completion, of arguments that may accept others too.

use clap::builder::{PossibleValue, TypedValueParser};
use clap::{Arg, Command};
use std::ffi::OsStr;

/// A parser with the values that a shell completes. The parser may accept others too.
pub fn completed<P: TypedValueParser>(
    parser: P,
    values: impl IntoIterator<Item = &'static str>,
) -> impl TypedValueParser<Value = P::Value> {
    let values = values.into_iter().collect();
    Completed { parser, values }
}

#[derive(Clone)]
struct Completed<P> {
    parser: P,
    values: Vec<&'static str>,
}

impl<P: TypedValueParser> TypedValueParser for Completed<P> {
    type Value = P::Value;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<Self::Value, clap::Error> {
        self.parser.parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let values = self.values.iter().copied();
        Some(Box::new(values.map(PossibleValue::new)))
    }
}
