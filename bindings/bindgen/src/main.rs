//! Writes the Kotlin or the Swift that calls `belay-ffi`, from the built library.
//!
//! `belay-bindgen kotlin|swift LIBRARY CONFIG FOLDER`: FOLDER is made anew. What only the facades may use is internal
//! in what is written ([`inward`]): an app sees records and enums, and what people wrote in front of them.

mod inward;

use std::error::Error;
use std::fs;
use std::path::Path;
use uniffi::{GenerateOptions, TargetLanguage};

fn main() -> Result<(), Box<dyn Error>> {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let [language, library, config, folder] = given.as_slice() else {
        return Err("belay-bindgen kotlin|swift LIBRARY CONFIG FOLDER".into());
    };
    if fs::exists(folder)? {
        fs::remove_dir_all(folder)?;
    }
    let kotlin = language == "kotlin";
    uniffi::generate(GenerateOptions {
        languages: vec![if kotlin { TargetLanguage::Kotlin } else { TargetLanguage::Swift }],
        source: library.into(),
        out_dir: folder.into(),
        config_override: Some(config.into()),
        format: false,
        crate_filter: None,
        metadata_no_deps: true,
    })?;
    let folder = Path::new(folder);
    if kotlin {
        finish_kotlin(folder)?
    } else {
        finish_swift(folder)?
    }
    Ok(())
}

/// Under a name that no hand-written file bears: Kotlin makes a class of a file's name.
fn finish_kotlin(folder: &Path) -> Result<(), Box<dyn Error>> {
    let package = folder.join("app/belay");
    let written = fs::read_to_string(package.join("belay.kt"))?;
    fs::remove_file(package.join("belay.kt"))?;
    fs::write(package.join("BelayCore.kt"), inward::kotlin(&written))?;
    Ok(())
}

/// Two targets of a package: the C module with its map, and the source beside the hand-written ones.
fn finish_swift(folder: &Path) -> Result<(), Box<dyn Error>> {
    let (module, source) = (folder.join("BelayCoreFFI"), folder.join("BelayKit"));
    fs::create_dir_all(&module)?;
    fs::create_dir_all(&source)?;
    fs::rename(folder.join("BelayCoreFFI.h"), module.join("BelayCoreFFI.h"))?;
    let map = "module BelayCoreFFI {\n    header \"BelayCoreFFI.h\"\n    link \"belay_ffi\"\n    export *\n}\n";
    fs::write(module.join("module.modulemap"), map)?;
    let written = fs::read_to_string(folder.join("BelayKit.swift"))?;
    fs::write(source.join("BelayCore.swift"), inward::swift(&written))?;
    fs::remove_file(folder.join("BelayKit.swift"))?;
    fs::remove_file(folder.join("BelayCoreFFI.modulemap"))?;
    Ok(())
}
