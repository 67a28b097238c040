package app.belay

import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertTrue
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import org.junit.jupiter.api.Test

class StoryTest {
    @Test
    fun `a note is written, listed, found, watched, locked away and there again`() = story {
        val mara = person("mara")
        val saved = mara.notes.create(title = "Morning", body = "Walked along the river.", tags = listOf("sleep"))
        val row = mara.notes.list().rows.single()
        assertEquals("Morning", row.title.said)
        assertEquals(saved.made, row.id)
        val found = mara.search.find("river").rows.single()
        assertEquals(saved.made, found.id)
        assertEquals("river", found.spans.single { it.hit }.t.said)

        coroutineScope {
            val seen = Channel<Live<NoteDetail>>(Channel.UNLIMITED)
            val watcher = launch { mara.notes.watch(saved.made).collect { seen.send(it) } }
            val before = (seen.receive() as Live.Ready).value
            assertEquals("Walked along the river.", before.body.said)
            mara.notes.edit(saved.made, NoteField.BODY, before.rev, "Walked along the canal.")
            val after = seen.receive()
            assertEquals("Walked along the canal.", (after as Live.Ready).value.body.said)
            mara.lock()
            assertEquals(Live.Locked, seen.receive())
            assertEquals(Code.LOCKED, assertFailsWith<BelayException.Locked> { mara.notes.list() }.code)
            mara.vault.unlock(PASSPHRASE)
            assertEquals(after, seen.receive())
            watcher.cancel()
        }
        mara.close()
    }

    @Test
    fun `what is done can be looked at before, and taken back`() = story {
        val mara = person("mara")
        val first = mara.notes.create(body = "One").made
        val trash = Command.Note(NoteCommand.Trash(first))
        assertEquals(null, mara.preview(trash).confirmation)
        assertEquals(1, mara.notes.list().rows.size)
        val action = mara.apply(listOf(trash, Command.Note(NoteCommand.Create(NoteDraft(PersonText("Two"), PersonText(""), emptyList())))))
        assertEquals(listOf("Two"), mara.notes.list().rows.map { it.title.said })
        assertTrue(action.canUndo)
        action.undo()
        assertEquals(listOf(first), mara.notes.list().rows.map { it.id })
        assertFailsWith<BelayException> { action.undo() }
        val none = assertFailsWith<BelayException.Missing> { mara.apply(listOf(trash, Command.Note(NoteCommand.Pin(DocId("none"))))) }
        assertEquals(Code.NOT_FOUND, none.code)
        assertEquals(1, mara.notes.list().rows.size)
        mara.close()
    }

    @Test
    fun `nothing said is a typed failure, and so is too much`() = story {
        val mara = person("mara")
        val empty = assertFailsWith<BelayException.Input> { mara.notes.create() }
        assertEquals(Code.EMPTY to Field.BODY, empty.code to empty.detail.field)
        val long = assertFailsWith<BelayException.Input> { mara.notes.create(title = "x".repeat(201)) }
        assertEquals(Code.TOO_LONG to Field.TITLE, long.code to long.detail.field)
        assertEquals(200uL to 201uL, long.detail.max to long.detail.actual)
        assertEquals("TOO_LONG TITLE", long.message)
        mara.close()
    }

    @Test
    fun `a panic says where, and nothing of what it says gets out`() {
        // Rust writes to the standard error of the process, past the JVM: a process of its own shows all that is said.
        val said = child("app.belay.PanicOnceKt", listOf(CANARY))
        assertTrue(said.contains("code INTERNAL"), said)
        assertTrue(said.contains("belay: stopped at "), said)
        assertFalse(said.contains(CANARY), said)
    }

    @Test
    fun `two pair by files, keep a plan together and end with the same`() = story {
        val both = pair(person("mara"), person("theo"))
        val (mara, theo) = both.mara to both.theo
        val plan = mara.plans.create("wellness", "Getting up", both.space).made
        val entry = mara.plans.addEntry(plan, "toolbox", "Walk by the river").made
        both.untilQuiet()

        assertEquals("Getting up", theo.plans.get(plan).title.said)
        val refused = assertFailsWith<BelayException.NotAllowed> { theo.plans.addEntry(plan, "toolbox", "Mine") }
        assertEquals(Code.SUGGEST_ONLY, refused.code)
        val may = theo.plans.get(plan).parts.single { it.key == "toolbox" }.may
        assertEquals(listOf(false, true), listOf(Deed.ADD, Deed.SUGGEST).map(may::allows))
        val idea = theo.talk.suggest(
            on = Target(plan, "toolbox", entry),
            alternatives = listOf("Walk by the river at eight"),
            why = "You liked it in May",
            kind = IdeaKind.CHANGE,
        ).made
        both.untilQuiet()

        coroutineScope {
            val seen = async { theo.plans.watch(plan).ready { it.lines("toolbox") == listOf("Walk by the river at eight") } }
            assertEquals(idea, mara.talk.waiting().rows.single().id)
            assertEquals(listOf(idea), mara.home.get().ideas.map { it.id })
            val together = mara.read(listOf(Ask.Home, Ask.Plan(plan), Ask.Goal(plan))).answers
            assertEquals(Answer.No(Code.NOT_FOUND), together.last())
            mara.talk.decide(idea, Decision.Add(0u))
            both.untilQuiet()
            seen.await()
        }
        assertEquals(mara.plans.get(plan).lines("toolbox"), theo.plans.get(plan).lines("toolbox"))
        assertEquals(mara.people.stateOf(both.space), theo.people.stateOf(both.space))
        assertTrue(mara.people.list().single().equal == true)
        both.close()
    }

    @Test
    fun `what was said is nowhere in what is printed`() = story {
        val canary = "Lavender-canary"
        val both = pair(person("mara"), person("theo"))
        val mara = both.mara
        val note = mara.notes.create(title = canary, body = canary, tags = listOf(canary)).made
        val plan = mara.plans.create("wellness", canary, both.space).made
        mara.plans.addEntry(plan, "toolbox", canary)
        mara.talk.comment(Target(plan, "toolbox", null), canary, canary)
        val printed = listOf(
            mara.notes.list(), mara.notes.get(note), mara.plans.list(), mara.plans.get(plan), mara.people.list(),
            mara.search.find(canary), mara.notes.watch(note).first(), mara.home.get(), NoteCommand.AddTag(note, PersonText(canary)),
            UnlockWith.Passphrase(SecretText(canary)), SecretText(canary), RecoveryWords(canary), PersonText(canary),
            EditorNow(PersonText(canary), Stretch(0, 0)),
        )
        for (shown in printed) assertFalse(shown.toString().contains(canary), shown.javaClass.name)
        both.close()
    }
}

private const val CANARY = "canary-of-a-sentence"

/** The lines of a part. */
fun PlanDetail.lines(part: String): List<String> = parts.single { it.key == part }.entries.map { it.text.said }
