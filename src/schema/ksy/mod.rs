//! Descriptions of Kaitai Struct as they are: files in YAML, with the places of their parts.

mod field;
#[cfg(test)]
mod tests;
mod yaml;

use super::expression::Expression;
use super::mistake::{ExpectedValue, SchemaProblem};
use super::scalar::ValueName;
use super::type_spec::{ParamSpec, TypeMeta, TypeSpec};
use std::collections::BTreeMap;
use yaml::{Entry, Node};

/// A description in YAML. Its types are not checked yet.
#[derive(Debug)]
pub struct KsyFile {
    pub spec: TypeSpec,
    pub imports: Vec<KsyImport>,
    pub places: KsyPlaces,
}

/// A file that a description imports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KsyImport {
    /// The last part of its path, without `.ksy`: small letters, digits and `_`.
    pub name: String,
    pub at: TextPlace,
}

/// A place in a text. Both numbers count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextPlace {
    pub line: usize,
    /// In characters.
    pub column: usize,
}

/// A mistake in a description in YAML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KsyMistake {
    pub at: TextPlace,
    pub problem: SchemaProblem,
}

/// The places of types and fields by their path: `types.query.seq.2`.
#[derive(Debug, Default)]
pub struct KsyPlaces(BTreeMap<String, TextPlace>);

type Result<T> = std::result::Result<T, KsyMistake>;

impl KsyFile {
    /// Reads the text of a description.
    ///
    /// # Errors
    /// The first mistake, or what this program does not have.
    pub fn read(text: &str) -> Result<Self> {
        Self::of(text, false)
    }

    /// Reads the text of a file that another one imports.
    ///
    /// # Errors
    /// The first mistake, or what this program does not have.
    pub fn read_imported(text: &str) -> Result<Self> {
        let mut file = Self::of(text, true)?;
        // It knows nothing of those who import it.
        let meta = &mut file.spec.meta;
        meta.bit_endian.get_or_insert_with(|| "be".to_owned());
        meta.encoding.get_or_insert_with(|| "UTF-8".to_owned());
        Ok(file)
    }

    fn of(text: &str, is_imported: bool) -> Result<Self> {
        let root = yaml::read(text)?;
        let mut reader = Reader {
            is_imported,
            imports: Vec::new(),
            places: KsyPlaces::default(),
        };
        let spec = reader.type_spec(&root, "")?;
        Ok(Self {
            spec,
            imports: reader.imports,
            places: reader.places,
        })
    }
}

impl TextPlace {
    /// The first character.
    pub const BEGIN: Self = Self { line: 1, column: 1 };

    fn mistake<T>(self, problem: SchemaProblem) -> Result<T> {
        Err(KsyMistake { at: self, problem })
    }
}

impl KsyPlaces {
    /// The place of a path, or of the nearest part around it.
    pub fn find(&self, path: &str) -> TextPlace {
        let mut path = path;
        loop {
            if let Some(found) = self.0.get(path) {
                return *found;
            }
            match path.rsplit_once('.') {
                Some((around, _)) => path = around,
                None => return TextPlace::BEGIN,
            }
        }
    }
}

/// Reads the parts of a file.
struct Reader {
    is_imported: bool,
    imports: Vec<KsyImport>,
    places: KsyPlaces,
}

impl Reader {
    fn mark(&mut self, path: String, at: TextPlace) -> String {
        self.places.0.insert(path.clone(), at);
        path
    }

    /// A type at this path, which is empty for the description itself.
    fn type_spec(&mut self, node: &Node, path: &str) -> Result<TypeSpec> {
        let mut spec = TypeSpec::default();
        let here = |part: &str| match path {
            "" => part.to_owned(),
            path => format!("{path}.{part}"),
        };
        for entry in node.entries()? {
            let value = &entry.value;
            match entry.key.as_str() {
                "meta" => spec.meta = self.meta(value, &here("meta"))?,
                "doc" => spec.doc = Some(value.text()?),
                "doc-ref" => {}
                "to-string" => {
                    self.mark(here("to_string"), entry.at);
                    spec.to_string = Some(self.expression(value)?);
                }
                "params" => {
                    self.mark(here("params"), entry.at);
                    for (at, param) in value.items()?.iter().enumerate() {
                        self.mark(here(&format!("params.{at}")), param.at);
                        spec.params.push(parameter(param)?);
                    }
                }
                "seq" => {
                    for (at, field) in value.items()?.iter().enumerate() {
                        self.mark(here(&format!("seq.{at}")), field.at);
                        spec.seq.push(self.field(field)?);
                    }
                }
                "types" => {
                    for Entry { at, key, value } in value.entries()? {
                        let path = self.mark(here(&format!("types.{key}")), *at);
                        let inner = self.type_spec(value, &path)?;
                        spec.types.insert(key.clone(), inner);
                    }
                }
                "instances" => {
                    for Entry { at, key, value } in value.entries()? {
                        self.mark(here(&format!("instances.{key}")), *at);
                        spec.instances.insert(key.clone(), self.field(value)?);
                    }
                }
                "enums" => {
                    for Entry { key, value, .. } in value.entries()? {
                        spec.enums.insert(key.clone(), value_names(value)?);
                    }
                }
                _ => entry.pass_over()?,
            }
        }
        Ok(spec)
    }

