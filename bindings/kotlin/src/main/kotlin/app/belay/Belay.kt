package app.belay

import java.nio.file.Path
import java.util.Locale
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext

/**
 * One vault, and everything that can be done with it. Calls suspend and never block the thread they come from; they may
 * come from any. What is refused is thrown as a [BelayException]; what changes arrives in the streams of `watch`.
 *
 * ```
 * val belay = Belay.open(folder)
 * val created = belay.vault.create(passphrase)      // show created.words to the person, once
 * belay.vault.acknowledge()
 * val saved = belay.notes.create(title = "Morning", body = "Slept well.")
 * belay.notes.watch().collect { live -> … }
 * ```
 */
public class Belay private constructor(private val door: Door) {
    /** What the vault is made, opened and left with. */
    public val vault: Vault = Vault(door)

    /** The first screen. */
    public val home: Home = Home(door)

    /** Notes, which are private. */
    public val notes: Notes = Notes(door)

    /** Plans, private or kept with another. */
    public val plans: Plans = Plans(door)

    /** Goals and their steps. */
    public val goals: Goals = Goals(door)

    /** What members say to each other about a plan or a goal. */
    public val talk: Talk = Talk(door)

    /** Copies of notes that went from one to another. */
    public val shares: Shares = Shares(door)

    /** What was done to something, and who can read it. */
    public val history: History = History(door)

    /** Letting things go for good. */
    public val forgetting: Forgetting = Forgetting(door)

    /** Words that were typed and are not kept yet. */
    public val drafts: Drafts = Drafts(door)

    /** Finding words again. */
    public val search: Search = Search(door)

    /** The others: pairing, and carrying bundles to and fro. */
    public val people: People = People(door)

    /** Editors that are open. */
    public val texts: Texts = Texts(door)

    /**
     * Locks: keys are wiped, streams say [Live.Locked]. Waits for nothing that is queued, takes a tenth of a second at
     * most, and may be called from any thread, as often as one likes.
     *
     * @throws BelayException.Storage where a file could not be closed; the keys are gone all the same
     */
    public fun lock(): Unit = door.lock()

    /** Answers several asks of at most 64 as one moment has them. The groups ask one each. */
    public suspend fun read(asks: List<Ask>): Reading = door.read(asks)

    /** What a command would do, without doing it: who will be able to read it, exactly what leaves, what to confirm first. */
    public suspend fun preview(command: Command): Preview = door.write { at -> preview(command, at) }

    /**
     * Does several commands, all or none. The groups do one each.
     *
     * @throws BelayException the refusal of the first that is refused; its place is in [Detail.command]
     */
    public suspend fun apply(commands: List<Command>, confirmation: Confirmation? = null): Action<List<Outcome>> {
        val applied = door.apply(commands, confirmation)
        return Action(door, applied.outcomes, applied)
    }

    /** How often streams read at most: each frame while a screen shows them, four times a second otherwise. */
    public fun setVisible(isVisible: Boolean): Unit = door.watching.visible(isVisible)

    /**
     * Ends what was asked for before, locks, and lets go of the folder. Streams end with [Code.CLOSED], and so does
     * every later call. Once is enough.
     */
    public suspend fun close(): Unit = door.close()

    /** Where a [Belay] comes from, and what can be asked without one. */
    public companion object {
        /** The build of the native library that this facade is made for. */
        public const val BUILD: String = EXPECTED_BUILD

        /**
         * Takes a folder for a vault; opens no file of it.
         *
         * @param languages the person's, best first, as BCP-47 names
         * @param exchangeFolder where bundles lie that are carried to and fro; `null`: anywhere
         * @param maxMemory the bytes this app may use, where that is known: with less than 256 MiB a passphrase costs less
         * @throws BelayException.Internal where the native library is missing, or of another build
         */
        public suspend fun open(
            folder: Path,
            languages: List<String> = listOf(Locale.getDefault().toLanguageTag()),
            exchangeFolder: Path? = null,
            maxMemory: Long? = null,
            clock: HostClock = HostClock.System,
        ): Belay = loaded {
            val config =
                HostConfig(folder.asLocation(), exchangeFolder?.toString(), languages, maxMemory?.toULong())
            Belay(Door(BelayCore.open(config), clock))
        }

        /** What lies in a folder, without a secret; writes nothing. Only [VaultFacts.Absent] lets an app make a vault. */
        public suspend fun inspect(folder: Path, clock: HostClock = HostClock.System): VaultFacts =
            loaded { app.belay.inspect(folder.asLocation(), clock.now()) }

        /**
         * Leaves something with a locked vault: a quick note, what another app shared, an editor's last words. Only the
         * vault can read it, at its next unlock.
         */
        public suspend fun dropIn(folder: Path, what: DropIn, clock: HostClock = HostClock.System): Unit =
            loaded { app.belay.dropIn(folder.asLocation(), what, clock.now()) }

        /** Sentences of the catalogue, each in the first of the languages that has it. */
        public suspend fun phrases(keys: List<PhraseId>, languages: List<String>): List<Plain> =
            loaded { app.belay.phrases(keys, languages) }

        internal fun refuseOtherBuild(version: Version) {
            if (version.build != BUILD) throw BelayException.Internal(refused(Code.INTERNAL))
        }

        private fun Path.asLocation() = Location.Folder(toAbsolutePath().toString(), null)

        /** A library that is not there, or that this was not made from, shows as an error of the JVM. */
        private suspend fun <T> loaded(call: () -> T): T = withContext(Dispatchers.IO) {
            try {
                typed {
                    refuseOtherBuild(version())
                    call()
                }
            } catch (_: LinkageError) {
                throw BelayException.Internal(refused(Code.INTERNAL))
            }
        }
    }
}
