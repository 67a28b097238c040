package app.belay

import java.nio.file.Path
import kotlin.system.measureNanoTime
import kotlinx.coroutines.runBlocking

/**
 * How long a page of 200 notes takes through this facade: `PageTimes FOLDER [ROUNDS]` prints the first read of a page and
 * the median of the others, over the vault that the program in Rust made (scripts/page-times.sh). It asserts nothing.
 */
fun main(arguments: Array<String>): Unit = runBlocking {
    val rounds = arguments.getOrNull(1)?.toInt() ?: 400
    val mara = open(Path.of(arguments.first()))
    mara.vault.unlock(PASSPHRASE)
    val page = Pages.first(200)
    suspend fun once() = timed { check(mara.notes.list(at = page).rows.size == 200) }
    println("first_ms: %.3f".format(once()))
    // The first half is for warming up, in all three.
    val times = (1..rounds).map { once() }.drop(rounds / 2).sorted()
    println("p50_ms: %.3f".format(times[times.size / 2]))
    mara.close()
}

private inline fun timed(work: () -> Unit): Double = measureNanoTime(work) / 1e6
