package app.belay

import kotlinx.coroutines.flow.Flow

/** Goals in a person's own words, with steps that may be another's to do. */
public class Goals internal constructor(private val door: Door) {
    /** Begins a goal; private unless a shared [space] is named. */
    public suspend fun create(draft: GoalDraft, space: SpaceId? = null): Action<DocId> =
        made(door, Command.Goal(GoalCommand.Create(space, draft)))

    /**
     * Changes one of its texts, as it was at [base].
     *
     * @param field `title`, `towards`, `away_from` or `why`
     */
    public suspend fun edit(goal: DocId, field: String, base: Rev, text: String): Action<Unit> =
        done(GoalCommand.Edit(goal, field, base, TextEdit.Whole(words(Field.TEXT, text))))

    /** Says which area of life it belongs to; `null`: to none. */
    public suspend fun setArea(goal: DocId, area: String?): Action<Unit> =
        done(GoalCommand.SetArea(goal, area?.let { words(Field.AREA, it) }))

    /** Says how it stands. */
    public suspend fun setStage(goal: DocId, stage: GoalStage): Action<Unit> = done(GoalCommand.SetStage(goal, stage))

    /** Adds a step behind another; `null`: at the start. */
    public suspend fun addStep(goal: DocId, draft: StepDraft, after: ElementId? = null): Action<ElementId> =
        madeIn(door, Command.Goal(GoalCommand.AddStep(goal, draft, after)))

    /** Changes the words of a step, as the goal was at [base]. */
    public suspend fun editStep(goal: DocId, step: ElementId, base: Rev, text: String): Action<Unit> =
        done(GoalCommand.EditStep(goal, step, base, TextEdit.Whole(words(Field.TEXT, text))))

    /** Says how a step stands: the owner in the goal, a named member in words of their own. */
    public suspend fun markStep(goal: DocId, step: ElementId, stage: StepStage): Action<Unit> =
        done(GoalCommand.MarkStep(goal, step, stage))

    /** Moves a step behind another; `null`: to the start. */
    public suspend fun moveStep(goal: DocId, step: ElementId, after: ElementId?): Action<Unit> =
        done(GoalCommand.MoveStep(goal, step, after))

    /** A page of the list. */
    public suspend fun list(at: At = Pages.first()): GoalPage = door.ask(Ask.Goals(at)).of<Answer.Goals>().v1

    /** One goal, opened. */
    public suspend fun get(goal: DocId): GoalDetail = door.ask(Ask.Goal(goal)).of<Answer.Goal>().v1

    /** A page of the list, now and whenever it changes. */
    public fun watch(at: At = Pages.first()): Flow<Live<GoalPage>> = door.watch(Ask.Goals(at)) { it.of<Answer.Goals>().v1 }

    /** One goal, now and whenever it changes. */
    public fun watch(goal: DocId): Flow<Live<GoalDetail>> = door.watch(Ask.Goal(goal)) { it.of<Answer.Goal>().v1 }

    private suspend fun done(command: GoalCommand) = done(door, Command.Goal(command))
}
