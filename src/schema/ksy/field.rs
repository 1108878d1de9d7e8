//! Fields in YAML.

use super::yaml::Node;
use super::{Reader, Result};
use crate::schema::mistake::{ExpectedValue, SchemaProblem};
use crate::schema::scalar::{Contents, TypeChoice, TypeReference, Word};
use crate::schema::type_spec::{FieldSpec, ValueBounds, ValueCheck};
use std::collections::BTreeMap;

impl Reader {
    /// A field of a sequence, or an instance.
    pub(super) fn field(&self, node: &Node) -> Result<FieldSpec> {
        let mut spec = FieldSpec::default();
        for entry in node.entries()? {
            let value = &entry.value;
            match entry.key.as_str() {
                "id" => spec.id = Some(value.text()?),
                "doc" => spec.doc = Some(value.text()?),
                "doc-ref" => {}
                "type" => spec.r#type = Some(self.type_reference(value)?),
                "size" => spec.size = Some(self.expression(value)?),
                "size-eos" => spec.size_eos = value.flag()?,
                "repeat" => spec.repeat = Some(value.text()?),
                "repeat-expr" => spec.repeat_expr = Some(self.expression(value)?),
                "repeat-until" => spec.repeat_until = Some(self.expression(value)?),
                "if" => spec.r#if = Some(self.expression(value)?),
                "contents" => spec.contents = Some(Contents(value.bytes()?)),
                "enum" => spec.r#enum = Some(value.text()?),
                "encoding" => spec.encoding = Some(value.text()?),
                "terminator" => spec.terminator = Some(value.byte()?),
                "include" => spec.include = value.flag()?,
                "consume" => spec.consume = Some(value.flag()?),
                "eos-error" => spec.eos_error = Some(value.flag()?),
                "pad-right" => spec.pad_right = Some(value.byte()?),
                "valid" => spec.valid = Some(self.value_check(value)?),
                "pos" => spec.pos = Some(self.expression(value)?),
                "io" => spec.io = Some(self.expression(value)?),
                "value" => spec.value = Some(self.expression(value)?),
                "process" | "parent" => return entry.unsupported(),
                _ => entry.pass_over()?,
            }
        }
        Ok(spec)
    }

    fn type_reference(&self, node: &Node) -> Result<TypeReference> {
        if !node.is_map() {
            let name = node.text()?;
            self.check_words(&name, node.at)?;
            return Ok(TypeReference::Named(name));
        }
        let (mut switch_on, mut cases) = (None, BTreeMap::new());
        for entry in node.entries()? {
            match entry.key.as_str() {
                "switch-on" => switch_on = Some(self.expression(&entry.value)?),
                "cases" => {
                    for case in entry.value.entries()? {
                        self.check_words(&case.key, case.at)?;
                        let key = Word(case.key.trim().to_owned());
                        cases.insert(key, case.value.text()?);
                    }
                }
                _ => entry.pass_over()?,
            }
        }
        match switch_on {
            Some(switch_on) => Ok(TypeReference::Chosen(TypeChoice {
                switch_on,
                cases,
                optional: true,
            })),
            None => node.at.mistake(SchemaProblem::MissingKey("switch-on")),
        }
    }

    fn value_check(&self, node: &Node) -> Result<ValueCheck> {
        if !node.is_map() {
            return Ok(ValueCheck::Equal(self.expression(node)?));
        }
        let mut bounds = ValueBounds::default();
        for entry in node.entries()? {
            let value = &entry.value;
            match entry.key.as_str() {
                "eq" => bounds.eq = Some(self.expression(value)?),
                "min" => bounds.min = Some(self.expression(value)?),
                "max" => bounds.max = Some(self.expression(value)?),
                "expr" => bounds.expr = Some(self.expression(value)?),
                "in-enum" => bounds.in_enum = value.flag()?,
                "any-of" => {
                    let all = value.items()?.iter().map(|one| self.expression(one));
                    bounds.any_of = all.collect::<Result<_>>()?;
                    if bounds.any_of.is_empty() {
                        let problem = SchemaProblem::Expected(ExpectedValue::List);
                        return value.at.mistake(problem);
                    }
                }
                _ => entry.pass_over()?,
            }
        }
        Ok(ValueCheck::Within(Box::new(bounds)))
    }
}
