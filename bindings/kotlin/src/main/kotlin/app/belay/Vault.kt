package app.belay

import java.nio.file.Path
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.withContext

/** What a vault is made, opened and left with. */
public class Vault internal constructor(private val door: Door) {
    /** Where it stands. Only [VaultFacts.Absent] lets an app offer to make one. */
    public suspend fun state(): VaultState = door.atOnce { state() }

    /**
     * Makes a vault and opens it. Nothing can be kept in it before [acknowledge].
     *
     * @param passphrase 8 to 128 characters
     * @return the recovery words among others: shown to the person once, and kept by nobody
     * @throws BelayException.Input `WeakSecret`; `Duplicate` where something lies in the folder
     */
    public suspend fun create(passphrase: SecretText, words: WordCount = WordCount.TWENTY_FOUR): Created =
        door.write { at -> create(NewVault(passphrase, words), at) }.also { door.watching.opened() }

    /** Keeps that the person understood: without words, passphrase or another phone nobody opens this vault. */
    public suspend fun acknowledge() {
        door.write { at -> acknowledge(at) }
        door.watching.opened()
    }

    /**
     * Opens the vault with one of its secrets. Streams go on by themselves.
     *
     * @throws BelayException.Locked `WrongSecret`
     * @throws BelayException.NotNow `TryLater` after several wrong ones, with the time at which the next may come
     * @throws BelayException.Storage `InUse` where another process has it
     */
    public suspend fun unlock(with: UnlockWith): Unlocked =
        door.write { at -> unlock(with, at) }.also { door.watching.opened() }

    /** [unlock] with what the person typed. */
    public suspend fun unlock(passphrase: SecretText): Unlocked = unlock(UnlockWith.Passphrase(passphrase))

    /**
     * Closes every file and gives the folder back, keeping the keys in memory: for an app that is about to be put to
     * sleep. Streams stay as they are until [resume]. Waits for nothing that is queued.
     *
     * @param budgetMs what runs may come to its end in that time, then it is stopped and leaves nothing behind
     */
    public suspend fun pause(budgetMs: Int): Paused {
        door.watching.rested()
        return orLocked { door.atOnce { at -> pause(budgetMs.toUInt(), at) } }
    }

    /**
     * Goes on after [pause].
     *
     * @throws BelayException.Storage `InUse` where another process has the vault now: try again later
     * @throws BelayException.Locked where there is nothing to go on with: [unlock]
     */
    public suspend fun resume(): Changes =
        orLocked { door.write { at -> resume(at) } }.also { door.watching.opened() }

    /**
     * Takes a secret again as a proof that it is the person: for one purpose, within 60 seconds, once.
     *
     * @throws BelayException.Locked `WrongSecret`
     */
    public suspend fun confirm(with: UnlockWith, purpose: Purpose): Confirmation =
        door.write { at -> confirm(with, purpose, at) }

    /** The words of a vault that was just made, until all were typed back or it is locked. */
    public suspend fun recoveryWords(confirmation: Confirmation): RecoveryWords =
        door.write { at -> recoveryWords(confirmation, at) }

    /** Keeps that the person typed all the words back and they were right, so that nobody is asked for ever. */
    public suspend fun testWords(words: RecoveryWords): Unit = door.write { at -> testWords(words, at) }

    /** Begins a way in: a fresh key for the platform's keystore to wrap, never the vault's own. */
    public suspend fun beginSlot(new: NewSlot, confirmation: Confirmation): SlotKey =
        door.write { at -> slotBegin(new, confirmation, at) }

    /** Adds the way in that [beginSlot] began, with its key as the keystore wrapped it. */
    public suspend fun finishSlot(slot: SlotId, wrapped: ByteArray): SlotAdded =
        door.write { at -> slotFinish(slot, wrapped, at) }

    /**
     * Takes a way in out, with a proof for `Slots`.
     *
     * @return the names of keys that the app must delete from the platform's keystore
     * @throws BelayException.Input `OutOfRange` for the last one that a secret is typed for
     */
    public suspend fun removeSlot(slot: SlotId, confirmation: Confirmation): SlotAdded =
        door.write { at -> slotRemove(slot, confirmation, at) }

