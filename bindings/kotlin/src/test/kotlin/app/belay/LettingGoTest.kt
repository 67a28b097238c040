package app.belay

import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertNotNull
import kotlin.test.assertTrue
import org.junit.jupiter.api.Test

/** What is given and taken back, forgotten and purged; what was done; what was typed and not kept. */
class LettingGoTest {
    @Test
    fun `a copy is given as it was shown, read, and taken back`() = story {
        val both = pair(person("mara"), person("theo"))
        val (mara, theo) = both.mara to both.theo
        val note = mara.notes.create(title = "Night", body = "Slept badly. Walked.").made
        val gift = GiftDraft(note, TextRange(0u, 12u), WithTitle.LEFT_OUT, both.space, "en")
        val seen = mara.shares.preview(gift)
        assertTrue(seen.leaves.any { it.said == "Slept badly." })
        assertFalse(seen.leaves.any { it.said.contains("Walked") })
        val other = gift.copy(part = null)
        assertFailsWith<BelayException> { mara.shares.give(other, seen) }
        val copy = mara.shares.give(gift, seen).made
        both.untilQuiet()
        assertEquals("Slept badly.", theo.shares.get(copy).text.said)
        assertEquals(listOf(ShareSide.RECEIVED), theo.shares.list().rows.map { it.side })
        assertEquals(listOf(copy), mara.shares.list(ShareFilter(both.space, note, ShareSide.GIVEN)).rows.map { it.id })
        assertEquals(2, mara.history.audience(copy).people.size)

        mara.shares.takeBack(copy)
        both.untilQuiet()
        val gone = theo.shares.list().rows.single()
        assertEquals("taken-back" to "", gone.stage.code to gone.snippet.said)
        both.close()
    }

    @Test
    fun `what is forgotten is out of sight, and a purge takes a proof`() = story {
        val mara = person("mara")
        val note = mara.notes.create(title = "Night", body = "To be let go.").made
        val kept = mara.notes.create(title = "Morning", body = "One").made
        mara.notes.edit(kept, NoteField.BODY, mara.notes.get(kept).rev, "Two")
        assertTrue(mara.history.list(kept).rows.size >= 2)
        val again = mara.forgetting.past(kept).made
        assertEquals("Two", mara.notes.get(again).body.said)
        mara.forgetting.everything(note)
        assertEquals(listOf(again), mara.notes.list().rows.map { it.id })
        assertEquals(setOf(note, kept), mara.forgetting.list().map { it.doc }.toSet())
        assertEquals(emptyList(), mara.forgetting.repairs())

        val with = UnlockWith.Passphrase(PASSPHRASE)
        val wrong = mara.vault.confirm(with, Purpose.BACKUP)
        assertFailsWith<BelayException> { mara.forgetting.purge(listOf(note), wrong) }
            .let { assertEquals(Code.NEEDS_CONFIRMATION, it.code) }
        mara.forgetting.purge(listOf(note), mara.vault.confirm(with, Purpose.ERASE))
        assertEquals("gone", mara.forgetting.list().single { it.doc == note }.stage.code)
        mara.close()
    }

    @Test
    fun `what was shared goes on alone once someone left`() = story {
        val both = pair(person("mara"), person("theo"))
        val (mara, theo) = both.mara to both.theo
        val plan = mara.plans.create("wellness", "Getting up", both.space).made
        mara.plans.addEntry(plan, "toolbox", "Walk by the river")
        both.untilQuiet()
        suspend fun why(belay: Belay) = assertFailsWith<BelayException> { belay.people.goOnAlone(plan) }.code
        assertEquals(Code.ALREADY_YOURS, why(mara))
        theo.people.leave(both.space, theo.vault.confirm(UnlockWith.Passphrase(PASSPHRASE), Purpose.LEAVING))
        both.carry(theo, mara)
        val over = assertFailsWith<BelayException> { mara.plans.addEntry(plan, "toolbox", "Tea") }
        assertEquals(Code.RELATIONSHIP_ENDED, over.code)
        assertEquals(Code.NOT_OWNER, why(theo))

        val seen = mara.preview(Command.Relationship(RelationshipCommand.GoOnAlone(plan)))
        assertEquals(1 to emptyList(), seen.audience.size to seen.leaves)
        val alone = mara.people.goOnAlone(plan)
        assertFalse(alone.canUndo)
        mara.plans.addEntry(alone.made, "toolbox", "Tea")
        assertEquals(setOf("Walk by the river", "Tea"), mara.plans.get(alone.made).lines("toolbox").toSet())
        assertEquals(listOf("Walk by the river"), mara.plans.get(plan).lines("toolbox"))
        assertEquals(Code.DUPLICATE, why(mara))
        assertTrue(mara.history.audience(alone.made).people.size == 1)
        both.close()
    }

