package app.belay

import kotlinx.coroutines.flow.Flow

/**
 * Copies of notes that went from one to another. A copy is frozen: later changes of the note stay with its writer. It can
 * be taken back, and each phone says what became of it.
 */
public class Shares internal constructor(private val door: Door) {
    /**
     * What a gift would let out, without giving it: who would read it and the exact words. Its hash is what [give] takes, so
     * that nobody gives unseen.
     *
     * @throws BelayException.NotAllowed where the note may not be given
     */
    public suspend fun preview(gift: GiftDraft): Preview =
        door.write { at -> preview(Command.Consent(ConsentCommand.Give(gift, NOT_SEEN)), at) }

    /**
     * Gives what [seen] showed.
     *
     * @param confirmation where [Preview.confirmation] asks for one
     * @return the copy's name
     * @throws BelayException.Conflict where it is not what was shown: look again
     */
    public suspend fun give(gift: GiftDraft, seen: Preview, confirmation: Confirmation? = null): Action<DocId> =
        made(door, Command.Consent(ConsentCommand.Give(gift, seen.hash)), confirmation)

    /** Asks every phone to let go of a copy of mine. It is out of sight at once; [ShareRow.receipts] say what each did. */
    public suspend fun takeBack(copy: DocId): Action<Unit> =
        done(door, Command.Consent(ConsentCommand.TakeBack(copy)))

    /** A page of the list, either way. */
    public suspend fun list(filter: ShareFilter = allShares, at: At = Pages.first()): SharePage =
        door.ask(Ask.Shares(filter, at)).of<Answer.Shares>().v1

    /** One copy, opened. */
    public suspend fun get(copy: DocId): CopyDetail = door.ask(Ask.Copy(copy)).of<Answer.Copy>().v1

    /** A page of the list, now and whenever it changes. */
    public fun watch(filter: ShareFilter = allShares, at: At = Pages.first()): Flow<Live<SharePage>> =
        door.watch(Ask.Shares(filter, at)) { it.of<Answer.Shares>().v1 }

    /** One copy, now and whenever it changes. */
    public fun watch(copy: DocId): Flow<Live<CopyDetail>> = door.watch(Ask.Copy(copy)) { it.of<Answer.Copy>().v1 }

    private companion object {
        /** No preview yet: a preview does not look at it. */
        val NOT_SEEN = Hash32("0".repeat(52))
    }
}

/** All copies, given and received. */
internal val allShares = ShareFilter(with = null, note = null, side = null)
