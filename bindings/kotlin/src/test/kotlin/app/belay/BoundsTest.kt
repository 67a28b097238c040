package app.belay

import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import org.junit.jupiter.api.Test

/** Every bound of notes and plans, by table: so much is kept, and one more is refused with its name and its numbers. */
class BoundsTest {
    /** How much a field takes, in characters as a person counts them, and how something is put there. */
    private class Bound(val field: Field, val max: Int, val takesNothing: Boolean, val put: suspend (String) -> Unit)

    @Test
    fun `as much as a field takes is kept, and one more is refused by its name`() = story {
        val mara = person("mara")
        val note = mara.notes.create(title = "Night", body = "One").made
        val plan = mara.plans.create("wellness", "Getting up").made
        val entry = mara.plans.addEntry(plan, PART, "Tea").made
        suspend fun edit(field: NoteField, text: String) = mara.notes.edit(note, field, mara.notes.get(note).rev, text)
        suspend fun line() = mara.plans.get(plan).parts.single { it.key == PART }.entries.single { it.id == entry }
        val bounds = listOf(
            Bound(Field.TITLE, 200, true) { mara.notes.create(title = it, body = "x") },
            Bound(Field.BODY, 100_000, true) { mara.notes.create(title = "x", body = it) },
            Bound(Field.TAG, 40, false) { mara.notes.create(title = "x", tags = listOf(it)) },
            Bound(Field.TITLE, 200, true) { edit(NoteField.TITLE, it) },
            Bound(Field.BODY, 100_000, true) { edit(NoteField.BODY, it) },
            Bound(Field.TAG, 40, false) { mara.notes.addTag(note, it) },
            Bound(Field.TITLE, 200, true) { mara.plans.create("wellness", it) },
            Bound(Field.TITLE, 200, true) { mara.plans.editTitle(plan, mara.plans.get(plan).rev, it) },
            Bound(Field.TITLE, 200, false) { mara.plans.addPart(plan, it, PartOwner.BOTH) },
            Bound(Field.TEXT, 2_000, false) { mara.plans.addEntry(plan, PART, it) },
            Bound(Field.TEXT, 2_000, false) { mara.plans.editEntry(plan, entry, line().rev, it) },
        )
        for ((number, bound) in bounds.withIndex()) {
            // Two units of UTF-16 each, and one character.
            bound.put("👪".repeat(bound.max))
            val more = assertFailsWith<BelayException.Input>("$number") { bound.put("👪".repeat(bound.max + 1)) }
            assertEquals(Code.TOO_LONG to bound.field, more.code to more.detail.field, "$number")
            val (max, actual) = bound.max.toULong() to bound.max.toULong() + 1uL
            assertEquals(max to actual, more.detail.max to more.detail.actual, "$number")
            if (bound.takesNothing) bound.put("") else {
                val nothing = assertFailsWith<BelayException.Input>("$number") { bound.put("") }
                assertEquals(Code.EMPTY to bound.field, nothing.code to nothing.detail.field, "$number")
            }
            val bad = assertFailsWith<BelayException.Input>("$number") { bound.put("ab\u0000") }
            assertEquals(Code.INVALID_TEXT to bound.field, bad.code to bad.detail.field, "$number")
            assertEquals(2uL, bad.detail.actual, "$number")
        }
        mara.close()
    }

    @Test
    fun `as many as there is room for, and one more is refused`() = story {
        val mara = person("mara")
        fun counted(why: BelayException.Input) = listOf(why.code, why.detail.field, why.detail.max, why.detail.actual)
        val tags = (1..31).map { "tag $it" }
        val note = mara.notes.create(title = "x", tags = tags.take(30)).made
        val more = assertFailsWith<BelayException.Input> { mara.notes.create(title = "x", tags = tags) }
        assertEquals(listOf(Code.TOO_MANY, Field.TAG, 30uL, 31uL), counted(more))
        val one = assertFailsWith<BelayException.Input> { mara.notes.addTag(note, tags.last()) }
        assertEquals(listOf(Code.TOO_MANY, Field.TAG, 30uL, 31uL), counted(one))

        val plan = mara.plans.create("wellness").made
        fun entry(number: Int) = Command.Plan(PlanCommand.AddEntry(plan, PART, PersonText("Line $number"), null))
        mara.apply((1..100).map(::entry))
        val line = assertFailsWith<BelayException.Input> { mara.plans.addEntry(plan, PART, "Line 101") }
        assertEquals(listOf(Code.TOO_MANY, Field.ENTRIES, 100uL), counted(line).take(3))
        val parts = mara.plans.get(plan).parts.size
        fun part(number: Int) = Command.Plan(PlanCommand.AddPart(plan, PersonText("Part $number"), PartOwner.BOTH))
        val all = assertFailsWith<BelayException.Input> { mara.apply((parts..40).map(::part)) }
        assertEquals(listOf(Code.TOO_MANY, Field.PARTS, 40uL), counted(all).take(3))
        assertEquals((40 - parts).toUInt(), all.detail.command, "which of them it was")
        assertEquals(parts, mara.plans.get(plan).parts.size, "all or none")
        mara.apply((parts until 40).map(::part))
        assertEquals(40 to 100, mara.plans.get(plan).let { it.parts.size to it.lines(PART).size })
        mara.close()
    }

    private companion object {
        const val PART = "toolbox"
    }
}
