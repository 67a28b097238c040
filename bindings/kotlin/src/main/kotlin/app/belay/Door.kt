package app.belay

import java.util.concurrent.atomic.AtomicBoolean
import java.util.concurrent.atomic.AtomicLong
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.withContext

/**
 * The one way from the groups to the engine: every call takes its turn, leaves typed, and tells the streams what it
 * changed.
 */
internal class Door(private val core: BelayCore, val clock: HostClock) {
    private val lanes = Lanes()
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)
    private val isClosed = AtomicBoolean(false)
    private val operations = AtomicLong(1)
    val watching = Watching(scope, clock, ::read)

    /** Something that writes. */
    suspend fun <T> write(rank: Rank = Rank.COMMAND, call: BelayCore.(Moment) -> T): T {
        refuseClosed()
        return lanes.write(rank) { typed { core.call(clock.now()) } }
    }

    /** Commands, all or none. */
    suspend fun apply(commands: List<Command>, confirmation: Confirmation? = null): Applied {
        val applied = write { at -> apply(commands, confirmation, at) }
        watching.changed(applied.changes)
        return applied
    }

    /** Asks, answered from one snapshot. Ends with the one who asked. */
    suspend fun read(asks: List<Ask>): Reading {
        refuseClosed()
        val op = operations.getAndIncrement().toULong()
        return lanes.read(stop = { interrupt(op) }) { typed { core.read(asks, op, clock.now()) } }
    }

    /** One ask. What is not there is thrown. */
    suspend fun ask(ask: Ask): Answer {
        val answer = read(listOf(ask)).answers.first()
        if (answer is Answer.No) throw no(answer.v1)
        return answer
    }

    fun <T> watch(ask: Ask, pick: (Answer) -> T): Flow<Live<T>> = watching.watch(ask, pick)

    /** A job, step by step: whoever types or saves goes in between. Stops with the one who asked. */
    suspend fun run(job: Job, progress: (Long, Long) -> Unit): JobOutcome {
        val id = write(Rank.JOB) { at -> jobOpen(job, at) }
        try {
            while (true) {
                val step = write(Rank.JOB) { at -> jobStep(id, STEP_MS, at) }
                watching.changed(step.changes)
                progress(step.done.toLong(), step.total.toLong())
                if (step.finished) return promised(step.outcome)
            }
        } finally {
            // Whatever became of it, nothing of it stays.
            withContext(NonCancellable) { runCatching { write { jobClose(id) } } }
        }
    }

    /** Something that waits for nobody, on a thread that may block. */
    suspend fun <T> atOnce(call: BelayCore.(Moment) -> T): T {
        refuseClosed()
        return withContext(Dispatchers.IO) { typed { core.call(clock.now()) } }
    }

    /** Not queued: from any thread, a stream's consumer too. */
    fun lock() {
        refuseClosed()
        watching.locked()
        typed { core.lock() }
    }

    /** Ends what was asked for, locks, gives the engine back. Once. */
    suspend fun close() {
        if (!isClosed.compareAndSet(false, true)) return
        withContext(NonCancellable + Dispatchers.IO) {
            lanes.close()
            watching.close()
            runCatching { core.lock() }
            core.destroy()
        }
        scope.cancel()
    }

    private companion object {
        /** So long a step holds the writer. */
        const val STEP_MS = 20u
    }

    private fun interrupt(op: ULong) {
        runCatching { core.interrupt(op) }
    }

    private fun refuseClosed() {
        if (isClosed.get()) throw closed()
    }
}

/** What is not there or may not be shown, as a failure. */
internal fun no(code: Code): BelayException =
    when (code) {
        Code.NOT_FOUND, Code.IN_TRASH -> BelayException.Missing(refused(code))
        Code.NEWER_SCHEMA -> BelayException.Storage(refused(code))
        else -> BelayException.NotNow(refused(code))
    }
