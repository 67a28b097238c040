package app.belay

import kotlinx.coroutines.flow.Flow

/** Finding words again, in every script: case, accents and letter forms do not matter. */
public class Search internal constructor(private val door: Door) {
    /**
     * Finds what holds all of [words]; the last may still be being typed. While someone types, cancel the search before
     * it: it stops then (`collectLatest` does).
     *
     * @param words at most 300 characters; nothing in them is an operator
     */
    public suspend fun find(words: String, at: At = Pages.first()): SearchPage = find(query(words), at)

    /** The same with filters. */
    public suspend fun find(query: SearchQuery, at: At = Pages.first()): SearchPage =
        door.ask(Ask.Search(query, at)).of<Answer.Search>().v1

    /** What is found, now and whenever that changes. */
    public fun watch(query: SearchQuery, at: At = Pages.first()): Flow<Live<SearchPage>> =
        door.watch(Ask.Search(query, at)) { it.of<Answer.Search>().v1 }

    /** A query without filters: everything that is kept, the newest first. */
    public fun query(words: String): SearchQuery =
        SearchQuery(
            words = words(Field.TEXT, words),
            order = SearchOrder.NEWEST,
            kinds = emptyList(),
            tag = null,
            from = null,
            to = null,
            within = SearchIn.KEPT,
            total = SearchTotal.IF_KNOWN,
        )
}
