package app.belay

import kotlinx.coroutines.flow.Flow

/** What members say to each other about a plan or a goal: ideas, decisions, comments. */
public class Talk internal constructor(private val door: Door) {
    /**
     * Gives an idea for something that is another's to decide.
     *
     * @param alternatives one to five wordings; none for taking something out
     * @param why a reason, if one wants to give it
     * @param after where something new, or something moved, would stand
     */
    public suspend fun suggest(
        on: Target,
        alternatives: List<String>,
        why: String = "",
        kind: IdeaKind = IdeaKind.ADD,
        after: ElementId? = null,
    ): Action<ElementId> {
        val wordings = alternatives.map { words(Field.ALTERNATIVES, it) }
        return madeIn(door, Command.Talk(TalkCommand.Suggest(on, kind, wordings, words(Field.WHY, why), after)))
    }

    /** Takes an own idea back, as long as it is open. */
    public suspend fun withdraw(idea: ElementId): Action<Unit> = done(TalkCommand.Withdraw(idea))

    /**
     * Decides about an idea.
     *
     * @param seen the revision of the target that was shown with it, needed where its words changed since
     */
    public suspend fun decide(idea: ElementId, decision: Decision, seen: Rev? = null): Action<Unit> =
        done(TalkCommand.Decide(idea, decision, seen))

    /** Says something about a plan, a goal or a piece of one. */
    public suspend fun comment(on: Target, text: String, quote: String = ""): Action<ElementId> =
        madeIn(door, Command.Talk(TalkCommand.Comment(on, words(Field.TEXT, text), words(Field.TEXT, quote))))

    /** One idea, opened. */
    public suspend fun idea(idea: ElementId): IdeaDetail = door.ask(Ask.Idea(idea)).of<Answer.Idea>().v1

    /** Open ideas that are mine to decide. */
    public suspend fun waiting(at: At = Pages.first()): IdeaPage = door.ask(Ask.Waiting(at)).of<Answer.Waiting>().v1

    /** Open ideas that are mine to decide, now and whenever that changes. */
    public fun watchWaiting(at: At = Pages.first()): Flow<Live<IdeaPage>> =
        door.watch(Ask.Waiting(at)) { it.of<Answer.Waiting>().v1 }

    private suspend fun done(command: TalkCommand) = done(door, Command.Talk(command))
}
