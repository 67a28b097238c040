package app.belay

import java.util.concurrent.Executors
import kotlin.test.assertEquals
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.cancel
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.withContext
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Test

/** Editors over the real engine. */
class TypingTest {
    private val screen = Executors.newSingleThreadExecutor().asCoroutineDispatcher()
    private val scope = CoroutineScope(SupervisorJob() + screen)

    @AfterEach
    fun end() {
        scope.cancel()
        screen.close()
    }

    /** A field on a screen. */
    private inner class Page : TextPort {
        val text = MutableStateFlow("")
        val told = MutableStateFlow<TextStep.Tell?>(null)
        val ended = CompletableDeferred<LostWords?>()

        override fun show(now: EditorNow, patches: List<Splice16>) {
            text.value = now.text.said
        }

        override fun tell(about: TextStep.Tell) {
            told.value = about
        }

        override fun ended(lost: LostWords?) {
            ended.complete(lost)
        }

        /** Keys, one by one, at the end of what is there. */
        suspend fun type(typing: Typing, keys: String) {
            for (key in keys) withContext(screen) {
                text.value += key
                typing.edited(EditorNow(PersonText(text.value), Stretch(text.value.length, text.value.length)))
            }
        }
    }

    private suspend fun Belay.open(target: TextTarget, page: Page): Typing =
        withContext(screen) { texts.open(target, scope, page) }.also { page.text.value = it.opened.text.said }

    @Test
    fun `what is typed is kept at a pause and at the end`() = story {
        val mara = person("mara")
        val note = mara.notes.create(body = "Slept").made
        val page = Page()
        val typing = mara.open(TextTarget.Note(note), page)
        assertEquals("Slept", page.text.value)
        page.type(typing, " well 👪.")
        mara.notes.watch(note).ready { it.body.said == "Slept well 👪." }
        page.type(typing, " Really.")
        withContext(screen) { typing.leave() }
        assertNull(page.ended.await())
        assertEquals("Slept well 👪. Really.", mara.notes.get(note).body.said)
        mara.close()
    }

    @Test
    fun `words of another device arrive while one types, and every letter is there once`() = story {
        val both = pair(person("mara"), person("theo"))
        val (mara, theo) = both.mara to both.theo
        val plan = mara.plans.create("wellness", "", both.space).made
        val entry = mara.plans.addEntry(plan, TOGETHER, "We talk.").made
        both.untilQuiet()
        val page = Page()
        val typing = mara.open(TextTarget.PlanEntry(plan, entry), page)
        page.type(typing, " On Sund")
        val line = theo.plans.get(plan).parts.single { it.key == TOGETHER }.entries.single()
        theo.plans.editEntry(plan, entry, line.rev, "Dear us: We talk.")
        both.carry(theo, mara)
        page.type(typing, "ays")
        page.text.first { it.startsWith("Dear us: We talk. On Sund") }
        page.type(typing, "!")
        withContext(screen) { typing.leave() }
        assertNull(page.ended.await())
        both.untilQuiet()
        assertEquals(listOf("Dear us: We talk. On Sundays!"), mara.plans.get(plan).lines(TOGETHER))
        assertEquals(listOf("Dear us: We talk. On Sundays!"), theo.plans.get(plan).lines(TOGETHER))
        both.close()
    }

    @Test
    fun `a lock in mid-word loses nothing`() = story {
        val mara = person("mara")
        val note = mara.notes.create(body = "Slept").made
        val page = Page()
        val typing = mara.open(TextTarget.Note(note), page)
        page.type(typing, " badl")
        mara.lock()
        val lost = page.ended.await()
        mara.vault.unlock(PASSPHRASE)
        val again = Page()
        val more = mara.open(TextTarget.Note(note), again)
        // What had reached the engine is there again; what had not was given back.
        if (lost == null) assertEquals("Slept badl", again.text.value) else assertEquals("Slept badl", lost.text.said)
        withContext(screen) { more.leave() }
        again.ended.await()
        mara.close()
    }

    /** Types behind what is there and locks before any of it can reach the engine. */
    private suspend fun Belay.lockedUnder(target: TextTarget, more: String): LostWords {
        val page = Page()
        val typing = open(target, page)
        withContext(screen) {
            val text = page.text.value + more
            typing.edited(EditorNow(PersonText(text), Stretch(text.length, text.length)))
            lock()
        }
        return assertNotNull(page.ended.await())
    }

    @Test
    fun `words that were lost go by a drop, and stand beside what was saved last`() = story {
        val folder = folder("mara")
        val mara = person("mara", folder)
        val note = mara.notes.create(body = "Slept").made
        val lost = mara.lockedUnder(TextTarget.Note(note), " badl")
        assertEquals(TextTarget.Note(note), lost.target)
        assertEquals("Slept badl" to "Slept", lost.text.said to lost.before.said)
        Belay.dropIn(folder, lost.drop)
        mara.vault.unlock(PASSPHRASE)
        val draft = mara.drafts.get(lost.target)
        assertEquals("Slept badl" to "Slept", draft.text.said to draft.before.said)
        mara.close()
    }

    @Test
    fun `of a note that was forgotten meanwhile a drop brings back only what was typed`() = story {
        val folder = folder("mara")
        val mara = person("mara", folder)
        val note = mara.notes.create(body = "Slept.").made
        val lost = mara.lockedUnder(TextTarget.Note(note), " Woke early.")
        mara.vault.unlock(PASSPHRASE)
        mara.forgetting.everything(note)
        mara.lock()
        Belay.dropIn(folder, lost.drop)
        mara.vault.unlock(PASSPHRASE)
        assertEquals("Woke early.", mara.drafts.get(lost.target).text.said.trim())
        mara.close()
    }

    private companion object {
        const val TOGETHER = "looking-after-us"
    }
}
