package app.belay

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Job
import kotlinx.coroutines.launch

/**
 * One editor that is open: runs a [TextDriver] against the engine. Its functions belong to the scope of the editor and
 * return at once; what follows from them comes through the [TextPort].
 */
public class Typing internal constructor(
    private val door: Door,
    /** What the session began with: the text to show first, its bound, words recovered from before. */
    public val opened: TextOpened,
    private val scope: CoroutineScope,
    private val port: TextPort,
) {
    private val driver = TextDriver(opened.text, opened.caret.toInt())
    private var timer: Job? = null
    private val begun = door.watching.pulse.value
    private val follows: Job = scope.launch(start = CoroutineStart.LAZY) {
        var seen = begun
        door.watching.pulse.collect { pulse ->
            val isNews = pulse.commits != seen.commits
            seen = pulse
            if (pulse.locks != begun.locks) take(driver.locked()) else if (isNews) take(driver.touched(now()))
        }
    }

    init {
        scope.launch {
            take(driver.touched(now()))
            follows.start()
        }
    }

    /** What the field shows now. */
    public val shown: EditorNow get() = driver.shown

    /** The field shows something else: a key, a paste, a moved caret, the end of a composition. */
    public fun edited(now: EditorNow): Unit = take(driver.edited(now, now()))

    /** The editor closes; its words go down. [TextPort.ended] says when they have. */
    public fun leave(): Unit = take(driver.leave(now()))

    private fun now(): Long = door.clock.ticks()

    private fun take(steps: List<TextStep>) {
        var lost: LostWords? = null
        for (step in steps) {
            when (step) {
                is TextStep.Send -> send { at -> textSync(opened.session, step.now, at) }
                is TextStep.Close -> send { at -> textClose(opened.session, step.now, at) }
                is TextStep.Show -> port.show(step.now, step.patches)
                is TextStep.Wake -> wakeAt(step.atMs)
                is TextStep.Tell -> port.tell(step)
                is TextStep.Waiting -> port.waiting(step.why)
                is TextStep.KeepAside -> lost = LostWords(opened.target, step.words, step.before)
                TextStep.Done -> end(lost)
            }
        }
    }

    private fun send(call: BelayCore.(Moment) -> TextMerge) {
        scope.launch {
            val steps = try {
                val merge = door.write(Rank.TEXT, call)
                door.watching.changed(merge.changes, isTyped = true)
                driver.answered(merge, now())
            } catch (why: BelayException) {
                driver.refused(why, now())
            }
            take(steps)
        }
    }

    private fun wakeAt(atMs: Long) {
        timer?.cancel()
        timer = scope.launch {
            door.clock.pass((atMs - now()).coerceAtLeast(0))
            take(driver.woke(now()))
        }
    }

    private fun end(lost: LostWords?) {
        timer?.cancel()
        follows.cancel()
        port.ended(lost)
    }
}
