package app.belay

import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlin.test.assertTrue
import org.junit.jupiter.api.Test

class TextDriverTest {
    private val driver = TextDriver(PersonText("Hello"), caret = 5)
    private var now = 0L

    private fun type(text: String, composing: Stretch? = null) =
        driver.edited(EditorNow(PersonText(text), Stretch(text.length, text.length), composing), now)

    private fun merge(
        version: Int = 0,
        patches: List<Splice16> = emptyList(),
        caret: Int = 0,
        resend: Resend = Resend.NO,
    ) = TextMerge(
        version = version.toULong(),
        patches = patches,
        selection = Stretch(caret, caret).asSelection(),
        resend = resend,
        left = 100,
        saved = Saved.DRAFT,
        fate = Fate.Fine,
        made = null,
        changes = noChanges,
    )

    private fun insert(at: Int, text: String) = Splice16(at.toUInt(), 0u, PersonText(text))

    private fun sent(steps: List<TextStep>): TextNow = steps.filterIsInstance<TextStep.Send>().single().now

    private fun splice(now: TextNow): Splice16 = assertIs<TextChange.Splices>(now.change).splices.single()

    /** The first sync, which loads the document. */
    private fun begin() {
        assertIs<TextChange.None>(sent(driver.touched(now)).change)
        assertTrue(driver.answered(merge(), now).none { it is TextStep.Send })
    }

    @Test
    fun `one call is under way at a time, and what was typed meanwhile goes with the next`() {
        begin()
        assertEquals("!", splice(sent(type("Hello!"))).insert.reveal())
        assertEquals(emptyList(), type("Hello!?"))
        assertEquals(emptyList(), type("Hello!?."))
        val next = sent(driver.answered(merge(), now))
        assertEquals(6u, splice(next).at)
        assertEquals("?.", splice(next).insert.reveal())
        assertEquals(8u, next.length)
    }

    @Test
    fun `words of others go in while the text is still the one that was sent`() {
        begin()
        driver.touched(now)
        val show = driver.answered(merge(3, listOf(insert(0, "Oh. ")), caret = 9), now)
            .filterIsInstance<TextStep.Show>().single()
        assertEquals("Oh. Hello", show.now.text.reveal())
        assertEquals(Stretch(9, 9), show.now.selection)
        val next = sent(type("Oh. Hello!"))
        assertEquals(3uL, next.accepted)
        assertEquals(9u, splice(next).at)
    }

    @Test
    fun `words of others wait where the person typed on`() {
        begin()
        driver.touched(now)
        type("Hello!")
        val next = driver.answered(merge(3, listOf(insert(0, "Oh. "))), now)
        assertTrue(next.none { it is TextStep.Show })
        assertEquals(0uL, sent(next).accepted)
        assertEquals(5u, splice(sent(next)).at)
        assertEquals("Hello!", driver.shown.text.reveal())
    }

    @Test
    fun `a caret that moved on its own stays beside its letter`() {
        begin()
        driver.touched(now)
        driver.edited(EditorNow(PersonText("Hello"), Stretch(1, 1)), now)
        val show = driver.answered(merge(3, listOf(insert(0, "Oh. ")), caret = 9), now)
            .filterIsInstance<TextStep.Show>().single()
        assertEquals(Stretch(5, 5), show.now.selection)
    }

    @Test
    fun `a composition is left alone, then what lies outside goes in, then all`() {
        begin()
        assertEquals(Settle.COMPOSING, sent(type("Hello wor", composing = Stretch(6, 9))).settle)
        val inside = listOf(insert(7, "X"))
        val outside = listOf(insert(0, "Oh. "))
        val waits = driver.answered(merge(1, outside), now)
        assertTrue(waits.none { it is TextStep.Show })
        assertEquals(300, waits.filterIsInstance<TextStep.Wake>().single().atMs)
        now = 300
        sent(driver.woke(now))
        assertEquals(1_000, driver.answered(merge(1, inside), now).filterIsInstance<TextStep.Wake>().single().atMs)
        now = 1_000
        sent(driver.woke(now))
        assertEquals(3_000, driver.answered(merge(1, inside), now).filterIsInstance<TextStep.Wake>().single().atMs)
        now = 3_000
        sent(driver.woke(now))
        val show = driver.answered(merge(1, inside, caret = 10), now).filterIsInstance<TextStep.Show>().single()
        assertEquals("Hello wXor", show.now.text.reveal())
        assertEquals(Stretch(6, 10), show.now.composing)
    }

    @Test
    fun `outside a composition goes in after a second without a key`() {
        begin()
        sent(type("Hello wor", composing = Stretch(6, 9)))
        driver.answered(merge(1, listOf(insert(0, "Oh. "))), now)
        now = 1_000
        sent(driver.woke(now))
        val show = driver.answered(merge(1, listOf(insert(0, "Oh. ")), caret = 13), now)
            .filterIsInstance<TextStep.Show>().single()
        assertEquals("Oh. Hello wor", show.now.text.reveal())
        assertEquals(Stretch(10, 13), show.now.composing)
    }

