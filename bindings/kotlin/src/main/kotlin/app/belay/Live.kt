package app.belay

/** What a stream shows at one moment. It never ends because of a lock, and never throws for one. */
public sealed interface Live<out T> {
    /** What is true now. */
    public data class Ready<out T>(
        /** What was asked for. */
        public val value: T,
    ) : Live<T> {
        /** Says that there is something, never what: what is shown may hold a person's words. */
        override fun toString(): String = "Ready(‹value›)"
    }

    /** The vault is locked; what was shown before is to be cleared. The stream goes on by itself after an unlock. */
    public data object Locked : Live<Nothing>

    /** There is no such thing, or it may not be shown. It comes back by itself should that change. */
    public data class Gone(
        /** Why. */
        public val code: Code,
    ) : Live<Nothing>
}
