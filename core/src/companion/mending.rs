//! A vault with damaged pages, made whole again where they held nothing but what the batches tell as well.

use super::session::Session;
use super::{Answered, Companion, Inner, hold};
use crate::clock::Moment;
use crate::error::{Code, Failure, Field, Result};
use crate::exchange::{count_unfit, remake};
use crate::secret::sweeping_deep;
use crate::store::Store;
use crate::vault::{self, FolderLock, UnlockWith};

/// What mending found and did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mended {
    /// Pages of the store that were damaged, by number from 1. None: it was whole, and nothing was done.
    pub pages: Vec<u32>,
}

impl Companion {
    /// Reads every page of the store. Where some are damaged and all that is signed or secret can still be read, makes a
    /// new store of that, with rows and history from the batches, and puts it in place of the damaged one, which goes at
    /// the next unlock. History is told again as another device would tell it: one line for what a batch made and changed at
    /// once. The vault is closed afterwards, whatever the answer. Takes about as much space again as it has.
    ///
    /// # Errors
    /// Those of [`Companion::unlock`]; `Corrupt{Store}` where more is damaged than can be made again: a backup is the
    /// way then, or the same from another device, and the files are as they were (`actual`: of how many batches something
    /// does not fit, where every page is whole); `Unwritable{Header}` for a backup; `StorageFull`, `Unwritable`.
    pub fn mend(&self, with: &UnlockWith, at: &Moment) -> Answered<Mended> {
        sweeping_deep(|| self.mend_store(with, at))
    }

    fn mend_store(&self, with: &UnlockWith, at: &Moment) -> Answered<Mended> {
        self.stop_all();
        let mut inner = hold(&self.inner);
        let mut entropy = hold(&self.entropy);
        let lock = match std::mem::replace(&mut *inner, Inner::Closed(None)) {
            Inner::Open(session) => {
                let Session { store, lock, .. } = *session;
                // What cannot be closed cleanly is what is to be mended.
                let _ = store.close();
                lock
            }
            Inner::Closed(Some(lock)) => lock,
            Inner::Closed(None) | Inner::Paused(_) => FolderLock::take(&self.config.folder)?,
        };
        let mended = (|| -> Result<Mended> {
            let (opened, _) = vault::unlock(&lock, with, at)?;
            let (file, key) = (opened.store_file(), opened.db_key());
            let pages = Store::examine(file, &key)?;
            if pages.is_empty() && Store::check(file, &key).is_ok() {
                // Pages are whole, and what stands on them need not be: that is made again of nothing that is here.
                let unfit = Store::look_into(file, &key, count_unfit)?;
                return if unfit == 0 { Ok(Mended::default()) } else { unfit_rows(unfit) };
            }
            let draft = vault::begin_mend(&lock, &opened)?;
            let store = Store::salvage(file, &draft.store_file(), &key, draft.vault())?;
            write_point!("mend-salvaged");
            Session::remake(store, &mut |desk| remake(desk), entropy.as_mut(), at)?;
            Store::check(&draft.store_file(), &key)?;
            write_point!("mend-remade");
            draft.commit(&lock, &mut |_| ())?;
            Ok(Mended { pages })
        })();
        mended.map_err(Failure::from)
    }
}

fn unfit_rows(count: usize) -> Result<Mended> {
    Err(Code::Corrupt.of(Field::Store).actual(count).into())
}
