package app.belay

import kotlinx.coroutines.flow.Flow

/** What was done to a note, a plan or a goal, by whom and when, the newest first; who can read it; what was done lately. */
public class History internal constructor(private val door: Door) {
    /** A page of what was done. */
    public suspend fun list(of: DocId, at: At = Pages.first()): HistoryPage =
        door.ask(Ask.History(of, at)).of<Answer.History>().v1

    /** A page of what was done, now and whenever it changes. */
    public fun watch(of: DocId, at: At = Pages.first()): Flow<Live<HistoryPage>> =
        door.watch(Ask.History(of, at)) { it.of<Answer.History>().v1 }

    /** Who can read it. */
    public suspend fun audience(of: DocId): Audience = door.ask(Ask.Audience(of)).of<Answer.Audience>().v1

    /** A page of changes that came and do not count, each with why; those with a `may` for it can be [adopt]ed. */
    public suspend fun keptOut(at: At = Pages.first()): KeptOutPage =
        door.ask(Ask.KeptOut(at)).of<Answer.KeptOut>().v1

    /** A page of changes that do not count, now and whenever that changes. */
    public fun watchKeptOut(at: At = Pages.first()): Flow<Live<KeptOutPage>> =
        door.watch(Ask.KeptOut(at)) { it.of<Answer.KeptOut>().v1 }

    /** Takes one of [keptOut] over into what I may write: it counts from now on, under its writer's name. */
    public suspend fun adopt(change: BatchId): Action<Unit> = done(door, Command.KeptOut(KeptOutCommand.Adopt(change)))

    /**
     * What was done last on this phone, and the newest that can be taken back: also after the app ended, when no [Action] is
     * at hand any more. What is no command (leaving, a bundle) is not among it.
     */
    public suspend fun lately(): DoneLately = door.atOnce { doneLately() }

    /**
     * Takes back one of [lately] as a whole, exactly as [Action.undo].
     *
     * @throws BelayException.Missing where it was taken back meanwhile, or lies too far behind
     * @throws BelayException.NotNow where it is none of those that can be taken back
     */
    public suspend fun takeBack(what: DoneHere): Action<Unit> = takenBack(door, what.undo)
}
