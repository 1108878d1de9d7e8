//! Messages that are made of values of fields.

use super::MessageSchema;
use crate::payload::message::Message;
use crate::payload::template::TemplateContext;
use crate::payload::{EncodeMistake, MakeMessage};
use crate::schema::{FormulaMistake, Formulas, Moment};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A message some of whose values differ each time.
#[derive(Debug)]
struct FieldMessage {
    formulas: Formulas,
    described: Arc<MessageSchema>,
}

impl MakeMessage for FieldMessage {
    fn make(
        &self,
        moment: &TemplateContext<'_>,
        random: &mut fastrand::Rng,
    ) -> Result<Vec<u8>, EncodeMistake> {
        let mut now = Moment {
            count: moment.seq,
            seconds: moment.micros as f64 / 1e6,
            random: random.clone(),
        };
        let request = moment.request.data;
        let made = self.described.compose(&self.formulas, request, &mut now);
        *random = now.random;
        made
    }
}

impl MessageSchema {
    /// The message with these values of fields, by their paths; those that begin with `=` are
    /// computed each time it is sent. It answers nothing, so no value is one of a request.
    ///
    /// # Errors
    /// The first field that cannot have its value.
    pub fn message(
        self: &Arc<Self>,
        fields: &BTreeMap<String, String>,
    ) -> Result<Message, FormulaMistake> {
        let formulas = self.schema.formulas(fields)?;
        // Mistakes are said before anything is sent.
        let bytes = self.compose(&formulas, &[], &mut Moment::trial())?;
        Ok(match formulas.is_fixed() {
            true => Message::from(Arc::<[u8]>::from(bytes)),
            false => self.made(formulas),
        })
    }

    /// The same as a reply: values may be those of its request.
    ///
    /// # Errors
    /// The first field that cannot have its value, as far as that is known without a request.
    pub fn reply(
        self: &Arc<Self>,
        fields: &BTreeMap<String, String>,
    ) -> Result<Message, FormulaMistake> {
        let formulas = self.schema.formulas(fields)?;
        Ok(match formulas.is_fixed() {
            true => {
                let bytes = self.compose(&formulas, &[], &mut Moment::trial())?;
                Message::from(Arc::<[u8]>::from(bytes))
            }
            false => self.made(formulas),
        })
    }

    fn made(self: &Arc<Self>, formulas: Formulas) -> Message {
        let described = Arc::clone(self);
        Message::made_by(Arc::new(FieldMessage {
            formulas,
            described,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::EncodeProblem;
    use crate::payload::template::Request;
    use crate::schema::{EvaluationFault, FormulaProblem, Schema};
    use crate::traffic::framing::SessionFraming;

    fn described() -> Arc<MessageSchema> {
        let schema = r#"(
            meta: (id: "m", endian: "be"),
            seq: [(id: "len", type: "u1", counts: "count.."), (id: "count", type: "u1"), (id: "t", type: "u1")],
        )"#;
        let schema = Schema::read(schema).unwrap();
        Arc::new(MessageSchema {
            schema,
            framing: SessionFraming::default(),
        })
    }

    fn fields(count: &str, t: &str) -> BTreeMap<String, String> {
        let fields = [("count", count), ("t", t)];
        let fields = fields.map(|(path, text)| (path.to_owned(), text.to_owned()));
        fields.into_iter().collect()
    }

    /// The bytes as the third message, at the fifth second, for this request.
    fn bytes(message: &Message, data: &[u8]) -> Vec<u8> {
        let request = Request {
            data,
            ..Request::default()
        };
        let moment = TemplateContext {
            seq: 3,
            micros: 5_000_000,
            request,
            ..TemplateContext::default()
        };
        let mut random = fastrand::Rng::with_seed(1);
        message.render(&moment, 99, &mut random).unwrap().to_vec()
    }

    #[test]
    fn formulas_are_computed_for_each_message() {
        let message = described()
            .message(&fields("= count", "= time + 1"))
            .unwrap();
        assert_eq!(message.fixed(), None);
        assert_eq!(bytes(&message, b""), [2, 3, 6]);
        let fixed = described().message(&fields("7", "0x10")).unwrap();
        assert_eq!(fixed.fixed().unwrap()[..], [2, 7, 16]);
    }

    #[test]
    fn only_a_reply_has_values_of_a_request() {
        let fields = fields("= req.count", "= count");
        let reply = described().reply(&fields).unwrap();
        assert_eq!(bytes(&reply, &[2, 9, 0]), [2, 9, 3]);
        let absent = EncodeProblem::Expression(EvaluationFault::Absent);
        let mistake = FormulaMistake {
            path: "count".to_owned(),
            problem: FormulaProblem::Value(absent),
        };
        assert_eq!(described().message(&fields), Err(mistake));
    }
}
