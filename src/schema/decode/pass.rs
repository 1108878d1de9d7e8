//! Reading of selected fields: the others are passed over.

use super::cursor::Cursor;
use super::{Decoder, Stop};
use crate::schema::field_type::FieldType;
use crate::schema::plan::{FieldKind, FieldPlan, Length, Repeat};
use crate::schema::selection::Wanted;
use std::ops::Range;

impl<'a> Decoder<'a> {
    /// Reads something of which this is wanted.
    pub(super) fn wanting<T>(
        &mut self,
        wanted: &'a Wanted,
        read: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let around = std::mem::replace(&mut self.wanted, wanted);
        let found = read(self);
        self.wanted = around;
        found
    }

    /// Reads the next field, or passes over it.
    pub(super) fn next(
        &mut self,
        around: usize,
        (index, field): (usize, &FieldPlan),
        cursor: &mut Cursor,
    ) -> Result<(), Stop> {
        let Some(selection) = self.selection else {
            return self.field(around, (index, field), cursor);
        };
        match selection.of(self.wanted, index) {
            Some(wanted) => self.wanting(wanted, |decoder| {
                decoder.field(around, (index, field), cursor)
            }),
            None => self.pass(around, (index, field), cursor),
        }
    }

    /// Reads the instances that are wanted of a type, whose fields end at this place.
    pub(super) fn instances(&mut self, around: usize, instances: Range<usize>, at: usize) {
        for index in instances {
            let wanted = match self.selection {
                None => Some(self.wanted),
                Some(selection) => selection.of_instance(self.wanted, index),
            };
            if let Some(wanted) = wanted {
                self.wanting(wanted, |decoder| decoder.instance(around, index, Some(at)));
            }
        }
    }

    /// Goes to the end of a field.
    fn pass(
        &mut self,
        around: usize,
        (index, field): (usize, &FieldPlan),
        cursor: &mut Cursor,
    ) -> Result<(), Stop> {
        if !self.exists(around, (index, field), cursor)? {
            return Ok(());
        }
        let before = cursor.clone();
        if self.skip(around, field, cursor).is_some() {
            return Ok(());
        }
        // What it is made of says where it ends, or what is wrong with it.
        *cursor = before;
        self.wanting(&Wanted::End, |decoder| {
            decoder.field(around, (index, field), cursor)
        })
    }

    /// Goes to the end of a field, if that is known without reading what is in it.
    fn skip(&mut self, around: usize, field: &FieldPlan, cursor: &mut Cursor) -> Option<()> {
        let of = match &field.kind {
            FieldKind::Type(of) => Some(*of),
            FieldKind::Chosen { .. } => None,
        };
        let times = match &field.repeat {
            Repeat::Once => 1,
            Repeat::Times(times) => {
                let scope = super::Scope::of(around, cursor);
                usize::try_from(self.integer(times, &scope).ok()?).ok()?
            }
            Repeat::ToEnd | Repeat::Until(_) => return None,
        };
        if !matches!(of, Some(FieldType::Bits { .. })) {
            cursor.align();
        }
        let Length {
            size,
            to_end,
            terminator,
            ..
        } = &field.length;
        let has_end = size.is_some() || *to_end || terminator.is_some();
        let width = match of? {
            FieldType::Integer { width, .. } | FieldType::Float { width, .. } => width.into(),
            of @ (FieldType::Bits { .. } | FieldType::Varint) => {
                for _ in 0..times {
                    cursor.number(of, self.bytes).ok()?;
                }
                return Some(());
            }
            FieldType::Struct(of) if !has_end => self.selection?.size(of)?,
            _ => {
                let fixed = field.contents.as_ref().map(Vec::len);
                for _ in 0..times {
                    self.window(&field.length, fixed, around, cursor).ok()?;
                }
                return Some(());
            }
        };
        let bytes = width.checked_mul(times)?;
        cursor.at = cursor
            .at
            .checked_add(bytes)
            .filter(|at| *at <= cursor.end)?;
        Some(())
    }
}
