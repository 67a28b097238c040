//! Looking for words in everything a phone holds.

use super::phone::Phone;
use crate::failure::Done;
use belay::companion::Readout;
use belay::error::Error;
use std::path::Path;

/// Words that are looked for, as they could lie: in UTF-8, and in UTF-16 of both orders.
pub(super) struct Needle(Vec<Vec<u8>>);

impl Needle {
    pub fn new(words: &str) -> Self {
        let wide = |order: fn(u16) -> [u8; 2]| words.encode_utf16().flat_map(order).collect();
        Needle(vec![words.as_bytes().to_vec(), wide(u16::to_le_bytes), wide(u16::to_be_bytes)])
    }

    fn is_in(&self, bytes: &[u8]) -> bool {
        self.0.iter().any(|form| bytes.windows(form.len()).any(|window| window == form))
    }
}

/// Which of the words an open phone can give away, and how much was read.
pub(super) fn in_the_open(phone: &Phone, needles: &[Needle]) -> Done<(Vec<bool>, Readout)> {
    let mut found = vec![false; needles.len()];
    let mut look = |bytes: &[u8]| {
        for (needle, found) in needles.iter().zip(&mut found) {
            *found = *found || needle.is_in(bytes);
        }
    };
    let out = phone.companion.everything_readable(&mut look)?;
    Ok((found, out))
}

/// Whether any of the words lies in the files of a phone that is closed.
pub(super) fn in_closed_files(phone: &Phone, needles: &[Needle]) -> Done<bool> {
    phone.companion.lock()?;
    let found = in_folder(&phone.folder, needles);
    phone.unlock()?;
    Ok(found.map_err(Error::from)?)
}

fn in_folder(folder: &Path, needles: &[Needle]) -> std::io::Result<bool> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let found = if path.is_dir() {
            in_folder(&path, needles)?
        } else {
            let bytes = std::fs::read(&path)?;
            needles.iter().any(|needle| needle.is_in(&bytes))
        };
        if found {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_wherever_they_lie() {
        let needle = Needle::new("Bad night");
        let wide: Vec<u8> = "a Bad night".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(needle.is_in(b"\x00Bad night\xff") && needle.is_in(&wide));
        assert!(!needle.is_in(b"Bad nigh") && !needle.is_in(b""));
    }
}
