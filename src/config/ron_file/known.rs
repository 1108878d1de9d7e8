//! Finds the fields or variants allowed at a path of a RON file, by asking the type's
//! deserialiser for it. The deserialiser gets the path and no data, so nothing is ever read.

use super::outline::PathStep;
use serde::de::value::{Error, StrDeserializer};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error as _, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use std::cell::Cell;

/// The names allowed at a path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Known {
    #[default]
    Nothing,
    /// Fields of a struct, in parentheses.
    Fields(&'static [&'static str]),
    /// Variants of an enum.
    Variants(&'static [&'static str]),
}

/// The names allowed at this path in a file of type `T`.
pub fn known<T: DeserializeOwned>(steps: &[PathStep]) -> Known {
    let found = Cell::new(Known::Nothing);
    // Reading fails by design: only the request for fields or variants matters.
    T::deserialize(RemainingPath {
        steps,
        found: &found,
    })
    .ok();
    found.get()
}

/// Every name of a field or variant that a file of type `T` may have.
#[cfg(test)]
pub(crate) fn all_names<T: DeserializeOwned>() -> std::collections::BTreeSet<&'static str> {
    let mut lists = Vec::new();
    collect::<T>(&[], &mut lists);
    lists.into_iter().flatten().copied().collect()
}

/// Adds the lists of names at this path and below that are new.
#[cfg(test)]
fn collect<T: DeserializeOwned>(path: &[PathStep], lists: &mut Vec<&'static [&'static str]>) {
    let with = |path: &[PathStep], step: PathStep| [path, &[step]].concat();
    // The value may be a list or a map of named values.
    let paths = [
        path.to_vec(),
        with(path, PathStep::Item(0)),
        with(path, PathStep::Field("a".to_owned())),
    ];
    let found = paths.into_iter().find_map(|path| match known::<T>(&path) {
        Known::Nothing => None,
        Known::Fields(names) => Some((path, names, true)),
        Known::Variants(names) => Some((path, names, false)),
    });
    let Some((path, names, are_fields)) = found else {
        return;
    };
    if lists.contains(&names) {
        return;
    }
    lists.push(names);
    for name in names {
        let name = (*name).to_owned();
        let step = match are_fields {
            true => PathStep::Field(name),
            false => PathStep::Name(name),
        };
        collect::<T>(&with(&path, step), lists);
    }
}

/// The rest of the path, as a deserialiser.
#[derive(Clone, Copy)]
struct RemainingPath<'a> {
    steps: &'a [PathStep],
    found: &'a Cell<Known>,
}

/// One part of a value, and the rest of the path from there.
struct ValuePart<'a> {
    name: Option<&'a str>,
    path: RemainingPath<'a>,
}

fn end<T>() -> Result<T, Error> {
    Err(Error::custom(""))
}

impl<'a> RemainingPath<'a> {
    /// The next step, and the rest of the path after it.
    fn step(self) -> Option<(&'a PathStep, Self)> {
        let (step, steps) = self.steps.split_first()?;
        Some((step, Self { steps, ..self }))
    }

    fn is_end_of<T>(self, known: Known) -> Result<T, Error> {
        self.found.set(known);
        end()
    }
}

impl<'a> ValuePart<'a> {
    fn name(&mut self) -> Option<StrDeserializer<'a, Error>> {
        self.name.take().map(StrDeserializer::new)
    }
}

impl<'de> Deserializer<'de> for RemainingPath<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        end()
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.step() {
            Some((PathStep::Name(name), after)) if name == "Some" => visitor.visit_some(after),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.step() {
            Some((PathStep::Item(_), path)) => visitor.visit_seq(ValuePart { name: None, path }),
            _ => end(),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.step() {
            Some((PathStep::Field(name), path)) => {
                let name = Some(name.as_str());
                visitor.visit_map(ValuePart { name, path })
            }
            _ => end(),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.step() {
            // The struct is written with its name.
            Some((PathStep::Name(_), after)) => after.deserialize_struct(name, fields, visitor),
            Some((PathStep::Field(_), _)) => self.deserialize_map(visitor),
            _ => self.is_end_of(Known::Fields(fields)),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.step() {
            Some((PathStep::Name(name), path)) => {
                let name = Some(name.as_str());
                visitor.visit_enum(ValuePart { name, path })
            }
            _ => self.is_end_of(Known::Variants(variants)),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        unit unit_struct tuple tuple_struct identifier ignored_any
    }
}

impl<'de> SeqAccess<'de> for ValuePart<'_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        seed.deserialize(self.path).map(Some)
    }
}

impl<'de> MapAccess<'de> for ValuePart<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        self.name().map(|name| seed.deserialize(name)).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        seed.deserialize(self.path)
    }
}

impl<'de, 'a> EnumAccess<'de> for ValuePart<'a> {
    type Error = Error;
    type Variant = RemainingPath<'a>;

    fn variant_seed<V: DeserializeSeed<'de>>(
        mut self,
        seed: V,
    ) -> Result<(V::Value, RemainingPath<'a>), Error> {
        match self.name() {
            Some(name) => Ok((seed.deserialize(name)?, self.path)),
            None => end(),
        }
    }
}

impl<'de> VariantAccess<'de> for RemainingPath<'_> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        end()
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Error> {
        end()
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_struct("", fields, visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::automation::rules::Rule;

    #[test]
    fn a_type_says_what_it_would_read() {
        let field = |name: &str| PathStep::Field(name.to_owned());
        let name = |name: &str| PathStep::Name(name.to_owned());
        let known = known::<Vec<Rule>>;
        let Known::Fields(fields) = known(&[PathStep::Item(3)]) else {
            panic!("a rule has fields");
        };
        assert_eq!(fields, ["name", "on", "when", "then"]);
        let Known::Variants(variants) = known(&[PathStep::Item(0), field("when")]) else {
            panic!("a condition is one of several");
        };
        assert!(variants.contains(&"StartsWith"));
        let path = [PathStep::Item(0), field("when"), name("Not"), name("Is")];
        assert_eq!(known(&path), Known::Fields(&["format", "text"]));
        let path = [PathStep::Item(0), field("when"), name("Length")];
        assert_eq!(known(&path), Known::Fields(&["least", "most"]));
        assert_eq!(known(&[]), Known::Nothing);
        assert_eq!(known(&[PathStep::Item(0), field("name")]), Known::Nothing);
    }
}
