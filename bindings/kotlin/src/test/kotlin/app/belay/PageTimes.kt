package app.belay

import kotlin.system.measureNanoTime
import kotlinx.coroutines.runBlocking

/**
 * How long a page of 200 notes takes through this facade: `PageTimes [ROUNDS]` prints `page200_ms: MEDIAN`. A program and
 * no test: it asserts nothing. Meaningful over the optimised library alone.
 */
fun main(arguments: Array<String>): Unit = runBlocking {
    val rounds = arguments.firstOrNull()?.toInt() ?: 200
    val mara = person("page")
    repeat(200) { mara.notes.create(title = "Note $it", body = "Some words of a usual length, as one writes them. ".repeat(4)) }
    val page = Pages.first(200)
    check(mara.notes.list(at = page).rows.size == 200)
    // The first rounds are those in which the JVM warms up.
    val times = (1..rounds * 2).map { measureNanoTime { mara.notes.list(at = page) } }.drop(rounds).sorted()
    println("page200_ms: %.3f".format(times[rounds / 2] / 1e6))
    mara.close()
}
