package app.belay

import java.util.concurrent.CancellationException
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.PriorityBlockingQueue
import java.util.concurrent.RejectedExecutionException
import java.util.concurrent.ThreadPoolExecutor
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicLong
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.asExecutor

/** Who goes first where several wait for the writer: no letter waits behind a job. */
internal enum class Rank { TEXT, COMMAND, JOB }

/**
 * One writer and two readers for calls that block. What is under way here ends on another thread than the lane's own,
 * so that whatever an app does with an answer, it holds up no lane.
 */
internal class Lanes {
    private val order = AtomicLong()
    private val writer =
        ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, PriorityBlockingQueue(), threads("belay-write"))
    private val readers =
        ThreadPoolExecutor(2, 2, 0, TimeUnit.SECONDS, LinkedBlockingQueue(), threads("belay-read"))
    private val answers = Dispatchers.IO.asExecutor()

    /** A write is finished once it is asked for, whatever becomes of the one who asked. */
    suspend fun <T> write(rank: Rank, work: () -> T): T = put(writer, rank, work).await()

    /** A read stops with the one who asked: [stop] is called then. */
    suspend fun <T> read(stop: () -> Unit, work: () -> T): T {
        val answer = put(readers, Rank.COMMAND, work)
        try {
            return answer.await()
        } catch (gone: CancellationException) {
            stop()
            throw gone
        }
    }

    private fun <T> put(lane: ThreadPoolExecutor, rank: Rank, work: () -> T): CompletableDeferred<T> {
        val answer = CompletableDeferred<T>()
        try {
            lane.execute(
                Turn(rank, order.getAndIncrement()) {
                    val done = runCatching(work)
                    answers.execute { done.fold(answer::complete, answer::completeExceptionally) }
                },
            )
        } catch (_: RejectedExecutionException) {
            throw closed()
        }
        return answer
    }

    /** Takes nothing more, and ends what was asked for before. */
    fun close() {
        writer.shutdown()
        readers.shutdown()
        writer.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS)
        readers.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS)
    }

    private class Turn(private val rank: Rank, private val order: Long, private val work: () -> Unit) :
        Runnable, Comparable<Turn> {
        override fun run() = work()

        override fun compareTo(other: Turn): Int = compareValuesBy(this, other, Turn::rank, Turn::order)
    }
}

private fun threads(name: String) =
    java.util.concurrent.ThreadFactory { work -> Thread(work, name).apply { isDaemon = true } }
