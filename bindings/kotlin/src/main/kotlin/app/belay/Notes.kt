package app.belay

import kotlinx.coroutines.flow.Flow

/** Notes. They are private: nobody else can read one unless an excerpt of it is given. */
public class Notes internal constructor(private val door: Door) {
    /**
     * Keeps a new note.
     *
     * @param title at most 200 characters on one line; may be empty where [body] is not
     * @param body at most 100,000 characters, kept as typed
     * @param tags at most 30 of 1 to 40 characters
     * @throws BelayException.Input `Empty` where title and body are; `TooLong`, `TooMany`, `InvalidText`
     */
    public suspend fun create(title: String = "", body: String = "", tags: List<String> = emptyList()): Action<DocId> {
        val draft = NoteDraft(words(Field.TITLE, title), words(Field.BODY, body), tags.map { words(Field.TAG, it) })
        return made(door, Command.Note(NoteCommand.Create(draft)))
    }

    /**
     * Changes the title or the body: the whole new text, made from the note as it was at [base]. What others wrote
     * meanwhile stays. While someone types, use [Texts.open].
     *
     * @throws BelayException.Conflict `Stale` where [base] is no revision of this note
     */
    public suspend fun edit(note: DocId, field: NoteField, base: Rev, text: String): Action<Unit> {
        val whole = TextEdit.Whole(words(if (field == NoteField.TITLE) Field.TITLE else Field.BODY, text))
        return done(NoteCommand.Edit(note, field, base, whole))
    }

    /** Puts a tag on. Two tags that differ in case alone are one. */
    public suspend fun addTag(note: DocId, tag: String): Action<Unit> =
        done(NoteCommand.AddTag(note, words(Field.TAG, tag)))

    /** Takes a tag off. */
    public suspend fun takeTag(note: DocId, tag: String): Action<Unit> =
        done(NoteCommand.TakeTag(note, words(Field.TAG, tag)))

    /** Keeps it at the top of the list. */
    public suspend fun pin(note: DocId): Action<Unit> = done(NoteCommand.Pin(note))

    /** Lets it go back to its place. */
    public suspend fun unpin(note: DocId): Action<Unit> = done(NoteCommand.Unpin(note))

    /** Puts it into the trash, from which [restore] takes it. */
    public suspend fun trash(note: DocId): Action<Unit> = done(NoteCommand.Trash(note))

    /** Takes it out of the trash. */
    public suspend fun restore(note: DocId): Action<Unit> = done(NoteCommand.Restore(note))

    /**
     * A page of the list: pinned first, then the newest before the older.
     *
     * @throws BelayException.Input `OutOfRange` for more than 200 rows, or a cursor of another list
     */
    public suspend fun list(filter: NoteFilter = allNotes, at: At = Pages.first()): NotePage =
        door.ask(Ask.Notes(filter, at)).of<Answer.Notes>().v1

    /** One note, opened. */
    public suspend fun get(note: DocId): NoteDetail = door.ask(Ask.Note(note)).of<Answer.Note>().v1

    /** A page of the list, now and whenever it changes. */
    public fun watch(filter: NoteFilter = allNotes, at: At = Pages.first()): Flow<Live<NotePage>> =
        door.watch(Ask.Notes(filter, at)) { it.of<Answer.Notes>().v1 }

    /** One note, now and whenever it changes. */
    public fun watch(note: DocId): Flow<Live<NoteDetail>> = door.watch(Ask.Note(note)) { it.of<Answer.Note>().v1 }

    private suspend fun done(command: NoteCommand) = done(door, Command.Note(command))
}

/** Notes that are not in the trash, whatever their tags. */
internal val allNotes = NoteFilter(tag = null, trash = false)