    /**
     * Sets a new passphrase, with the old one, the words or a PIN.
     *
     * @throws BelayException.Locked `WrongSecret`; the old passphrase still opens then
     */
    public suspend fun setPassphrase(with: UnlockWith, new: SecretText): Unit =
        door.write { at -> setPassphrase(with, new, at) }

    /**
     * Copies the whole vault into a new folder, with a proof for `Backup`, and reads the copy again from end to end.
     *
     * @param passphrase opens the copy besides the words
     */
    public suspend fun backUp(
        folder: Path,
        confirmation: Confirmation,
        passphrase: SecretText? = null,
    ): JobOutcome.Backup = run(Job.Backup(folder.toAbsolutePath().toString(), confirmation, passphrase))

    /**
     * Makes a vault of a backup, where there is none yet, and opens it. The device is a new one to the others.
     *
     * @param with one of the backup's secrets
     * @param passphrase for the new vault; the words stay the same
     * @throws BelayException.Input `Duplicate` where a vault is there already
     */
    public suspend fun restore(backup: Path, with: UnlockWith, passphrase: SecretText): Restored =
        whole { run<JobOutcome.Restore>(Job.Restore(backup.toAbsolutePath().toString(), with, passphrase)).restored }

    /**
     * Puts the whole vault under a new key, when the old one may be known to others.
     *
     * @param with a typed secret
     * @param passphrase a new one, needed where the vault has one and another secret was typed
     * @return among others the names of keys that the app must delete from the platform's keystore
     */
    public suspend fun rekey(with: UnlockWith, passphrase: SecretText? = null): Rekeyed =
        whole { run<JobOutcome.ReKey>(Job.ReKey(with, passphrase)).rekeyed }

    /**
     * Reads the whole vault, and mends what can be made again. It is locked afterwards, whatever the answer.
     *
     * @return which pages were damaged; none where it was whole
     * @throws BelayException.Storage `Corrupt` where more is damaged: a backup is the way then
     */
    public suspend fun mend(with: UnlockWith): Mended =
        whole { run<JobOutcome.Integrity>(Job.Integrity(with)).mended }

    /**
     * Removes the vault from this device, keys first. An open one takes a proof for `Erase`, a locked one none.
     *
     * @return the names of keys that the app must delete from the platform's keystore
     */
    public suspend fun erase(confirmation: Confirmation? = null): EraseReport {
        val report = door.write { at -> erase(EraseScope.VAULT, confirmation, at) }
        door.watching.locked()
        return report
    }

    /** Does what time alone does, and takes in what was dropped: when the app comes to the front, and at `nextWakeMs`. */
    public suspend fun tick(facts: HostFacts): Tick =
        // All is read anew: with another zone or language the same reads otherwise.
        door.write { at -> tick(facts, at) }.also { door.watching.opened() }

    /** What has been noted about this run: codes, counts and durations, safe to hand on. */
    public suspend fun diagnostics(max: Int): List<LogLine> = door.atOnce { diagnostics(max.toUInt()) }

    private suspend inline fun <reified T : JobOutcome> run(job: Job): T = promised(door.run(job) { _, _ -> } as? T)

    /** Whichever way it went, what is shown follows the vault as it is now. */
    private suspend fun <T> whole(call: suspend () -> T): T =
        try {
            call()
        } finally {
            withContext(NonCancellable) {
                val isOpen = runCatching { state() }.getOrNull() == VaultState.Open
                if (isOpen) door.watching.opened() else door.watching.locked()
            }
        }

    /** Whatever goes wrong between rest and work, what is shown follows the vault, which is locked then. */
    private suspend fun <T> orLocked(call: suspend () -> T): T =
        try {
            call()
        } catch (why: BelayException) {
            if (why.code != Code.IN_USE) door.watching.locked()
            throw why
        }
}
