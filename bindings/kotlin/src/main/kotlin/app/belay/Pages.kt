package app.belay

/** Which page of a list is asked for: at most 200 rows at a time. */
public object Pages {
    /** The first rows. */
    public fun first(limit: Int = USUAL): At = At(limit.asRows(), after = null, around = null, total = false)

    /** From where another page ended: what it gave as `next` or `previous`. A cursor is good for its own list alone. */
    public fun from(cursor: Cursor?, limit: Int = USUAL): At =
        At(limit.asRows(), cursor, around = null, total = false)

    /** With this about in the middle; where it is gone, its old place as far as that is known. */
    public fun around(anchor: Anchor, limit: Int = USUAL): At =
        At(limit.asRows(), after = null, anchor, total = false)

    /** What is no count of rows is refused by the engine, which says the bound. */
    private fun Int.asRows(): UInt = coerceAtLeast(0).toUInt()

    private const val USUAL = 50
}