    fn meta(&mut self, node: &Node, path: &str) -> Result<TypeMeta> {
        let mut meta = TypeMeta::default();
        for entry in node.entries()? {
            let value = &entry.value;
            match entry.key.as_str() {
                "id" => meta.id = Some(value.text()?),
                "title" => meta.title = Some(value.text()?),
                "endian" if value.is_map() => {
                    let choice = SchemaProblem::Unsupported("endian: switch-on".to_owned());
                    return entry.at.mistake(choice);
                }
                "endian" => {
                    self.mark(format!("{path}.endian"), entry.at);
                    meta.endian = Some(value.text()?);
                }
                "bit-endian" => {
                    self.mark(format!("{path}.bit_endian"), entry.at);
                    meta.bit_endian = Some(value.text()?);
                }
                "encoding" => {
                    self.mark(format!("{path}.encoding"), entry.at);
                    meta.encoding = Some(value.text()?);
                }
                "imports" => {
                    for import in value.items()? {
                        self.imports.push(imported(import)?);
                    }
                }
                "application" | "file-extension" | "xref" | "license" | "tags" | "ks-version"
                | "ks-debug" | "ks-opaque-types" => {}
                _ => entry.pass_over()?,
            }
        }
        Ok(meta)
    }

    /// An expression whose words all have a meaning here.
    fn expression(&self, node: &Node) -> Result<Expression> {
        let text = node.text()?;
        self.check_words(&text, node.at)?;
        Ok(Expression::new(&text))
    }

    fn check_words(&self, text: &str, at: TextPlace) -> Result<()> {
        let mut words = text.split(|c: char| c != '_' && !c.is_ascii_alphanumeric());
        let wrong = words.find_map(|word| match word {
            "_root" if self.is_imported => Some(SchemaProblem::ImportedRoot),
            "sizeof" | "bitsizeof" | "_sizeof" | "_bitsizeof" => {
                Some(SchemaProblem::Unsupported(word.to_owned()))
            }
            _ => None,
        });
        wrong.map_or(Ok(()), |problem| at.mistake(problem))
    }
}

fn parameter(node: &Node) -> Result<ParamSpec> {
    let mut param = ParamSpec::default();
    for entry in node.entries()? {
        let value = &entry.value;
        match entry.key.as_str() {
            "id" => param.id = value.text()?,
            "doc" => param.doc = Some(value.text()?),
            "doc-ref" => {}
            "type" => param.r#type = Some(value.text()?),
            "enum" => param.r#enum = Some(value.text()?),
            _ => entry.pass_over()?,
        }
    }
    Ok(param)
}

fn imported(node: &Node) -> Result<KsyImport> {
    let path = node.text()?;
    let name = path.rsplit('/').next().unwrap_or_default();
    let is_letter = |c: char| c == '_' || c.is_ascii_lowercase() || c.is_ascii_digit();
    if name.is_empty() || !name.chars().all(is_letter) {
        let problem = SchemaProblem::Unsupported(format!("imports: {path}"));
        return node.at.mistake(problem);
    }
    Ok(KsyImport {
        name: name.to_owned(),
        at: node.at,
    })
}

/// The names of an enumeration by their values.
fn value_names(node: &Node) -> Result<BTreeMap<i64, ValueName>> {
    let mut names = BTreeMap::new();
    for entry in node.entries()? {
        let Some(value) = integer(&entry.key) else {
            let problem = SchemaProblem::Expected(ExpectedValue::Integer);
            return entry.at.mistake(problem);
        };
        let name = match entry.value.is_map() {
            false => entry.value.text()?,
            true => {
                let mut entries = entry.value.entries()?.iter();
                match entries.find(|entry| entry.key == "id") {
                    Some(id) => id.value.text()?,
                    None => return entry.at.mistake(SchemaProblem::MissingKey("id")),
                }
            }
        };
        names.insert(value, ValueName(name));
    }
    Ok(names)
}

/// A number in the notation of expressions, with a sign or without.
fn integer(text: &str) -> Option<i64> {
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let value = Expression::new(digits).constant()?;
    i64::try_from(if is_negative { -value } else { value }).ok()
}
