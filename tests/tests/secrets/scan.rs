//! Looking for secrets in bytes: in another process's memory, by its own map, and in files.

use std::collections::BTreeMap;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// A key is looked for by its halves: what is copied into registers and spilled is rarely a whole one.
const KEY_PIECE: usize = 16;
/// Words are looked for by pieces of this many bytes: long enough to be nobody else's.
const TEXT_PIECE: usize = 12;
const PAGE: usize = 4096;

/// What is looked for, each piece under the name of the secret it is of.
#[derive(Clone, Default)]
pub struct Needles {
    pieces: BTreeMap<Vec<u8>, String>,
    names: BTreeMap<String, Vec<Vec<u8>>>,
}

/// How often each secret was found, and where.
#[derive(Debug, Default)]
pub struct Found {
    /// Name of the secret → places.
    pub places: BTreeMap<String, Vec<String>>,
    /// Bytes that were looked at.
    pub bytes: usize,
}

impl Needles {
    fn add(&mut self, name: &str, piece: &[u8]) {
        assert!(piece.len() >= 6, "{name}: too short to be nobody else's");
        // What is known under another name already is told under that one.
        if !self.pieces.contains_key(piece) {
            self.pieces.insert(piece.to_vec(), name.to_owned());
            self.names.entry(name.to_owned()).or_default().push(piece.to_vec());
        }
    }

    /// A key: its halves, and both as hex digits.
    pub fn key(&mut self, name: &str, bytes: &[u8]) {
        for half in bytes.chunks_exact(KEY_PIECE) {
            self.add(name, half);
            for digits in [hex(half, "0123456789abcdef"), hex(half, "0123456789ABCDEF")] {
                self.add(name, digits.as_bytes());
            }
        }
    }

    /// Words, whole where they are short.
    pub fn text(&mut self, name: &str, text: &str) {
        let bytes = text.as_bytes();
        if bytes.len() <= TEXT_PIECE {
            return self.add(name, bytes);
        }
        bytes.chunks_exact(TEXT_PIECE).chain([&bytes[bytes.len() - TEXT_PIECE..]]).for_each(|p| self.add(name, p));
    }

    /// Bytes as they are.
    pub fn bytes(&mut self, name: &str, bytes: &[u8]) {
        self.add(name, bytes);
    }

    /// Those of another set as well.
    pub fn join(&mut self, other: &Needles) {
        for (name, pieces) in &other.names {
            pieces.iter().for_each(|piece| self.add(name, piece));
        }
    }

    /// The names of the secrets.
    pub fn names(&self) -> impl Iterator<Item = &String> {
        self.names.keys()
    }

    /// Every piece by the name of its secret.
    pub fn pieces(&self) -> &BTreeMap<String, Vec<Vec<u8>>> {
        &self.names
    }

    fn index(&self) -> Index<'_> {
        let mut by_start = vec![Vec::new(); 1 << 16];
        for (piece, name) in &self.pieces {
            by_start[start(piece)].push((piece.as_slice(), name.as_str()));
        }
        Index { by_start }
    }

    /// Whether one of them is in these bytes, and which.
    pub fn within(&self, bytes: &[u8]) -> Option<String> {
        let mut name = None;
        self.index().search(bytes, bytes.len(), |found, _| name = name.take().or(Some(found.to_owned())));
        name
    }

    /// Those in any file below this folder, read as it is now. A file that goes away meanwhile is passed over.
    pub fn in_files(&self, folder: &Path) -> Found {
        let (index, mut found) = (self.index(), Found::default());
        for path in files(folder) {
            let Ok(bytes) = std::fs::read(&path) else { continue };
            found.bytes += bytes.len();
            index.search(&bytes, bytes.len(), |name, at| found.put(name, format!("{} {at:#x}", path.display())));
        }
        found
    }
}

