package app.belay

import kotlinx.coroutines.CoroutineScope

/** Editors: what a person types is kept while it is typed, and the words of others arrive in it. */
public class Texts internal constructor(private val door: Door) {
    /**
     * Opens a text for typing.
     *
     * @param target which text
     * @param scope where the editor lives: everything the returned [Typing] does to [port] happens there, one after
     *   another. Give a scope of one thread, on a phone that of the screen
     * @param port the editor's field
     * @throws BelayException.NotAllowed where this person may not write there
     * @throws BelayException.Missing where there is no such text
     */
    public suspend fun open(target: TextTarget, scope: CoroutineScope, port: TextPort): Typing {
        val opened = door.write(Rank.TEXT) { at -> textOpen(target, at) }
        return Typing(door, opened, scope, port)
    }
}

/** An editor's field, as a [Typing] needs it. Called in the editor's own scope alone. */
public interface TextPort {
    /**
     * Show this text, selection and composition in one edit, and clear the platform's undo, which knows nothing of it.
     *
     * @param patches the same as splices of what was shown before
     */
    public fun show(now: EditorNow, patches: List<Splice16>)

    /** How safe the words are, how much room is left, and what became of them where they may not stay. */
    public fun tell(about: TextStep.Tell)

    /** The engine could not take the words now. They stay in the field and are sent again. */
    public fun waiting(why: BelayException) {}

    /** The session is over. [lost] words did not reach the vault before a lock: leave them by [Belay.dropIn]. */
    public fun ended(lost: LostWords?)
}

/** Words of an editor that did not reach the vault. */
public data class LostWords(
    /** The text they belong to. */
    public val target: TextTarget,
    /** All that the field showed. */
    public val text: PersonText,
    /** What it showed when the vault last answered it: what was saved last, to be shown beside the words. */
    public val before: PersonText,
) {
    /** As [Belay.dropIn] takes them while the vault is locked; they are the draft of their text after the next unlock. */
    public val drop: DropIn get() = DropIn.EditorWords(target, text, before)
}
