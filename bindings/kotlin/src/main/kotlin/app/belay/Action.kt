package app.belay

/**
 * What a call did, once it lies on the disk.
 *
 * @param T what it made: the id of an object, of a piece of one, or nothing
 */
public class Action<out T> internal constructor(
    private val door: Door,
    /** What was made. */
    public val made: T,
    /** Everything the engine says of it. */
    public val applied: Applied,
) {
    /** Whether [undo] can take it back. Not everything can be. */
    public val canUndo: Boolean get() = applied.undo != null

    /**
     * Takes it back as a whole.
     *
     * @throws BelayException.Conflict where someone went on from it meanwhile
     * @throws BelayException.NotNow where it is none of those that can be taken back
     */
    public suspend fun undo(): Action<Unit> = takenBack(door, applied.undo)

    /** Says that there is something, never what. */
    override fun toString(): String = "Action(commit ${applied.commit})"
}

/** What a token stands for, taken back. */
internal suspend fun takenBack(door: Door, token: UndoToken?): Action<Unit> =
    done(door, Command.Undo(token ?: throw BelayException.NotNow(refused(Code.NOT_IN_FORCE))))

/** One command that makes nothing. */
internal suspend fun done(door: Door, command: Command, confirmation: Confirmation? = null): Action<Unit> =
    Action(door, Unit, door.apply(listOf(command), confirmation))

/** One command that makes an object. */
internal suspend fun made(door: Door, command: Command, confirmation: Confirmation? = null): Action<DocId> {
    val applied = door.apply(listOf(command), confirmation)
    return Action(door, promised(applied.outcomes.first().made), applied)
}

/** One command that makes a piece of an object: an entry, a step, an idea, a comment. */
internal suspend fun madeIn(door: Door, command: Command): Action<ElementId> {
    val applied = door.apply(listOf(command))
    return Action(door, promised(applied.outcomes.first().element), applied)
}

/** What the engine promises with this ask or command. */
internal fun <T : Any> promised(what: T?): T = what ?: throw BelayException.Internal(refused(Code.INTERNAL))

/** What was asked for, out of the answer to it. */
internal inline fun <reified T : Answer> Answer.of(): T = promised(this as? T)

internal fun <T> Answer.live(pick: (Answer) -> T): Live<T> =
    if (this is Answer.No) Live.Gone(v1) else Live.Ready(pick(this))