    @Test
    fun `the end of a composition lets the words of others in`() {
        begin()
        sent(type("Hello wor", composing = Stretch(6, 9)))
        driver.answered(merge(1, listOf(insert(7, "X"))), now)
        sent(type("Hello wor"))
        val show = driver.answered(merge(1, listOf(insert(7, "X")), caret = 10), now)
        assertEquals("Hello wXor", show.filterIsInstance<TextStep.Show>().single().now.text.reveal())
    }

    @Test
    fun `a pause is said once, 300 ms after the last key`() {
        begin()
        assertEquals(Settle.TYPING, sent(type("Hello!")).settle)
        assertEquals(300, driver.answered(merge(), now).filterIsInstance<TextStep.Wake>().single().atMs)
        now = 200
        sent(type("Hello!!"))
        driver.answered(merge(), now)
        now = 300
        assertEquals(500, driver.woke(now).filterIsInstance<TextStep.Wake>().single().atMs)
        now = 500
        val pause = sent(driver.woke(now))
        assertEquals(Settle.PAUSE, pause.settle)
        assertIs<TextChange.None>(pause.change)
        assertTrue(driver.answered(merge(), now).none { it is TextStep.Wake || it is TextStep.Send })
        assertEquals(emptyList(), driver.woke(5_000))
    }

    @Test
    fun `half of a pair is held back until the other half is there`() {
        begin()
        assertTrue(type("Hello\uD83D").none { it is TextStep.Send })
        assertEquals("👪", splice(sent(type("Hello👪"))).insert.reveal())
    }

    @Test
    fun `the whole text is sent where the engine lost the thread`() {
        begin()
        sent(type("Hello!"))
        val again = sent(driver.answered(merge(resend = Resend.WHOLE), now))
        assertEquals("Hello!", assertIs<TextChange.Whole>(again.change).text.reveal())
        assertTrue(driver.answered(merge(), now).none { it is TextStep.Send })
    }

    @Test
    fun `leaving sends what is there in a last call, after the one under way`() {
        begin()
        sent(type("Hello!"))
        type("Hello!!\uD83D")
        assertEquals(emptyList(), driver.leave(now))
        val close = driver.answered(merge(), now).filterIsInstance<TextStep.Close>().single().now
        assertEquals(Settle.LEAVE, close.settle)
        assertEquals("!", splice(close).insert.reveal())
        assertIs<TextStep.Done>(driver.answered(merge(), now).last())
        assertEquals(emptyList(), type("more"))
    }

    @Test
    fun `leaving closes, also where the call under way had nothing to say`() {
        begin()
        driver.touched(now)
        assertEquals(emptyList(), driver.leave(now))
        assertIs<TextStep.Close>(driver.answered(merge(), now).last())
        assertIs<TextStep.Done>(driver.answered(merge(), now).last())
    }

    @Test
    fun `a key after the last call is given back`() {
        begin()
        driver.leave(now)
        assertEquals(emptyList(), type("Hello!"))
        val steps = driver.answered(merge(), now)
        assertEquals("Hello!", steps.filterIsInstance<TextStep.KeepAside>().single().words.reveal())
        assertIs<TextStep.Done>(steps.last())
    }

    @Test
    fun `a lock gives back words that did not reach the vault, and those alone`() {
        begin()
        assertEquals(listOf<TextStep>(TextStep.Done), driver.locked())
        val other = TextDriver(PersonText(""), 0)
        other.edited(EditorNow(PersonText("mid-wo"), Stretch(6, 6)), now)
        val steps = other.refused(BelayException.Locked(refused(Code.LOCKED)), now)
        assertEquals("mid-wo", assertIs<TextStep.KeepAside>(steps.first()).words.reveal())
        assertIs<TextStep.Done>(steps.last())
        assertEquals(emptyList(), other.locked())
    }

    @Test
    fun `with lost words comes what the vault answered last, and no half of a pair`() {
        begin()
        sent(type("Hello!"))
        driver.answered(merge(), now)
        val more = sent(type("Hello! 👪"))
        assertEquals(" 👪", splice(more).insert.reveal())
        type("Hello! 👪\uD83D")
        val steps = driver.locked()
        val aside = assertIs<TextStep.KeepAside>(steps.first())
        assertEquals("Hello! 👪" to "Hello!", aside.words.reveal() to aside.before.reveal())

        val other = TextDriver(PersonText("Hello"), 5)
        other.answered(merge(), now)
        other.edited(EditorNow(PersonText("Hello\uD83D"), Stretch(6, 6)), now)
        assertEquals(listOf<TextStep>(TextStep.Done), other.locked(), "a half alone is no word")
    }

    @Test
    fun `a full disk keeps the words in the field and asks again after a second`() {
        begin()
        sent(type("Hello!"))
        val steps = driver.refused(BelayException.Storage(refused(Code.STORAGE_FULL)), now)
        assertEquals(1_000, steps.filterIsInstance<TextStep.Wake>().single().atMs)
        assertTrue(type("Hello!!").none { it is TextStep.Send })
        now = 1_000
        assertEquals("!!", splice(sent(driver.woke(now))).insert.reveal())
    }
}
