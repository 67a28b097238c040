package app.belay

import kotlin.random.Random
import kotlin.test.assertEquals
import kotlin.test.assertNull
import kotlin.test.assertTrue
import org.junit.jupiter.api.Test

class SplicingTest {
    private val pieces = listOf("a", "b", " ", "ü", "ا", "漢", "👪", "👩‍👩‍👧", "e\u0301", "\n")

    private fun text(random: Random) = (0 until random.nextInt(12)).joinToString("") { pieces.random(random) }

    @Test
    fun `a difference leads from one text to the other and cuts no pair`() {
        val random = Random(5)
        repeat(5_000) { round ->
            val (from, to) = text(random) to text(random)
            val splice = difference(from, to)
            if (from == to) return@repeat assertNull(splice)
            requireNotNull(splice)
            assertEquals(to, spliced(from, listOf(splice)), "round $round")
            assertNull(brokenAt(splice.insert.reveal()), "round $round")
            assertNull(brokenAt(from.substring(0, splice.at.toInt())), "round $round")
        }
    }

    @Test
    fun `an emoji that shares its first half with another is replaced as a whole`() {
        val splice = requireNotNull(difference("x😀y", "x😁y"))
        assertEquals(listOf(1u, 2u), listOf(splice.at, splice.remove))
        assertEquals("😁", splice.insert.reveal())
        // The same second half, another first one.
        assertEquals("\uD83E\uDE00", requireNotNull(difference("\uD83D\uDE00", "\uD83E\uDE00")).insert.reveal())
    }

    @Test
    fun `a caret stays beside its letter`() {
        val random = Random(6)
        repeat(2_000) { round ->
            val before = ('a'..'z').shuffled(random).take(8).joinToString("")
            val at = random.nextInt(before.length)
            val remove = random.nextInt(before.length - at + 1)
            val splice = Splice16(at.toUInt(), remove.toUInt(), PersonText("0123".take(random.nextInt(5))))
            val after = spliced(before, listOf(splice))
            val letter = random.nextInt(before.length)
            val kept = letter < at || letter >= at + remove
            // The place right behind a letter that stays is behind it afterwards.
            if (kept) assertEquals(before[letter], after[moved(letter + 1, listOf(splice)) - 1], "round $round")
        }
    }

    @Test
    fun `what touches a composition is told from what does not`() {
        fun splice(at: Int, remove: Int, insert: String) = Splice16(at.toUInt(), remove.toUInt(), PersonText(insert))
        val word = Stretch(4, 8)
        assertTrue(word.isOutside(listOf(splice(0, 4, "x"), splice(5, 1, "y"))))
        assertTrue(word.isOutside(listOf(splice(8, 3, ""))))
        assertTrue(!word.isOutside(listOf(splice(5, 0, "x"))))
        assertTrue(!word.isOutside(listOf(splice(0, 5, ""))))
        // The first pushes the word to where the second strikes.
        assertTrue(!word.isOutside(listOf(splice(0, 0, "1234"), splice(9, 0, "x"))))
    }

    @Test
    fun `halves are found and left out`() {
        assertNull(brokenAt("a👪b"))
        assertEquals(1, brokenAt("a\uD83D"))
        assertEquals(2, brokenAt("👪a\uDE00b"))
        assertEquals(0, brokenAt("\uD83D\uD83D\uDE00"))
        assertEquals("👪ab", mended("👪a\uDE00b\uD83D"))
    }
}
