package app.belay

import kotlinx.coroutines.flow.MutableStateFlow

/** What was last seen of an ask. */
internal sealed interface Seen {
    data class Shown(val answer: Answer) : Seen

    data object Locked : Seen

    data class Refused(val why: BelayException) : Seen
}

/** One ask and those who watch it. Everything but [seen] is touched under the lock of [Watching] alone. */
internal class Upstream(val ask: Ask) {
    /** Keeps the newest alone, and tells nobody of an equal one. */
    val seen = MutableStateFlow<Seen?>(null)
    var watchers = 0
    var isDue = true

    /** The moment at which time alone changes the answer. */
    var untilMs: Long? = null
        private set
    private var commit = 0UL
    private var dependsOn: Watch? = null

    fun isDueAt(unixMs: Long): Boolean = isDue || untilMs?.let { it <= unixMs } == true

    fun show(next: Seen) {
        seen.value = next
        untilMs = null
        if (next is Seen.Locked) dependsOn = null
    }

    fun take(reading: Reading, at: Int, unixMs: Long) {
        show(Seen.Shown(reading.answers[at]))
        commit = reading.commit
        dependsOn = reading.watch.getOrNull(at)
        // One that has passed would be read again and again.
        untilMs = dependsOn?.untilMs?.takeIf { it > unixMs }
    }

    fun meets(changes: Changes) {
        if (changes.to > commit && (dependsOn?.meets(changes) ?: true)) isDue = true
    }
}

/** Whether an answer that depends on this may be another after these changes. */
internal fun Watch.meets(changes: Changes): Boolean =
    changes.extent == Extent.EVERYTHING ||
        changes.touched.any { it.kind in kinds || it.of in objects || it.parent in objects }