/// Every file below a folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let (mut files, mut left) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = left.pop() {
        let Ok(entries) = std::fs::read_dir(folder) else { continue };
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            if path.is_dir() { left.push(path) } else { files.push(path) }
        }
    }
    files
}

impl Found {
    fn put(&mut self, name: &str, place: String) {
        self.places.entry(name.to_owned()).or_default().push(place);
    }
    /// Nothing at all.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }
    /// The secrets that were found.
    pub fn names(&self) -> Vec<&str> {
        self.places.keys().map(String::as_str).collect()
    }
    /// As a table for a message.
    pub fn table(&self) -> String {
        let line = |(name, places): (&String, &Vec<String>)| {
            let shown: Vec<&str> = places.iter().take(4).map(String::as_str).collect();
            format!("  {name}: {} times: {}\n", places.len(), shown.join(", "))
        };
        self.places.iter().map(line).collect()
    }
}

struct Index<'a> {
    by_start: Vec<Vec<(&'a [u8], &'a str)>>,
}

fn start(bytes: &[u8]) -> usize {
    match bytes {
        [one, two, ..] => usize::from(*one) << 8 | usize::from(*two),
        _ => 0,
    }
}

impl Index<'_> {
    /// What begins before `end`.
    fn search(&self, bytes: &[u8], end: usize, mut see: impl FnMut(&str, usize)) {
        for at in 0..end.min(bytes.len()) {
            for (piece, name) in &self.by_start[start(&bytes[at..])] {
                if bytes[at..].starts_with(piece) {
                    see(name, at);
                }
            }
        }
    }
}

/// Reads every mapping that can be read and written, or that no file is behind, of a process that waits.
pub fn memory_of(process: u32, needles: &Needles) -> Found {
    let maps = std::fs::read_to_string(format!("/proc/{process}/maps")).expect("the map of a child of ours");
    let memory = File::open(format!("/proc/{process}/mem")).expect("this system lets a parent read its child's memory");
    let (index, mut found) = (needles.index(), Found::default());
    for line in maps.lines() {
        let mut words = line.split_whitespace();
        let (range, rights) = (words.next().expect("a range"), words.next().expect("rights"));
        let name = words.nth(3).unwrap_or("anonymous");
        let is_ours = rights.starts_with("rw") || (rights.starts_with('r') && !name.starts_with('/'));
        // Pages of the kernel's own.
        if !is_ours || name.starts_with("[vv") || name.starts_with("[vs") || name.starts_with("[vd") {
            continue;
        }
        let (first, last) = range.split_once('-').expect("a range has two ends");
        let number = |text| u64::from_str_radix(text, 16).expect("a hexadecimal address");
        let (first, last) = (number(first), number(last));
        let bytes = read(&memory, first, last);
        found.bytes += bytes.len();
        search_pages(&index, &bytes, |piece, at| found.put(piece, format!("{name} {:#x}", first + at as u64)));
    }
    found
}

fn read(memory: &File, first: u64, last: u64) -> Vec<u8> {
    let mut bytes = vec![0; usize::try_from(last - first).expect("it fits into memory")];
    if memory.read_exact_at(&mut bytes, first).is_ok() {
        return bytes;
    }
    // Some page of it cannot be read.
    for (page, at) in bytes.chunks_mut(PAGE).zip((first..last).step_by(PAGE)) {
        let _ = memory.read_exact_at(page, at);
    }
    bytes
}

fn search_pages(index: &Index<'_>, bytes: &[u8], mut see: impl FnMut(&str, usize)) {
    let zeros = [0; PAGE];
    for first in (0..bytes.len()).step_by(PAGE) {
        let page = &bytes[first..(first + PAGE).min(bytes.len())];
        if page != &zeros[..page.len()] {
            index.search(&bytes[first..], page.len(), |name, at| see(name, first + at));
        }
    }
}

fn hex(bytes: &[u8], digits: &str) -> String {
    let digit = |nibble: u8| char::from(digits.as_bytes()[usize::from(nibble)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
