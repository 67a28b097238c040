package app.belay

import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.channels.ReceiveChannel
import kotlinx.coroutines.channels.produce
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.withTimeoutOrNull
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Test

/** The streams, over an engine that answers with one word. */
class WatchingTest {
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)
    private val clock = HandClock()
    private val asked = Channel<List<Ask>>(Channel.UNLIMITED)

    @Volatile private var word = Code.EMPTY
    @Volatile private var commit = 1UL
    @Volatile private var untilMs: Long? = null
    @Volatile private var bad: Ask? = null
    @Volatile private var gate: CompletableDeferred<Unit>? = null

    private val watching = Watching(scope, clock) { asks ->
        val watch = Watch(listOf(Matter.NOTE), emptyList(), untilMs)
        val reading = Reading(commit, asks.map { Answer.No(word) }, asks.map { watch })
        asked.send(asks)
        gate?.await()
        if (bad in asks) throw BelayException.Input(refused(Code.OUT_OF_RANGE, Field.AFTER))
        reading
    }

    private val ask = Ask.Note(DocId("a"))
    private val other = Ask.Note(DocId("b"))

    @AfterEach
    fun end() = scope.cancel()

    @OptIn(ExperimentalCoroutinesApi::class)
    private fun watch(what: Ask = ask): ReceiveChannel<Live<Unit>> =
        scope.produce { watching.watch(what) { }.collect { send(it) } }

    private fun changed(kind: Matter = Matter.NOTE, to: Code = word) {
        word = to
        commit += 1u
        val touched = Touched(ObjectId("x"), kind, null, How.CHANGED)
        watching.changed(Changes(commit - 1u, commit, Cause.MINE, listOf(touched), Extent.LISTED))
    }

    private suspend fun <T> ReceiveChannel<T>.next(): T = withTimeout(5_000) { receive() }

    private suspend fun <T> ReceiveChannel<T>.nothing() = assertEquals(null, withTimeoutOrNull(40) { receive() })

    /** Time goes on until this has come. */
    private suspend fun <T : Any> ReceiveChannel<T>.nextInTime(): T = withTimeout(5_000) {
        var come = tryReceive()
        while (come.isFailure && !come.isClosed) {
            clock.goOn(16)
            delay(1)
            come = tryReceive()
        }
        come.getOrThrow()
    }

    @Test
    fun `what is asked for is read at once, and again when it changes`() = story {
        watching.opened()
        val stream = watch()
        assertEquals(Live.Gone(Code.EMPTY), stream.next())
        changed(to = Code.TOO_LONG)
        assertEquals(Live.Gone(Code.TOO_LONG), stream.nextInTime())
    }

    @Test
    fun `what it does not depend on is not read again, and what is equal is not told again`() = story {
        watching.opened()
        val stream = watch()
        stream.next()
        asked.next()
        changed(Matter.GOAL, to = Code.TOO_LONG)
        clock.goOn(1_000)
        asked.nothing()
        changed(Matter.NOTE, to = Code.EMPTY)
        clock.goOn(1_000)
        asked.next()
        stream.nothing()
    }

    @Test
    fun `equal asks share one read, and all that are due go in one call`() = story {
        val streams = listOf(watch(), watch(), watch(other))
        streams.forEach { assertEquals(Live.Locked, it.next()) }
        watching.opened()
        assertEquals(setOf(ask, other), asked.nextInTime().toSet())
        streams.forEach { assertEquals(Live.Gone(Code.EMPTY), it.next()) }
        asked.nothing()
    }

    @Test
    fun `many changes within a frame are one read, at once and then once a frame`() = story {
        watching.opened()
        val stream = watch()
        stream.next()
        asked.next()
        repeat(20) { changed(to = Code.entries[it]) }
        asked.nothing()
        clock.goOn(15)
        asked.nothing()
        clock.goOn(1)
        asked.next()
        assertEquals(Live.Gone(Code.entries[19]), stream.next())
        // What was signalled meanwhile finds nothing to do.
        clock.goOn(16)
        delay(20)
        watching.visible(false)
        changed()
        clock.goOn(100)
        asked.nothing()
        clock.goOn(150)
        asked.next()
    }

    @Test
    fun `a lock clears, the stream lives on, and the same comes back`() = story {
        watching.opened()
        val stream = watch()
        stream.next()
        watching.locked()
        assertEquals(Live.Locked, stream.next())
        changed()
        clock.goOn(1_000)
        stream.nothing()
        watching.opened()
        assertEquals(Live.Gone(Code.EMPTY), stream.nextInTime())
    }

    @Test
    fun `what was being read when the lock came is not shown after it`() = story {
        gate = CompletableDeferred()
        watching.opened()
        val stream = watch()
        asked.next()
        watching.locked()
        gate?.complete(Unit)
        assertEquals(Live.Locked, stream.next())
        stream.nothing()
    }

    @Test
    fun `at rest nothing is read, and what is shown stays`() = story {
        watching.opened()
        val stream = watch()
        stream.next()
        asked.next()
        watching.rested()
        changed(to = Code.TOO_BIG)
        clock.goOn(1_000)
        asked.nothing()
        watching.opened()
        assertEquals(Live.Gone(Code.TOO_BIG), stream.nextInTime())
    }

    @Test
    fun `time alone makes it due`() = story {
        untilMs = HandClock.NOON + 60_000
        watching.opened()
        val stream = watch()
        stream.next()
        asked.next()
        word = Code.EXPIRED
        delay(20)
        clock.goOn(59_000)
        asked.nothing()
        clock.goOn(1_000)
        assertEquals(Live.Gone(Code.EXPIRED), stream.next())
        asked.next()
        // That moment has passed: it is not read again and again.
        clock.goOn(1_000)
        asked.nothing()
    }

    @Test
    fun `one bad ask spoils no other`() = story {
        bad = other
        val (good, spoilt) = watch() to watch(other)
        good.next()
        spoilt.next()
        watching.opened()
        assertEquals(Live.Gone(Code.EMPTY), good.nextInTime())
        assertFailsWith<BelayException.Input> { spoilt.nextInTime() }
    }

    @Test
    fun `nobody watches, nothing is read`() = story {
        watching.opened()
        watching.watch(ask) { }.first()
        asked.next()
        changed()
        clock.goOn(1_000)
        asked.nothing()
    }

    @Test
    fun `after the end streams say so`() = story {
        watching.opened()
        val stream = watch()
        stream.next()
        watching.close()
        assertEquals(Code.CLOSED, assertFailsWith<BelayException.Locked> { stream.next() }.code)
        assertEquals(Code.CLOSED, assertFailsWith<BelayException.Locked> { watch().next() }.code)
    }
}
