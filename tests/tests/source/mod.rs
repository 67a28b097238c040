//! Reads the workspace's own sources, for the tests that hold them to the style.

use std::fs;
use std::path::{Path, PathBuf};

/// One Rust file: where it is, seen from the workspace, and what it says.
pub struct Source {
    /// Parts joined with `/` on every system.
    pub path: String,
    /// The file as it is.
    pub text: String,
}

/// The workspace's folder.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this crate is a folder of the workspace").to_owned()
}

/// Every Rust file below these folders of the workspace, in the order of their paths.
pub fn rust_files(folders: &[String]) -> Vec<Source> {
    let root = workspace();
    let mut found = Vec::new();
    let mut left: Vec<PathBuf> = folders.iter().map(|folder| root.join(folder)).collect();
    while let Some(folder) = left.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|cause| panic!("{}: {cause}", folder.display())) {
            let path = entry.expect("a folder can be listed").path();
            if path.is_dir() {
                left.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("a source file is UTF-8");
                let parts = path.strip_prefix(&root).expect("it was found below the workspace").iter();
                let parts: Vec<_> = parts.map(|part| part.to_string_lossy()).collect();
                found.push(Source { path: parts.join("/"), text });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(!found.is_empty(), "no sources in {folders:?}");
    found
}

/// The workspace's crates, by the `members` line of its manifest.
pub fn members() -> Vec<String> {
    let manifest = fs::read_to_string(workspace().join("Cargo.toml")).expect("the workspace has a manifest");
    let (_, list) = manifest.split_once("members = [").expect("the manifest lists its members");
    let (list, _) = list.split_once(']').expect("the list ends");
    let members: Vec<String> =
        list.split(',').map(|member| member.trim().trim_matches('"').to_owned()).filter(|m| !m.is_empty()).collect();
    // The target folder is no member, so nothing below a member's `src` and `tests` is anybody else's.
    members
        .iter()
        .flat_map(|member| [format!("{member}/src"), format!("{member}/tests")])
        .filter(|folder| workspace().join(folder).is_dir())
        .collect()
}
