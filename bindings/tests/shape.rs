//! This crate hands over and decides nothing: small files, and no export that is not guarded. And it says which build
//! it is.

use belay_ffi::outside::fingerprint;
use std::fs;
use std::path::{Path, PathBuf};

const FILE_MAX_LINES: usize = 300;

fn sources() -> Vec<(PathBuf, String)> {
    let mut left = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut found = Vec::new();
    while let Some(folder) = left.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of this crate") {
            let path = entry.expect("it can be listed").path();
            if path.is_dir() {
                left.push(path);
            } else {
                let text = fs::read_to_string(&path).expect("a source file is UTF-8");
                found.push((path, text));
            }
        }
    }
    assert!(found.len() > 20, "{} files", found.len());
    found
}

/// The exports of a file: each with the lines from its name to the end of its body.
fn exports(text: &str) -> Vec<Vec<&str>> {
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line != "#[uniffi::export]" {
            continue;
        }
        // A block of methods or one function ends with a brace at the margin.
        let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "}").collect();
        let begins = |line: &str| line.trim_start().starts_with("pub fn ");
        let starts: Vec<usize> = body.iter().enumerate().filter(|(_, line)| begins(line)).map(|(at, _)| at).collect();
        let ends = starts.iter().skip(1).copied().chain([body.len()]);
        found.extend(starts.iter().zip(ends).filter_map(|(start, end)| Some(body.get(*start..end)?.to_vec())));
    }
    found
}

#[test]
fn every_export_is_guarded_and_no_file_is_long() {
    let mut count = 0;
    for (path, text) in sources() {
        let lines = text.lines().count();
        assert!(lines <= FILE_MAX_LINES, "{} has {lines} lines", path.display());
        for export in exports(&text) {
            count += 1;
            let name = export.first().expect("it begins with its name").trim();
            let guarded = export.iter().any(|line| line.trim_start().starts_with("guarded(||"));
            let answers = export.iter().any(|line| line.contains("-> Answered<"));
            assert!(guarded && answers, "{}: {}", path.display(), name);
            // Its signature, one guarded line or a short block: more would be logic.
            let code = export.iter().filter(|line| !line.trim().is_empty() && !line.trim().starts_with("///")).count();
            assert!(code <= 12, "{}: {} has {code} lines", path.display(), name);
        }
    }
    let surface = include_str!("../surface.txt");
    let listed = surface.lines().filter(|line| line.starts_with("export ")).count();
    // One more here: that which tests alone call.
    assert_eq!(count, listed + 1, "surface.txt lists what is exported");
}

#[test]
fn the_build_names_what_crosses() {
    let version = belay_ffi::outside::version().expect("it asks nothing of anyone");
    // Examples of its authors.
    assert_eq!([fingerprint(b""), fingerprint(b"foobar")], [0xcbf2_9ce4_8422_2325, 0x8594_4171_f739_67e8]);
    let signs = format!("{:016x}", fingerprint(include_bytes!("../surface.txt")));
    assert_eq!(version.build, format!("{}+{signs}", version.library));
}
