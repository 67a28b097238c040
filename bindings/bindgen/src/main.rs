//! Writes the Kotlin or the Swift that calls `belay-ffi`, from the built library, and says what crosses.
//!
//! `belay-bindgen kotlin|swift LIBRARY CONFIG FOLDER`: FOLDER is made anew. What only the facades may use is internal
//! in what is written ([`inward`]): an app sees records and enums, and what people wrote in front of them. What is slow
//! or trusting in it is replaced ([`reading`]).
//! `belay-bindgen surface LIBRARY FILE`: compares FILE with what crosses, or writes it where `BELAY_WRITE_SURFACE` is set.

mod inward;
mod reading;
mod surface;

use std::error::Error;
use std::fs;
use std::path::Path;
use uniffi::{GenerateOptions, TargetLanguage};

type Done<T = ()> = Result<T, Box<dyn Error>>;

fn main() -> Done {
    let given: Vec<String> = std::env::args().skip(1).collect();
    match given.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["kotlin", library, config, folder] => {
            generate(TargetLanguage::Kotlin, (library, config), folder)?;
            finish_kotlin(Path::new(folder), &build(library)?)
        }
        ["swift", library, config, folder] => {
            generate(TargetLanguage::Swift, (library, config), folder)?;
            finish_swift(Path::new(folder), &build(library)?)
        }
        ["surface", library, file] => compare(&surface::of_library(library)?, file),
        _ => Err("belay-bindgen kotlin|swift LIBRARY CONFIG FOLDER, belay-bindgen surface LIBRARY FILE".into()),
    }
}

fn generate(language: TargetLanguage, (library, config): (&str, &str), folder: &str) -> Done {
    if fs::exists(folder)? {
        fs::remove_dir_all(folder)?;
    }
    uniffi::generate(GenerateOptions {
        languages: vec![language],
        source: library.into(),
        out_dir: folder.into(),
        config_override: Some(config.into()),
        format: false,
        crate_filter: None,
        metadata_no_deps: true,
    })?;
    Ok(())
}

/// What `version` answers in a library with this surface (bindings/src/outside.rs).
fn build(library: &str) -> Done<String> {
    let surface = surface::of_library(library)?;
    let fnv = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    let signs = surface.bytes().fold(0xcbf2_9ce4_8422_2325, fnv);
    Ok(format!("{}+{signs:016x}", env!("CARGO_PKG_VERSION")))
}

fn compare(surface: &str, file: &str) -> Done {
    if std::env::var_os("BELAY_WRITE_SURFACE").is_some() {
        return Ok(fs::write(file, surface)?);
    }
    let kept = fs::read_to_string(file).unwrap_or_default();
    if kept == surface {
        return Ok(());
    }
    for line in surface.lines().filter(|line| !kept.lines().any(|other| other == *line)) {
        eprintln!("new:  {line}");
    }
    for line in kept.lines().filter(|line| !surface.lines().any(|other| other == *line)) {
        eprintln!("gone: {line}");
    }
    Err(format!("{file} is not what crosses; BELAY_WRITE_SURFACE=1 writes it anew").into())
}

/// Under a name that no hand-written file bears: Kotlin makes a class of a file's name.
fn finish_kotlin(folder: &Path, build: &str) -> Done {
    let package = folder.join("app/belay");
    let written = fs::read_to_string(package.join("belay.kt"))?;
    fs::remove_file(package.join("belay.kt"))?;
    let expected = format!(
        "\n/** What `version` answers in the library that this was made for. */\ninternal const val EXPECTED_BUILD: String = \"{build}\"\n"
    );
    fs::write(package.join("BelayCore.kt"), inward::kotlin(&reading::kotlin(&written)?) + &expected)?;
    Ok(())
}

/// Two targets of a package: the C module with its map, and the source beside the hand-written ones.
fn finish_swift(folder: &Path, build: &str) -> Done {
    let (module, source) = (folder.join("BelayCoreFFI"), folder.join("BelayKit"));
    fs::create_dir_all(&module)?;
    fs::create_dir_all(&source)?;
    fs::rename(folder.join("BelayCoreFFI.h"), module.join("BelayCoreFFI.h"))?;
    let map = "module BelayCoreFFI {\n    header \"BelayCoreFFI.h\"\n    link \"belay_ffi\"\n    export *\n}\n";
    fs::write(module.join("module.modulemap"), map)?;
    let written = fs::read_to_string(folder.join("BelayKit.swift"))?;
    let expected = format!(
        "\n/// What `version` answers in the library that this was made for.\nlet expectedBuild = \"{build}\"\n"
    );
    fs::write(source.join("BelayCore.swift"), inward::swift(&reading::swift(&written)?) + &expected)?;
    fs::remove_file(folder.join("BelayKit.swift"))?;
    fs::remove_file(folder.join("BelayCoreFFI.modulemap"))?;
    Ok(())
}
