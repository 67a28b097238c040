package app.belay

import kotlinx.coroutines.flow.Flow

/** Plans: parts with an owner each, made from a template. What is mine I write; for what is another's I make suggestions. */
public class Plans internal constructor(private val door: Door) {
    /**
     * Begins a plan.
     *
     * @param template `wellness`, `safety`, `relationship` or `moving-on`; [get] names the parts it is made of
     * @param title its own title; empty: the template's
     * @param space the space it is shared in; `null`: private
     */
    public suspend fun create(template: String, title: String = "", space: SpaceId? = null): Action<DocId> =
        made(door, Command.Plan(PlanCommand.Create(space, template, words(Field.TITLE, title))))

    /** Changes the title, as it was at [base]. */
    public suspend fun editTitle(plan: DocId, base: Rev, title: String): Action<Unit> =
        done(PlanCommand.EditTitle(plan, base, TextEdit.Whole(words(Field.TITLE, title))))

    /** Adds a part of one's own. */
    public suspend fun addPart(plan: DocId, title: String, owner: PartOwner): Action<Unit> =
        done(PlanCommand.AddPart(plan, words(Field.TITLE, title), owner))

    /** Says whose a part is. */
    public suspend fun setOwner(plan: DocId, part: String, owner: PartOwner): Action<Unit> =
        done(PlanCommand.SetOwner(plan, part, owner))

    /** Leaves a part out, for now. */
    public suspend fun skipPart(plan: DocId, part: String): Action<Unit> = done(PlanCommand.SkipPart(plan, part))

    /** Takes a part in again. */
    public suspend fun unskipPart(plan: DocId, part: String): Action<Unit> = done(PlanCommand.UnskipPart(plan, part))

    /**
     * Adds a line to a part.
     *
     * @param text 1 to 2,000 characters
     * @param after the line before it; `null`: at the start
     * @throws BelayException.NotAllowed `SuggestOnly` in a part that is another's: see [Talk.suggest]
     */
    public suspend fun addEntry(plan: DocId, part: String, text: String, after: ElementId? = null): Action<ElementId> =
        madeIn(door, Command.Plan(PlanCommand.AddEntry(plan, part, words(Field.TEXT, text), after)))

    /** Changes a line, as it was at [base], the revision the line itself names. */
    public suspend fun editEntry(plan: DocId, entry: ElementId, base: Rev, text: String): Action<Unit> =
        done(PlanCommand.EditEntry(plan, entry, base, TextEdit.Whole(words(Field.TEXT, text))))

    /** Moves a line behind another; `null`: to the start. */
    public suspend fun moveEntry(plan: DocId, entry: ElementId, after: ElementId?): Action<Unit> =
        done(PlanCommand.MoveEntry(plan, entry, after))

    /** Takes a line out; [bringBack] puts it in again. */
    public suspend fun takeEntry(plan: DocId, entry: ElementId): Action<Unit> = done(PlanCommand.TakeEntry(plan, entry))

    /** Puts a line in again that was taken out. */
    public suspend fun bringBack(plan: DocId, entry: ElementId): Action<Unit> = done(PlanCommand.BringBack(plan, entry))

    /** Puts a line of [PartDetail.leftOver] into the part as it is shown now: someone wrote on it where the part was before. */
    public suspend fun takeOver(plan: DocId, entry: ElementId): Action<Unit> = done(PlanCommand.TakeOver(plan, entry))

    /** Leaves such a line where it is, and does not offer it again. */
    public suspend fun leaveOver(plan: DocId, entry: ElementId): Action<Unit> = done(PlanCommand.LeaveOver(plan, entry))

    /** A page of the list. */
    public suspend fun list(at: At = Pages.first()): PlanPage = door.ask(Ask.Plans(at)).of<Answer.Plans>().v1

    /** One plan, opened. */
    public suspend fun get(plan: DocId): PlanDetail = door.ask(Ask.Plan(plan)).of<Answer.Plan>().v1

    /** A page of the list, now and whenever it changes. */
    public fun watch(at: At = Pages.first()): Flow<Live<PlanPage>> = door.watch(Ask.Plans(at)) { it.of<Answer.Plans>().v1 }

    /** One plan, now and whenever it changes. */
    public fun watch(plan: DocId): Flow<Live<PlanDetail>> = door.watch(Ask.Plan(plan)) { it.of<Answer.Plan>().v1 }

    private suspend fun done(command: PlanCommand) = done(door, Command.Plan(command))
}
