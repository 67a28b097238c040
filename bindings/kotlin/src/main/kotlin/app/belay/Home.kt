package app.belay

import kotlinx.coroutines.flow.Flow

/** The first screen: what waits, what was written last, what one moves towards, and whom one knows. */
public class Home internal constructor(private val door: Door) {
    /** All of it, in one read. */
    public suspend fun get(): HomeDetail = door.ask(Ask.Home).of<Answer.Home>().v1

    /** All of it, now and whenever it changes. */
    public fun watch(): Flow<Live<HomeDetail>> = door.watch(Ask.Home) { it.of<Answer.Home>().v1 }
}
