//! What happened lately, for a report that a person chooses to send: codes, counts and durations. No line can hold
//! words, names or ids, by its type.

use super::Companion;
use crate::error::Code;
use std::collections::VecDeque;

/// Most lines kept; older ones go first. They live in memory only.
pub const LOG_LINES_MAX: usize = 512;

/// Which call a line tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names are the calls")]
pub enum LogCall {
    Create,
    Unlock,
    Lock,
    Pause,
    Resume,
    Confirm,
    RecoveryWords,
    Slot,
    Erase,
    Tick,
    Job,
    Exchange,
}

/// One call: when, how it ended, how much, how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct LogLine {
    /// Unix milliseconds of the last moment that the host told.
    pub at_ms: i64,
    /// Which call.
    pub call: LogCall,
    /// How it was refused, where it was.
    pub code: Option<Code>,
    /// How many things it was about; 0 where it counts none.
    pub count: u64,
    /// How long it took, where the host gave a stopwatch.
    pub took_ms: Option<u64>,
}

#[derive(Debug, Default)]
pub(super) struct Log(VecDeque<LogLine>);

impl Log {
    pub(super) fn put(&mut self, line: LogLine) {
        if self.0.len() >= LOG_LINES_MAX {
            self.0.pop_front();
        }
        self.0.push_back(line);
    }

    pub(super) fn newest(&self, max: u32) -> Vec<LogLine> {
        let max = usize::try_from(max).unwrap_or(usize::MAX);
        self.0.iter().rev().take(max).rev().copied().collect()
    }
}

impl Companion {
    /// The newest lines, at most `max`, oldest first; also while the vault is locked. A line is written by the calls
    /// that begin or end something, never by reads or by typing.
    pub fn diagnostics(&self, max: u32) -> Vec<LogLine> {
        self.host.log_lines(max)
    }
}
