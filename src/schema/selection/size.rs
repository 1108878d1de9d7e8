//! The sizes of types whose messages all have the same number of bytes.

use crate::schema::field_type::FieldType;
use crate::schema::plan::{DEPTH, FieldKind, Plan, Repeat};
use std::ops::Range;

/// The bytes of every message of each type, where they are always as many.
pub(super) fn sizes(plan: &Plan) -> Vec<Option<usize>> {
    // A type may stand before those in it; how deep they are nested is bounded.
    let mut sizes = vec![None; plan.types.len()];
    for _ in 0..DEPTH {
        let before = sizes.clone();
        for (size, of) in sizes.iter_mut().zip(&plan.types) {
            if size.is_none() && of.form.is_none() {
                *size = bytes_of(plan, of.seq.clone(), &before);
            }
        }
        if sizes == before {
            break;
        }
    }
    sizes
}

/// The bytes of fields that follow each other, if they are always as many.
fn bytes_of(plan: &Plan, seq: Range<usize>, sizes: &[Option<usize>]) -> Option<usize> {
    let (mut bytes, mut bits) = (0_usize, 0_usize);
    for index in seq {
        let field = plan.field(index)?;
        if field.condition.is_some() || !matches!(field.repeat, Repeat::Once) {
            return None;
        }
        let FieldKind::Type(of) = &field.kind else {
            return None;
        };
        if let FieldType::Bits { count, .. } = of {
            bits += usize::from(*count);
            continue;
        }
        bytes = bytes.checked_add(bits.div_ceil(8))?;
        bits = 0;
        let size = match of {
            FieldType::Integer { width, .. } | FieldType::Float { width, .. } => {
                usize::from(*width)
            }
            FieldType::Bits { .. } | FieldType::Varint => return None,
            FieldType::Bytes | FieldType::Text(_) | FieldType::Written { .. } => {
                let fixed = field.contents.as_ref().map(Vec::len);
                match &field.length.size {
                    Some(size) => usize::try_from(size.constant()?).ok()?,
                    None => fixed?,
                }
            }
            FieldType::Struct(number) => {
                let length = &field.length;
                if length.size.is_some() || length.to_end || length.terminator.is_some() {
                    return None;
                }
                sizes.get(*number).copied().flatten()?
            }
        };
        bytes = bytes.checked_add(size)?;
    }
    bytes.checked_add(bits.div_ceil(8))
}
