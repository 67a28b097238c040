package app.belay

import kotlin.random.Random
import kotlin.test.assertEquals
import org.junit.jupiter.api.Test

/**
 * A keyboard that types, composes, halves an emoji, moves the caret and waits, over the real engine, while someone else
 * writes in the same text and answers come late. `BELAY_CASES` raises the count.
 */
class KeyboardTest {
    private val core = BelayCore.open(
        HostConfig(Location.Folder(folder("keyboard").toString(), null), null, listOf("en"), (1UL shl 27)),
    )
    private val clock = HostClock.System

    /** One editor, and what is between it and the engine. */
    private inner class Desk(private val random: Random) {
        private val note = promised(
            write(NoteCommand.Create(NoteDraft(PersonText(""), PersonText("— "), emptyList()))).outcomes.single().made,
        )
        private val opened = core.textOpen(TextTarget.Note(note), clock.now())
        private val driver = TextDriver(opened.text, opened.caret.toInt())
        private var ms = 0L
        private var wakeMs: Long? = null

        /** A call that was not made yet, or whose answer did not come back yet. */
        private var call: (() -> TextMerge)? = null
        private var answer: TextMerge? = null
        private var isOver = false
        private var caret = opened.caret.toInt()

        /** Every letter is another one, so that each can be counted. */
        private var letter = '一'
        private val mine = StringBuilder()
        private var all = 0

        fun play(keys: Int) {
            take(driver.touched(ms))
            repeat(keys) {
                when (random.nextInt(12)) {
                    in 0..4 -> type((letter++).toString())
                    5 -> emoji()
                    6 -> moveCaret()
                    7 -> compose()
                    8 -> theyWrite()
                    9 -> pass(random.nextLong(2_000))
                    else -> carry()
                }
            }
            driver.edited(driver.shown.copy(composing = null), ms).also(::take)
            take(driver.leave(ms))
            while (!isOver) {
                carry()
                pass(1_000)
            }
            check()
        }

        private fun type(what: String) {
            val now = driver.shown
            val at = now.selection.end
            val text = StringBuilder(now.text.said).insert(at, what).toString()
            val composing = now.composing?.let { Stretch(minOf(it.start, at), maxOf(it.end, at) + what.length) }
            mine.append(what)
            all += what.length
            edit(EditorNow(PersonText(text), Stretch(at + what.length, at + what.length), composing))
        }

        /** Its halves come one after the other, as from a keyboard that knows units alone. */
        private fun emoji() = "👪".forEach { type(it.toString()) }

        private fun moveCaret() {
            val text = driver.shown.text.said
            var at = random.nextInt(text.length + 1)
            if (at > 0 && text[at - 1].isHighSurrogate()) at -= 1
            edit(driver.shown.copy(selection = Stretch(at, at), composing = null))
        }

        private fun compose() {
            val at = driver.shown.selection.end
            edit(driver.shown.copy(composing = if (driver.shown.composing == null) Stretch(at, at) else null))
        }

        private fun edit(now: EditorNow) {
            caret = now.selection.end
            take(driver.edited(now, ms))
        }

        /** Another device of the same person, as far as the text can tell. */
        private fun theyWrite() {
            val detail = (core.read(listOf(Ask.Note(note)), 1u, clock.now()).answers.single() as Answer.Note).v1
            val text = detail.body.said
            var at = random.nextInt(text.length + 1)
            if (at > 0 && text[at - 1].isHighSurrogate()) at -= 1
            val longer = StringBuilder(text).insert(at, letter++).toString()
            all += 1
            write(NoteCommand.Edit(note, NoteField.BODY, detail.rev, TextEdit.Whole(PersonText(longer))))
            take(driver.touched(ms))
        }

        private fun pass(by: Long) {
            ms += by
            if (wakeMs?.let { it <= ms } == true) {
                wakeMs = null
                take(driver.woke(ms))
            }
        }

        /** First the call reaches the engine, some time later the editor hears the answer. */
        private fun carry() {
            val made = answer
            if (made != null) {
                answer = null
                take(driver.answered(made, ms))
            } else {
                answer = call?.invoke()
                call = null
            }
        }

        private fun take(steps: List<TextStep>) = steps.forEach { step ->
            when (step) {
                is TextStep.Send -> call = { core.textSync(opened.session, step.now, clock.now()) }
                is TextStep.Close -> call = { core.textClose(opened.session, step.now, clock.now()) }
                is TextStep.Wake -> wakeMs = step.atMs
                is TextStep.Done -> isOver = true
                is TextStep.Show -> {
                    caretStays(step)
                    caret = step.now.selection.end
                }
                is TextStep.Tell -> {}
                is TextStep.Waiting -> throw step.why
                is TextStep.KeepAside -> error("nothing was locked")
            }
        }

        /** What stood before the caret stands before it still: no letter was taken out, and all are different. */
        private fun caretStays(step: TextStep.Show) {
            val text = step.now.text.said
            val before = step.patches.foldRight(text) { patch, after ->
                after.removeRange(patch.at.toInt(), patch.at.toInt() + patch.insert.said.length)
            }
            assertEquals(listOf(0u), step.patches.map { it.remove }.ifEmpty { listOf(0u) }.distinct())
            val stood = caret.coerceAtMost(before.length)
            if (stood > 0) assertEquals(before[stood - 1], text.getOrNull(step.now.selection.end - 1), "beside the caret")
        }

        private fun check() {
            val detail = (core.read(listOf(Ask.Note(note)), 1u, clock.now()).answers.single() as Answer.Note).v1
            val text = detail.body.said
            assertEquals(all, text.length - 2, "letters, each once")
            val letters = text.filter { it in '一'..<letter }
            assertEquals(letters.length, letters.toSet().size, "letters, each another one")
            assertEquals(mine.count { it.isHighSurrogate() }, Regex("👪").findAll(text).count())
        }
    }

    private fun write(command: NoteCommand) = core.apply(listOf(Command.Note(command)), null, clock.now())

    @Test
    fun `every letter is there once`() {
        core.create(NewVault(PASSPHRASE, WordCount.TWELVE), clock.now())
        core.acknowledge(clock.now())
        val from = System.getenv("BELAY_SEED")?.toInt() ?: 0
        for (seed in from..<from + (System.getenv("BELAY_CASES")?.toInt() ?: 25)) {
            runCatching { Desk(Random(seed)).play(keys = 80) }
                .onFailure { throw AssertionError("seed $seed: ${(it as? Failure)?.asException() ?: it}", it) }
        }
        core.lock()
        core.destroy()
    }
}
