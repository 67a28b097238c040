//! What a writer's connection tells of its own, once it is about to write something that is shown.

use super::pool::Writer;
use crate::error::Result;
use rusqlite::{Transaction, TransactionBehavior};

/// Triggers on what answers are made of.
const TELLING: &str = include_str!("telling.sql");

impl Writer {
    /// Makes it tell what is touched from now on, all of it or nothing.
    ///
    /// # Errors
    /// Those of the database; then it tells nothing, and nothing may be written.
    pub(super) fn tell(&mut self) -> Result<()> {
        if !self.tells {
            let tx = Transaction::new_unchecked(&self.conn, TransactionBehavior::Deferred)?;
            tx.execute_batch(TELLING)?;
            tx.commit()?;
            self.tells = true;
        }
        Ok(())
    }
}
