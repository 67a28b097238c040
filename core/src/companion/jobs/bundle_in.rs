//! Taking a bundle in: an envelope a transaction, as many a step as its time allows.

use super::{JobOutcome, JobProgress, Until};
use crate::clock::Moment;
use crate::companion::carrying::Taking;
use crate::companion::session::Session;
use crate::error::Result;
use crate::exchange::BundleReader;
use crate::projection::Changes;
use crate::secret::Entropy;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counts what was read, for the progress.
struct Counted(BufReader<File>, Arc<AtomicU64>);

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.0.read(buffer)?;
        self.1.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

pub(super) struct BundleIn {
    reader: BundleReader<Counted>,
    taking: Taking,
    read: Arc<AtomicU64>,
    total: u64,
    /// An envelope that was read and, stopped from outside, not taken in.
    again: Option<Vec<u8>>,
}

impl BundleIn {
    pub fn begin(session: &Session, file: &Path) -> Result<Self> {
        let file = File::open(file)?;
        let (total, read) = (file.metadata()?.len(), Arc::new(AtomicU64::new(0)));
        let reader = BundleReader::new(Counted(BufReader::new(file), read.clone()))?;
        Ok(BundleIn { reader, taking: Taking::begin(session)?, read, total, again: None })
    }

    pub fn step(
        &mut self,
        session: &mut Session,
        until: &Until<'_>,
        entropy: &mut dyn Entropy,
        at: &Moment,
    ) -> Result<JobProgress> {
        let begun = session.store.read(crate::store::meta::commit_number)?;
        loop {
            let next = self.again.take().map(Ok).or_else(|| self.reader.next());
            let taking = &mut self.taking;
            let goes_on = match next {
                Some(Ok(envelope)) => {
                    self.again = Some(envelope.clone());
                    let goes_on = taking.take(session, Ok(envelope), entropy, at)?;
                    self.again = None;
                    goes_on
                }
                Some(cut_short) => taking.take(session, cut_short, entropy, at)?,
                None => false,
            };
            if !goes_on {
                let report = self.taking.finish(session, entropy, at)?;
                let changes = session.store.read(|db| crate::projection::changes_since(db, begun))?;
                return Ok(self.progress(changes, Some(JobOutcome::BundleIn { report })));
            }
            if !until.has_time()? {
                let changes = session.store.read(|db| crate::projection::changes_since(db, begun))?;
                return Ok(self.progress(changes, None));
            }
        }
    }

    fn progress(&self, changes: Changes, outcome: Option<JobOutcome>) -> JobProgress {
        let finished = outcome.is_some();
        JobProgress { done: self.read.load(Ordering::Relaxed), total: self.total, finished, changes, outcome }
    }
}
