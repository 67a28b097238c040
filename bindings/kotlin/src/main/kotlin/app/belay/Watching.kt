package app.belay

import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.filterNotNull
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch

/**
 * Every stream of one [Belay]. Equal asks share one [Upstream]; all that are due at one moment are read in one call, at
 * most once a frame while a screen is visible. No code of an app runs under the lock, or on this loop.
 */
internal class Watching(
    private val scope: CoroutineScope,
    private val clock: HostClock,
    private val read: suspend (List<Ask>) -> Reading,
) {
    private val guard = ReentrantLock()
    private val upstreams = HashMap<Ask, Upstream>()
    private val signal = Channel<Unit>(Channel.CONFLATED)
    private var phase = Phase.LOCKED

    /** Rises with every lock: what was read before one is not shown after it. */
    private var locks = 0L
    private var paceMs = FRAME_MS
    private var lastTick = Long.MIN_VALUE / 2
    private var timer: Job? = null

    /** What editors that are open follow: counts, so that the newest tells all. */
    val pulse = MutableStateFlow(Pulse(locks = 0, commits = 0))

    data class Pulse(val locks: Long, val commits: Long)

    private enum class Phase { LOCKED, OPEN, RESTING, CLOSED }

    init {
        scope.launch { for (due in signal) tick() }
    }

    fun <T> watch(ask: Ask, pick: (Answer) -> T): Flow<Live<T>> = flow {
        val upstream = subscribe(ask)
        try {
            upstream.seen.filterNotNull().collect { seen ->
                when (seen) {
                    is Seen.Shown -> emit(seen.answer.live(pick))
                    Seen.Locked -> emit(Live.Locked)
                    is Seen.Refused -> throw seen.why
                }
            }
        } finally {
            leave(upstream)
        }
    }

    private fun subscribe(ask: Ask): Upstream {
        val upstream = guard.withLock {
            if (phase == Phase.CLOSED) throw closed()
            // One that was refused has ended for those who watched it; whoever comes now asks anew.
            val known = upstreams[ask]?.takeIf { it.seen.value !is Seen.Refused }
            (known ?: begin(ask)).also { it.watchers += 1 }
        }
        signal.trySend(Unit)
        return upstream
    }

    private fun begin(ask: Ask) = Upstream(ask).also {
        if (phase == Phase.LOCKED) it.show(Seen.Locked)
        upstreams[ask] = it
    }

    private fun leave(upstream: Upstream) = guard.withLock {
        upstream.watchers -= 1
        if (upstream.watchers == 0) upstreams.remove(upstream.ask, upstream)
    }

    /** Something was committed; [isTyped] where an open editor did it, which other editors need not hear of. */
    fun changed(changes: Changes, isTyped: Boolean = false) {
        if (changes.to == changes.from) return
        guard.withLock { upstreams.values.forEach { it.meets(changes) } }
        if (!isTyped) pulse.update { it.copy(commits = it.commits + 1) }
        signal.trySend(Unit)
    }

    /** The vault is open (again): everything is read anew. */
    fun opened() = enter(Phase.OPEN) { it.isDue = true }

    /** What is shown goes at once; nothing that is still being read comes after it. */
    fun locked() = enter(Phase.LOCKED) { it.show(Seen.Locked) }

    /** Nothing is read until the vault is taken up again; what is shown stays. */
    fun rested() = enter(Phase.RESTING) {}

    /** Streams end with `Closed`. */
    fun close() = enter(Phase.CLOSED) { it.show(Seen.Refused(closed())) }

    private fun enter(next: Phase, each: (Upstream) -> Unit) {
        guard.withLock {
            if (phase == Phase.CLOSED) return
            phase = next
            if (next != Phase.OPEN) locks += 1
            if (next == Phase.LOCKED || next == Phase.CLOSED) pulse.update { it.copy(locks = it.locks + 1) }
            upstreams.values.forEach(each)
        }
        signal.trySend(Unit)
    }

    /** How often at most: once a frame, or four times a second while nobody looks. */
    fun visible(isVisible: Boolean) = guard.withLock { paceMs = if (isVisible) FRAME_MS else HIDDEN_MS }

    private suspend fun tick() {
        // The clock is an app's: it is never asked under the lock.
        val begun = clock.ticks()
        val wait = guard.withLock { lastTick + paceMs - begun }
        if (wait > 0) clock.pass(wait)
        val now = clock.now().unixMs
        val ticks = clock.ticks()
        val (due, lock) = guard.withLock {
            val due = upstreams.values.filter { phase == Phase.OPEN && it.isDueAt(now) }.take(ASKS_MAX)
            due.forEach { it.isDue = false }
            if (due.isNotEmpty()) lastTick = ticks
            Pair(due, locks)
        }
        if (due.isNotEmpty()) answer(due, lock)
        // More than one call takes come with the next tick.
        if (due.size == ASKS_MAX) signal.trySend(Unit)
        wakeAtNext(now)
    }

    private suspend fun answer(due: List<Upstream>, lock: Long) {
        val reading = try {
            read(due.map { it.ask })
        } catch (why: BelayException) {
            return refuse(due, lock, why)
        }
        val now = clock.now().unixMs
        guard.withLock {
            // A lock came in between: what was read is not shown.
            if (lock != locks) return
            due.forEachIndexed { at, upstream -> upstream.take(reading, at, now) }
        }
    }

    private suspend fun refuse(due: List<Upstream>, lock: Long, why: BelayException) {
        when {
            // Locked or stopped meanwhile: whoever did that makes the streams due again.
            why.code == Code.LOCKED || why.code == Code.CLOSED -> return
            why.code == Code.INTERRUPTED -> {
                guard.withLock { due.forEach { it.isDue = true } }
                signal.trySend(Unit)
            }
            // One bad ask spoils no other.
            due.size > 1 -> due.forEach { answer(listOf(it), lock) }
            else -> guard.withLock { if (lock == locks) due.forEach { it.show(Seen.Refused(why)) } }
        }
    }

    private fun wakeAtNext(now: Long) {
        timer?.cancel()
        val next = guard.withLock { upstreams.values.mapNotNull { it.untilMs }.minOrNull() } ?: return
        timer = scope.launch {
            clock.pass((next - now).coerceAtLeast(1))
            signal.trySend(Unit)
        }
    }

    private companion object {
        /** A frame of a screen at 60 Hz. */
        const val FRAME_MS = 16L
        const val HIDDEN_MS = 250L

        /** As many asks as the engine answers in one call. */
        const val ASKS_MAX = 64
    }
}
