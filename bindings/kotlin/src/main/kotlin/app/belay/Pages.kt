package app.belay

/** Which page of a list is asked for: at most 200 rows at a time. */
public object Pages {
    /** The first rows. */
    public fun first(limit: Int = USUAL): At = At(limit.asRows(), null)

    /** From where another page ended: what it gave as `next`. A cursor is good for the list it came from alone. */
    public fun from(cursor: Cursor?, limit: Int = USUAL): At = At(limit.asRows(), cursor)

    /** What is no count of rows is refused by the engine, which says the bound. */
    private fun Int.asRows(): UInt = coerceAtLeast(0).toUInt()

    private const val USUAL = 50
}
