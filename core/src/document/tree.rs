//! A document's content as plain data, and its one canonical encoding.

use super::step::Scalar;
use automerge::{ChangeHash, ObjId, ObjType, ReadDoc, ScalarValue, Value};
use std::collections::BTreeMap;

/// Deepest nesting that is read: the kinds need four.
const DEPTH_MAX: usize = 8;

/// Content at some heads. Where two devices set one key apart, the merge engine's winner.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the shapes")]
pub enum Tree {
    Map(BTreeMap<String, Tree>),
    Text(String),
    Scalar(Scalar),
}

impl Default for Tree {
    fn default() -> Self {
        Tree::Map(BTreeMap::new())
    }
}

impl Tree {
    /// Reads an object and all below it.
    pub(super) fn read(doc: &automerge::Automerge, object: &ObjId, heads: Option<&[ChangeHash]>) -> Tree {
        read_seeing(doc, object, heads, &mut Vec::new(), &mut |_, _| {})
    }

    /// What lies under a key; `None` where this is no map or has no such key.
    pub fn get(&self, key: &str) -> Option<&Tree> {
        match self {
            Tree::Map(map) => map.get(key),
            _ => None,
        }
    }
    /// The keys and what lies under them; nothing where this is no map.
    pub fn entries(&self) -> impl Iterator<Item = (&String, &Tree)> {
        match self {
            Tree::Map(map) => Some(map.iter()),
            _ => None,
        }
        .into_iter()
        .flatten()
    }
    /// The words under a key, whether kept as a text or as a single value; empty where there are none.
    pub fn words(&self, key: &str) -> String {
        match self.get(key) {
            Some(Tree::Text(text) | Tree::Scalar(Scalar::Str(text))) => text.clone(),
            _ => String::new(),
        }
    }
    /// The single text value under a key.
    pub fn str(&self, key: &str) -> Option<&str> {
        match self.get(key) {
            Some(Tree::Scalar(Scalar::Str(text))) => Some(text),
            _ => None,
        }
    }
    /// The number under a key.
    pub fn int(&self, key: &str) -> Option<i64> {
        match self.get(key) {
            Some(Tree::Scalar(Scalar::Int(number))) => Some(*number),
            _ => None,
        }
    }
    /// The truth under a key; no where there is none.
    pub fn flag(&self, key: &str) -> bool {
        matches!(self.get(key), Some(Tree::Scalar(Scalar::Bool(true))))
    }

    /// Deterministic CBOR (RFC 8949 §4.2.1): maps sorted by the bytes of their encoded keys, texts and text values
    /// as text strings.
    pub fn to_cbor(&self, out: &mut Vec<u8>) {
        let mut encoder = minicbor::Encoder::new(&mut *out);
        let written = match self {
            Tree::Text(text) | Tree::Scalar(Scalar::Str(text)) => encoder.str(text),
            Tree::Scalar(Scalar::Int(number)) => encoder.i64(*number),
            Tree::Scalar(Scalar::Bool(truth)) => encoder.bool(*truth),
            Tree::Scalar(Scalar::Bytes(bytes)) => encoder.bytes(bytes),
            Tree::Scalar(Scalar::Null) => encoder.null(),
            Tree::Map(map) => encoder.map(map.len() as u64),
        };
        written.map(|_| ()).expect("writing to memory does not fail");
        if let Tree::Map(map) = self {
            let mut keyed: Vec<_> = map.iter().map(|(key, value)| (crate::cbor::encode(key), value)).collect();
            keyed.sort_by(|a, b| a.0.cmp(&b.0));
            for (key, value) in keyed {
                out.extend(key);
                value.to_cbor(out);
            }
        }
    }
}

impl std::fmt::Debug for Tree {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Tree::Map(map) => f.debug_list().entries(map.keys()).finish(),
            _ => f.write_str("‹words›"),
        }
    }
}

/// Is told of every object that is read, with the keys that lead to it.
pub(super) type Seeing<'s> = &'s mut dyn FnMut(&ObjId, &[String]);

pub(super) fn read_seeing(
    doc: &automerge::Automerge,
    object: &ObjId,
    heads: Option<&[ChangeHash]>,
    path: &mut Vec<String>,
    seeing: Seeing<'_>,
) -> Tree {
    if path.len() > DEPTH_MAX {
        return Tree::Scalar(Scalar::Null);
    }
    seeing(object, path);
    match doc.object_type(object) {
        Ok(ObjType::Text) => {
            let text = match heads {
                None => doc.text(object),
                Some(heads) => doc.text_at(object, heads),
            };
            Tree::Text(text.unwrap_or_default())
        }
        Ok(ObjType::Map) => {
            let range = match heads {
                None => doc.map_range(object, ..),
                Some(heads) => doc.map_range_at(object, .., heads),
            };
            let items = range.map(|item| {
                let value: Value<'_> = item.value.clone().into();
                (item.key.to_string(), (value.to_owned(), item.id()))
            });
            let items: Vec<_> = items.collect();
            let mut map = BTreeMap::new();
            for (key, (value, id)) in items {
                path.push(key);
                let read = read_value(doc, &value, &id, heads, path, seeing);
                map.extend(path.pop().map(|key| (key, read)));
            }
            Tree::Map(map)
        }
        // The gate lets no other object in.
        _ => Tree::Scalar(Scalar::Null),
    }
}

pub(super) fn read_value(
    doc: &automerge::Automerge,
    value: &Value<'_>,
    id: &ObjId,
    heads: Option<&[ChangeHash]>,
    path: &mut Vec<String>,
    seeing: Seeing<'_>,
) -> Tree {
    match value {
        Value::Object(_) => read_seeing(doc, id, heads, path, seeing),
        Value::Scalar(scalar) => Tree::Scalar(match scalar.as_ref() {
            ScalarValue::Str(text) => Scalar::Str(text.to_string()),
            ScalarValue::Int(number) => Scalar::Int(*number),
            ScalarValue::Uint(number) => i64::try_from(*number).map_or(Scalar::Null, Scalar::Int),
            ScalarValue::Boolean(truth) => Scalar::Bool(*truth),
            ScalarValue::Bytes(bytes) => Scalar::Bytes(bytes.clone()),
            // A number beyond what a field can mean, or a type the gate lets no one write.
            _ => Scalar::Null,
        }),
    }
}
