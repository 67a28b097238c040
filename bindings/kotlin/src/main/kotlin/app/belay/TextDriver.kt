package app.belay

/**
 * Keeps an editor's field and the engine's text session together, without a clock, a thread or a widget of its own:
 * what happens is told to it, and it answers with the [TextStep]s to take. One call is under way at a time. Not safe
 * for several threads: it belongs to the one that draws the field.
 *
 * While the person types, the field leads: words of others are taken only when the text is still the one that was sent,
 * and nothing is being composed. Half of a surrogate pair is held back until the other half is there.
 *
 * @param text what the session began with
 * @param caret where to go on, in UTF-16 units
 */
public class TextDriver(text: PersonText, caret: Int, private val manners: TextManners = TextManners.Android) {
    /** What the field shows. */
    public var shown: EditorNow = EditorNow(text, Stretch(caret, caret))
        private set

    /** What the engine takes the field for. */
    private var base = text.reveal()
    private var accepted = 0UL
    private var flight: Flight? = null
    private var lastKeyMs = NEVER
    private var retryAtMs = NEVER
    private var isPauseDue = false
    private var isWholeDue = false
    private var isNewsDue = true
    private var arePatchesWaiting = false
    private var nextTryMs: Long? = null
    private var isLeaving = false
    private var isOver = false

    private class Flight(val now: EditorNow, val isAtPause: Boolean, val isLast: Boolean, val keyMs: Long)

    /** The field shows something else now: a key, a paste, a moved caret. */
    public fun edited(now: EditorNow, atMs: Long): List<TextStep> {
        if (isOver) return emptyList()
        if (now.text != shown.text || now.composing != shown.composing) {
            lastKeyMs = atMs
            isPauseDue = true
        }
        shown = now
        return next(atMs)
    }

    /** The object was touched by others: their words are fetched. */
    public fun touched(atMs: Long): List<TextStep> {
        isNewsDue = true
        return next(atMs)
    }

    /** The time asked for by [TextStep.Wake] has come. */
    public fun woke(atMs: Long): List<TextStep> = next(atMs)

    /** The editor closes. What it shows goes down in a last call. */
    public fun leave(atMs: Long): List<TextStep> {
        isLeaving = true
        return next(atMs)
    }

    /** The vault was locked. Words that did not reach it are given back. */
    public fun locked(): List<TextStep> {
        if (isOver) return emptyList()
        return end(isSafe = flight == null && base == mended(shown.text.reveal()))
    }

    private fun end(isSafe: Boolean): List<TextStep> {
        isOver = true
        if (isSafe) return listOf(TextStep.Done)
        // Half of a pair has no way in, and the words around it would go with it.
        val words = PersonText(mended(shown.text.reveal()))
        return listOf(TextStep.KeepAside(words, PersonText(base)), TextStep.Done)
    }

    /** The engine took the last [TextStep.Send] or [TextStep.Close]. */
    public fun answered(merge: TextMerge, atMs: Long): List<TextStep> {
        val sent = flight ?: return emptyList()
        flight = null
        if (isOver) return emptyList()
        val steps = mutableListOf<TextStep>()
        if (merge.resend == Resend.WHOLE) {
            isWholeDue = true
        } else {
            isWholeDue = false
            base = sent.now.text.reveal()
            if (sent.isAtPause && sent.keyMs == lastKeyMs) isPauseDue = false
            take(merge, sent, atMs)?.let(steps::add)
            steps += TextStep.Tell(merge.left, merge.saved, merge.fate)
            if (sent.isLast) return steps + end(isSafe = base == mended(shown.text.reveal()))
        }
        return steps + next(atMs)
    }

    /** The engine did not take it. */
    public fun refused(why: BelayException, atMs: Long): List<TextStep> {
        // Locked, or a session that is no more: it does not come back.
        if (why is BelayException.Locked || why is BelayException.Missing) return locked()
        flight = null
        if (isOver) return emptyList()
        isNewsDue = true
        retryAtMs = atMs + RETRY_MS
        return listOf(TextStep.Waiting(why), TextStep.Wake(retryAtMs))
    }

