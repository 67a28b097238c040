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
    public suspend fun create(passphrase: SecretText, words: WordCount = WordCount.TWENTY_FOUR): Created {
        val made = door.write { at -> create(NewVault(passphrase, words), at) }
        door.watching.opened()
        return made
    }

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
    public suspend fun unlock(with: UnlockWith): Unlocked {
        val unlocked = door.write { at -> unlock(with, at) }
        door.watching.opened()
        return unlocked
    }

    /** [unlock] with what the person typed. */
    public suspend fun unlock(passphrase: SecretText): Unlocked = unlock(UnlockWith.Passphrase(passphrase))

    /**
     * Closes every file and gives the folder back, keeping the keys in memory: for an app that is about to be put to
     * sleep. Streams stay as they are until [resume]. Waits for nothing that is queued.
     */
    public suspend fun pause() {
        door.watching.rested()
        door.atOnce { at -> pause(at) }
    }

    /**
     * Goes on after [pause].
     *
     * @throws BelayException.Storage `InUse` where another process has the vault now: try again later
     * @throws BelayException.Locked where there is nothing to go on with: [unlock]
     */
    public suspend fun resume() {
        door.write { at -> resume(at) }
        door.watching.opened()
    }

    /** What has been noted about this run, the newest last: codes, counts and durations, safe to hand on. */
    public suspend fun diagnostics(max: Int): List<LogLine> = door.atOnce { diagnostics(max.toUInt()) }
}
