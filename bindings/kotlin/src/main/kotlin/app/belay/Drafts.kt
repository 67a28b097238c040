package app.belay

import kotlinx.coroutines.flow.Flow

/**
 * Words that were typed and are not kept yet: what an editor held when the app ended, or what could not be written where
 * it was meant. Editors ([Texts]) make and end them by themselves.
 */
public class Drafts internal constructor(private val door: Door) {
    /** A page of the list, the newest first. */
    public suspend fun list(at: At = Pages.first()): DraftPage = door.ask(Ask.Drafts(at)).of<Answer.Drafts>().v1

    /** What is kept for a field, beside what stands there now. */
    public suspend fun get(target: TextTarget): DraftDetail = door.ask(Ask.Draft(target)).of<Answer.Draft>().v1

    /** A page of the list, now and whenever it changes. */
    public fun watch(at: At = Pages.first()): Flow<Live<DraftPage>> =
        door.watch(Ask.Drafts(at)) { it.of<Answer.Drafts>().v1 }

    /**
     * Keeps all that a field shows, in place of what was kept for it before. [before] is what the field showed when it was
     * opened: of an object that was forgotten meanwhile only what was typed since then is kept, and without it nothing.
     *
     * @throws BelayException.Input `TooBig` above 1,048,576 UTF-16 units
     */
    public suspend fun keep(target: TextTarget, text: String, before: String? = null): Action<Unit> =
        done(door, Command.Draft(DraftCommand.Keep(target, words(Field.TEXT, text), before?.let { words(Field.TEXT, it) })))

    /** Lets go of what is kept for a field. */
    public suspend fun discard(target: TextTarget): Action<Unit> =
        done(door, Command.Draft(DraftCommand.Discard(target)))
}
