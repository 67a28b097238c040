package app.belay

import java.time.ZoneId
import kotlinx.coroutines.delay

/**
 * Time, as this facade knows it. The engine reads no clock of its own: every call that decides by time is told what the
 * time is. A test gives its own.
 */
public interface HostClock {
    /** Now, in the zone in which the person lives. */
    public fun now(): Moment

    /** Milliseconds that never go back, to measure a while with. */
    public fun ticks(): Long

    /** Comes back after so many milliseconds. */
    public suspend fun pass(ms: Long)

    /** Where one comes from. */
    public companion object {
        /** The clock of this machine. */
        public val System: HostClock = SystemClock
    }
}

private object SystemClock : HostClock {
    /** Stands for "since this start": a JVM cannot ask for more. An Android host gives its own clock. */
    private val start = java.lang.System.nanoTime()
    private val startId = java.util.UUID.randomUUID().mostSignificantBits.toULong()

    override fun now(): Moment =
        Moment(
            unixMs = java.lang.System.currentTimeMillis(),
            zone = ZoneId.systemDefault().id,
            bootMs = ticks().toULong(),
            bootId = startId,
        )

    override fun ticks(): Long = (java.lang.System.nanoTime() - start) / 1_000_000

    override suspend fun pass(ms: Long) = delay(ms)
}
