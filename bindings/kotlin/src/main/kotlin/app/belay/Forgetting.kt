package app.belay

import kotlinx.coroutines.flow.Flow

/**
 * Letting things go for good. What is forgotten is out of everyone's sight at once; its words go from every phone after
 * 30 days, or when a purge comes.
 */
public class Forgetting internal constructor(private val door: Door) {
    /**
     * Forgets a note, a goal or a plan of mine with all that is about it.
     *
     * @throws BelayException.NotAllowed `NotOwner` where it is another's
     */
    public suspend fun everything(of: DocId): Action<Unit> = done(ForgetCommand.Everything(of))

    /**
     * Forgets how it came to be: what it says now stays, in a new one. That is also how one goes on that needs repair.
     *
     * @return the new one
     */
    public suspend fun past(of: DocId): Action<DocId> = made(door, Command.Forget(ForgetCommand.Past(of)))

    /** Lets go of what I wrote in something forgotten and nobody copied, from my phones too. */
    public suspend fun letGo(of: DocId): Action<Unit> = done(ForgetCommand.LetGo(of))

    /**
     * Asks every phone to drop the words of what I forgot at once, with a proof for `Erase`.
     *
     * @param docs 1 to 64 of [list]
     */
    public suspend fun purge(docs: List<DocId>, confirmation: Confirmation): Changes =
        door.write { at -> purge(docs, confirmation, at) }.also { door.watching.changed(it) }

    /** What was forgotten, with what each phone said of it. */
    public suspend fun list(): List<ForgottenRow> = door.ask(Ask.Forgotten).of<Answer.Forgotten>().v1

    /** What was forgotten, now and whenever that changes. */
    public fun watch(): Flow<Live<List<ForgottenRow>>> = door.watch(Ask.Forgotten) { it.of<Answer.Forgotten>().v1 }

    /** What needs repair, and can be read alone until [past] makes a new one of it. */
    public suspend fun repairs(): List<RepairRow> = door.ask(Ask.Repairs).of<Answer.Repairs>().v1

    private suspend fun done(command: ForgetCommand) = done(door, Command.Forget(command))
}