    @Test
    fun `what was done last is known after a start, and taken back`() = story {
        val folder = folder("lately")
        val before = person("mara", folder)
        assertEquals(DoneLately(null, null), before.history.lately())
        val note = before.notes.create(title = "Night").made
        before.notes.pin(note)
        before.plans.create("wellness")
        before.close()

        val mara = open(folder)
        mara.vault.unlock(PASSPHRASE)
        val lately = mara.history.lately()
        val last = assertNotNull(lately.last)
        assertEquals(DoneKind.PLAN_BEGUN to null, last.what to last.undo)
        assertEquals(Code.NOT_IN_FORCE, assertFailsWith<BelayException.NotNow> { mara.history.takeBack(last) }.code)
        val pinned = assertNotNull(lately.wayBack)
        assertEquals(DoneKind.WRITTEN to listOf(note), pinned.what to pinned.docs)
        val back = mara.history.takeBack(pinned)
        assertFalse(mara.notes.get(note).pinned)
        assertFailsWith<BelayException.Missing> { mara.history.takeBack(pinned) }
        assertEquals(DoneKind.TAKEN_BACK, mara.history.lately().last?.what)
        back.undo()
        assertTrue(mara.notes.get(note).pinned)
        assertEquals(DoneKind.PUT_BACK, mara.history.lately().last?.what)
        mara.lock()
        assertFailsWith<BelayException.Locked> { mara.history.lately() }
        mara.close()
    }

    @Test
    fun `a line that was written on where a part was before is taken over or left`() = story {
        val both = pair(person("mara"), person("theo"))
        val (mara, theo) = both.mara to both.theo
        val plan = mara.plans.create("wellness", "", both.space).made
        val lines = listOf("Tea", "Bread").map { mara.plans.addEntry(plan, "looking-after-us", it).made }
        both.untilQuiet()
        suspend fun part(belay: Belay) = belay.plans.get(plan).parts.single { it.key == "looking-after-us" }
        mara.plans.setOwner(plan, "looking-after-us", PartOwner.PERSON)
        for (line in lines) {
            val entry = part(theo).entries.single { it.id == line }
            theo.plans.editEntry(plan, line, entry.rev, entry.text.said + " at four")
        }
        both.untilQuiet()
        val over = part(mara).leftOver
        assertEquals(setOf("Tea at four", "Bread at four"), over.map { it.text.said }.toSet())
        mara.plans.takeOver(plan, over.single { it.text.said == "Tea at four" }.id)
        mara.plans.leaveOver(plan, over.single { it.text.said == "Bread at four" }.id)
        assertEquals(emptyList(), part(mara).leftOver)
        assertEquals(setOf("Tea at four", "Bread"), part(mara).entries.map { it.text.said }.toSet())

        assertEquals(emptyList(), mara.history.keptOut().rows)
        assertFailsWith<BelayException.Missing> { mara.history.adopt(BatchId("nothing")) }
        both.close()
    }

    @Test
    fun `what could not be kept waits as a draft`() = story {
        val mara = person("mara")
        val note = mara.notes.create(title = "Night", body = "One").made
        val target = TextTarget.Note(note)
        mara.drafts.keep(target, "Two 👪")
        val draft = mara.drafts.get(target)
        assertEquals("Two 👪" to "One", draft.text.said to draft.before.said)
        assertEquals(listOf<TextTarget>(target), mara.drafts.list().rows.map { it.target })
        mara.drafts.discard(target)
        assertEquals(emptyList(), mara.drafts.list().rows)
        assertFailsWith<BelayException.Missing> { mara.drafts.discard(target) }
        mara.close()
    }
}
