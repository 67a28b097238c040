package app.belay

import kotlinx.coroutines.flow.Flow

/** What was done to a note, a plan or a goal, by whom and when, the newest first; and who can read it. */
public class History internal constructor(private val door: Door) {
    /** A page of what was done. */
    public suspend fun list(of: DocId, at: At = Pages.first()): HistoryPage =
        door.ask(Ask.History(of, at)).of<Answer.History>().v1

    /** A page of what was done, now and whenever it changes. */
    public fun watch(of: DocId, at: At = Pages.first()): Flow<Live<HistoryPage>> =
        door.watch(Ask.History(of, at)) { it.of<Answer.History>().v1 }

    /** Who can read it. */
    public suspend fun audience(of: DocId): Audience = door.ask(Ask.Audience(of)).of<Answer.Audience>().v1
}
