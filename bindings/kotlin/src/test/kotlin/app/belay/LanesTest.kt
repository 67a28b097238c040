package app.belay

import java.util.concurrent.CountDownLatch
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import org.junit.jupiter.api.Test

class LanesTest {
    private val lanes = Lanes()

    @Test
    fun `what is typed goes before commands, and commands before jobs`() = story {
        coroutineScope {
            val gate = CountDownLatch(1)
            val done = mutableListOf<String>()
            val holder = async(start = CoroutineStart.UNDISPATCHED) { lanes.write(Rank.JOB) { gate.await() } }
            val others = listOf("job" to Rank.JOB, "save" to Rank.COMMAND, "key" to Rank.TEXT, "save 2" to Rank.COMMAND)
                .map { (name, rank) ->
                    async(start = CoroutineStart.UNDISPATCHED) { lanes.write(rank) { done += name } }
                }
            gate.countDown()
            (others + holder).awaitAll()
            assertEquals(listOf("key", "save", "save 2", "job"), done)
        }
    }

    @Test
    fun `a save is finished though the one who asked is gone`() = story {
        coroutineScope {
            val gate = CountDownLatch(1)
            var isSaved = false
            val holder = async(start = CoroutineStart.UNDISPATCHED) { lanes.write(Rank.TEXT) { gate.await() } }
            val screen = launch(start = CoroutineStart.UNDISPATCHED) { lanes.write(Rank.COMMAND) { isSaved = true } }
            screen.cancelAndJoin()
            gate.countDown()
            holder.await()
            lanes.close()
            assertTrue(isSaved)
        }
    }

    @Test
    fun `a read is stopped with the one who asked`() = story {
        coroutineScope {
            val stopped = CountDownLatch(1)
            val screen = launch(start = CoroutineStart.UNDISPATCHED) {
                lanes.read(stop = { stopped.countDown() }) { stopped.await() }
            }
            screen.cancelAndJoin()
            lanes.close()
        }
    }

    @Test
    fun `closing ends what was asked for, and takes nothing more`() = story {
        coroutineScope {
            val asked = (1..50).map { number ->
                async(start = CoroutineStart.UNDISPATCHED) { lanes.write(Rank.COMMAND) { number } }
            }
            lanes.close()
            assertEquals((1..50).toList(), asked.awaitAll())
            assertEquals(Code.CLOSED, assertFailsWith<BelayException.Locked> { lanes.write(Rank.TEXT) {} }.code)
        }
    }

    @Test
    fun `no code of an app runs on a lane`() = story {
        coroutineScope {
            // Unconfined goes on wherever the answer comes from: there it could hold up everyone.
            val where = async(Dispatchers.Unconfined) {
                lanes.write(Rank.COMMAND) {}
                Thread.currentThread().name
            }
            assertTrue(!where.await().startsWith("belay-"), where.await())
        }
    }
}
