package app.belay

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

    /** Whatever goes wrong between rest and work, what is shown follows the vault, which is locked then. */
    private suspend fun <T> orLocked(call: suspend () -> T): T =
        try {
            call()
        } catch (why: BelayException) {
            if (why.code != Code.IN_USE) door.watching.locked()
            throw why
        }
}