    private fun take(merge: TextMerge, sent: Flight, atMs: Long): TextStep? {
        arePatchesWaiting = merge.patches.isNotEmpty()
        if (!arePatchesWaiting) {
            accepted = merge.version
            return null
        }
        if (shown.text != sent.now.text || isLeaving || !mayTake(merge.patches, atMs)) {
            val tries = listOfNotNull(manners.outsideAfterMs, manners.anyAfterMs).map { lastKeyMs + it }
            nextTryMs = tries.filter { it > atMs }.minOrNull()
            return null
        }
        arePatchesWaiting = false
        accepted = merge.version
        base = spliced(base, merge.patches)
        val selection = when (shown.selection) {
            sent.now.selection -> merge.selection.asStretch()
            else -> shown.selection.moved(merge.patches)
        }
        shown = EditorNow(PersonText(base), selection, shown.composing?.moved(merge.patches))
        return TextStep.Show(shown, merge.patches)
    }

    private fun mayTake(patches: List<Splice16>, atMs: Long): Boolean {
        val composing = shown.composing ?: return true
        val still = atMs - lastKeyMs
        val isLong = { after: Long? -> after != null && still >= after }
        return isLong(manners.anyAfterMs) || (isLong(manners.outsideAfterMs) && composing.isOutside(patches))
    }

    private fun next(atMs: Long): List<TextStep> {
        if (isOver || flight != null) return emptyList()
        if (atMs < retryAtMs) return listOf(TextStep.Wake(retryAtMs))
        val text = shown.text.reveal()
        val isAtPause = isPauseDue && atMs - lastKeyMs >= PAUSE_MS
        val isBroken = brokenAt(text) != null
        val isDue = text != base || isWholeDue || isNewsDue || isAtPause || mayPatchesGoIn(atMs)
        if (!isLeaving && (isBroken || !isDue)) return wake(atMs)
        val now = if (isBroken) shown.copy(text = PersonText(mended(text))) else shown
        flight = Flight(now, isAtPause, isLeaving, lastKeyMs)
        isNewsDue = false
        val told = told(now, isAtPause)
        return listOf(if (isLeaving) TextStep.Close(told) else TextStep.Send(told))
    }

    private fun told(now: EditorNow, isAtPause: Boolean): TextNow {
        val text = now.text.reveal()
        val change = when {
            isWholeDue -> TextChange.Whole(now.text)
            else -> difference(base, text)?.let { TextChange.Splices(listOf(it)) } ?: TextChange.None
        }
        val settle = when {
            isLeaving -> Settle.LEAVE
            now.composing != null -> Settle.COMPOSING
            isAtPause -> Settle.PAUSE
            else -> Settle.TYPING
        }
        return TextNow(accepted, text.length.toUInt(), change, now.selection.asSelection(), settle)
    }

    /** Patches that waited for a composition: whether it is time to ask for them again. */
    private fun mayPatchesGoIn(atMs: Long): Boolean =
        arePatchesWaiting && (shown.composing == null || nextTryMs?.let { it <= atMs } == true)

    private fun wake(atMs: Long): List<TextStep> {
        val pause = (lastKeyMs + PAUSE_MS).takeIf { isPauseDue && it > atMs }
        val tryAgain = nextTryMs.takeIf { arePatchesWaiting }
        return listOfNotNull(listOfNotNull(pause, tryAgain).minOrNull()?.let { TextStep.Wake(it) })
    }

    private companion object {
        /** So long after the last key typing counts as paused. */
        const val PAUSE_MS = 300L

        /** So long after a refusal the words are sent again. */
        const val RETRY_MS = 1_000L
        const val NEVER = Long.MIN_VALUE / 2
    }
}
