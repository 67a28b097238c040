package app.belay

import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
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
