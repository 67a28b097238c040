//! What crosses, in a form that people review: every export, every type, every field. From the library itself, so that
//! nothing can cross and not stand here.

use std::error::Error;
use std::fmt::Write;
use uniffi_bindgen::{BindgenLoader, BindgenPaths, GlobalConfig};
use uniffi_meta::{EnumShape, FieldMetadata, FnParamMetadata, Metadata, Type, VariantMetadata};

/// Most exports (boundary.md): new abilities are new variants.
pub const EXPORTS_MAX: usize = 40;
/// What an export's name ends in that tests alone call; it is in no app.
const TESTS_ONLY: &str = "_for_test";

/// The surface of a built library.
///
/// # Errors
/// Where the library cannot be read, or has more than [`EXPORTS_MAX`] exports.
pub fn of_library(library: &str) -> Result<String, Box<dyn Error>> {
    let loader = BindgenLoader::new(BindgenPaths::default(), GlobalConfig::default());
    let groups = loader.load_metadata(library.into())?;
    let items: Vec<Metadata> = groups.into_values().flat_map(|group| group.items).collect();
    let (text, exports) = written(&items);
    if exports > EXPORTS_MAX {
        return Err(format!("{exports} exports are more than {EXPORTS_MAX}").into());
    }
    Ok(text)
}

/// One block an item, by kind and name, and how many exports there are.
fn written(items: &[Metadata]) -> (String, usize) {
    let mut exports: Vec<String> = items.iter().filter_map(export).filter(|line| !line.contains(TESTS_ONLY)).collect();
    let mut types: Vec<String> = items.iter().filter_map(declared).collect();
    exports.sort();
    types.sort();
    let head =
        format!("{} exports. scripts/bindings.sh compares; BELAY_WRITE_SURFACE=1 writes this anew.", exports.len());
    let count = exports.len();
    let all: Vec<String> = [vec![head], exports, types].concat();
    (all.join("\n") + "\n", count)
}

fn export(item: &Metadata) -> Option<String> {
    let (name, inputs, gives, throws) = match item {
        Metadata::Func(it) => (it.name.clone(), &it.inputs, it.return_type.as_ref().map(said), &it.throws),
        Metadata::Constructor(it) => {
            (format!("{}::{}", it.self_name, it.name), &it.inputs, Some(it.self_name.clone()), &it.throws)
        }
        Metadata::Method(it) => {
            let name = format!("{}.{}", it.self_name, it.name);
            (name, &it.inputs, it.return_type.as_ref().map(said), &it.throws)
        }
        _ => return None,
    };
    let inputs: Vec<String> =
        inputs.iter().map(|FnParamMetadata { name, ty, .. }| format!("{name}: {}", said(ty))).collect();
    let gives = gives.map(|gives| format!(" -> {gives}")).unwrap_or_default();
    // An export that can answer no failure would answer a panic with an end of the app.
    let safe = if throws.is_some() { "" } else { "  (throws nothing!)" };
    Some(format!("export {name}({}){gives}{safe}", inputs.join(", ")))
}

fn declared(item: &Metadata) -> Option<String> {
    match item {
        Metadata::Record(it) => Some(format!("record {}{}", it.name, block(it.fields.iter().map(field)))),
        Metadata::Enum(it) => {
            let kind = if it.shape == EnumShape::Enum { "enum" } else { "failure" };
            Some(format!("{kind} {}{}", it.name, block(it.variants.iter().map(variant))))
        }
        Metadata::CustomType(it) => Some(format!("opaque {} over {}", it.name, said(&it.builtin))),
        Metadata::Object(it) => Some(format!("object {}", it.name)),
        Metadata::CallbackInterface(it) => Some(format!("callback {}: none may cross!", it.name)),
        Metadata::TraitMethod(it) => Some(format!("callback {}.{}: none may cross!", it.trait_name, it.name)),
        _ => None,
    }
}

fn block(lines: impl Iterator<Item = String>) -> String {
    lines.fold(String::new(), |mut block, line| {
        // Writing into a String cannot fail.
        let _ = write!(block, "\n    {line}");
        block
    })
}

fn field(field: &FieldMetadata) -> String {
    format!("{}: {}", field.name, said(&field.ty))
}

fn variant(variant: &VariantMetadata) -> String {
    let fields: Vec<String> =
        variant.fields.iter().map(|it| if it.name.is_empty() { said(&it.ty) } else { field(it) }).collect();
    if fields.is_empty() { variant.name.clone() } else { format!("{}({})", variant.name, fields.join(", ")) }
}

fn said(ty: &Type) -> String {
    match ty {
        Type::UInt32 => "u32".into(),
        Type::UInt64 => "u64".into(),
        Type::Int64 => "i64".into(),
        Type::Boolean => "bool".into(),
        Type::String => "String".into(),
        Type::Bytes => "bytes".into(),
        Type::Box { inner_type } => said(inner_type),
        Type::Optional { inner_type } => format!("{}?", said(inner_type)),
        Type::Sequence { inner_type } => format!("[{}]", said(inner_type)),
        Type::Object { name, .. } | Type::Record { name, .. } | Type::Enum { name, .. } | Type::Custom { name, .. } => {
            name.clone()
        }
        other => format!("{other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::path::PathBuf;

    /// `belay-ffi` as this test was built with it, which holds what the library says of itself. It lies beside the test;
    /// where builds with other features left theirs, it is the newest.
    fn newest_library() -> PathBuf {
        let folder = std::env::current_exe().unwrap().parent().unwrap().to_owned();
        let is_library = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            name.starts_with("libbelay_ffi-") && name.ends_with(".rlib")
        };
        let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(is_library);
        files.max_by_key(|path| fs::metadata(path).unwrap().modified().unwrap()).unwrap()
    }

    #[test]
    fn what_crosses_is_what_was_reviewed() {
        let surface = of_library(newest_library().to_str().unwrap()).unwrap();
        let reviewed = include_str!("../../surface.txt");
        let new: Vec<&str> = surface.lines().filter(|line| !reviewed.lines().any(|other| other == *line)).collect();
        let gone: Vec<&str> = reviewed.lines().filter(|line| !surface.lines().any(|other| other == *line)).collect();
        assert!(
            surface == reviewed,
            "BELAY_WRITE_SURFACE=1 scripts/bindings.sh writes it: new {new:#?}, gone {gone:#?}"
        );
    }

    fn list(of: Type) -> Type {
        Type::Sequence { inner_type: Box::new(Type::Optional { inner_type: Box::new(of) }) }
    }

    #[test]
    fn an_export_says_what_it_takes_gives_and_whether_it_can_fail() {
        let mut function = uniffi_meta::FnMetadata {
            module_path: "belay_ffi".into(),
            name: "version".into(),
            orig_name: None,
            is_async: false,
            inputs: vec![FnParamMetadata::simple("asks", list(Type::UInt64))],
            return_type: Some(Type::Boolean),
            throws: Some(Type::String),
            checksum: None,
            docstring: None,
        };
        let told = |function: &uniffi_meta::FnMetadata| export(&Metadata::Func(function.clone())).unwrap();
        assert_eq!(told(&function), "export version(asks: [u64?]) -> bool");
        function.throws = None;
        assert_eq!(told(&function), "export version(asks: [u64?]) -> bool  (throws nothing!)");
        let hook = uniffi_meta::FnMetadata { name: "panic_for_test".into(), ..function.clone() };
        let (text, count) = written(&[Metadata::Func(function), Metadata::Func(hook)]);
        assert!(count == 1 && !text.contains("panic"), "{text}");
    }
}
