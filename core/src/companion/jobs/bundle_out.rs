//! Writing a bundle: made in one transaction, then written beside its place block by block, and renamed.

use super::{JobOutcome, JobProgress, Until, broken};
use crate::clock::Moment;
use crate::companion::session::Session;
use crate::error::{Code, Field, Result};
use crate::exchange::{Scope, bundle_out};
use crate::ids::SpaceId;
use crate::projection::Changes;
use crate::secret::Entropy;
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// A block takes a slow card a few milliseconds.
const BLOCK_BYTES: usize = 256 * 1024;
/// What a bundle is called until it is whole.
const PART: &str = "part";

pub(super) struct BundleOut {
    space: SpaceId,
    scope: Scope,
    file: PathBuf,
    made: Option<Made>,
}

struct Made {
    bytes: Vec<u8>,
    outcome: JobOutcome,
    changes: Changes,
    part: PathBuf,
    to: File,
    written: usize,
    is_placed: bool,
}

impl Drop for Made {
    fn drop(&mut self) {
        if !self.is_placed {
            let _ = std::fs::remove_file(&self.part);
        }
    }
}

impl BundleOut {
    pub fn begin(space: SpaceId, scope: Scope, file: PathBuf) -> Self {
        BundleOut { space, scope, file, made: None }
    }

    /// Whether this job is writing where one for `file` would.
    pub fn touches(&self, file: &Path) -> bool {
        let is_one = self.file == file || part_of(&self.file) == file || self.file == part_of(file);
        self.made.is_some() && is_one
    }

    pub fn step(
        &mut self,
        session: &mut Session,
        until: &Until<'_>,
        entropy: &mut dyn Entropy,
        at: &Moment,
    ) -> Result<JobProgress> {
        if self.made.is_none() {
            self.made = Some(self.make(session, entropy, at)?);
            if !until.has_time()? {
                return self.progress(session, false);
            }
        }
        loop {
            let made = self.made.as_mut().ok_or_else(|| broken("a bundle that was just made"))?;
            if made.write()? {
                std::fs::rename(&made.part, &self.file)?;
                made.is_placed = true;
                sync_folder(&self.file)?;
                return self.progress(session, true);
            }
            if !until.has_time()? {
                return self.progress(session, false);
            }
        }
    }

    fn make(&self, session: &mut Session, entropy: &mut dyn Entropy, at: &Moment) -> Result<Made> {
        // Two at once would write into each other's file, and place it half made.
        if session.hosted.jobs.0.values().any(|other| other.touches(&self.file)) {
            return Err(Code::InUse.of(Field::Bundle).into());
        }
        let (space, scope) = (self.space, self.scope);
        let done = session.write(entropy, at, |desk| bundle_out(desk, &space, scope))?;
        let changes = session.changes_of(done.commit)?;
        let outcome = JobOutcome::from(&done.value);
        let part = part_of(&self.file);
        // What a death left there goes; nothing is written through a link that another laid.
        match std::fs::remove_file(&part) {
            Err(cause) if cause.kind() != ErrorKind::NotFound => return Err(cause.into()),
            _ => {}
        }
        let to = File::create_new(&part)?;
        Ok(Made { bytes: done.value.bytes, outcome, changes, part, to, written: 0, is_placed: false })
    }

    fn progress(&mut self, session: &Session, finished: bool) -> Result<JobProgress> {
        let changes = session.no_changes()?;
        let made = self.made.as_mut().ok_or_else(|| broken("a bundle that was just made"))?;
        Ok(JobProgress {
            done: made.written as u64,
            total: made.bytes.len() as u64,
            finished,
            changes: std::mem::replace(&mut made.changes, changes),
            outcome: finished.then(|| made.outcome.clone()),
        })
    }
}

impl Made {
    /// Writes one block; tells whether that was the last, durably.
    fn write(&mut self) -> Result<bool> {
        let block = self.bytes.get(self.written..).unwrap_or_default();
        let block = block.get(..BLOCK_BYTES).unwrap_or(block);
        self.to.write_all(block)?;
        self.written += block.len();
        if self.written < self.bytes.len() {
            return Ok(false);
        }
        self.to.sync_all()?;
        Ok(true)
    }
}

/// Where a bundle lies until it is whole.
fn part_of(file: &Path) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(PART);
    file.with_file_name(name)
}

fn sync_folder(file: &Path) -> Result<()> {
    #[cfg(unix)]
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        File::open(folder)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = file;
    Ok(())
}
