package app.belay

import java.nio.file.Path
import kotlin.io.path.readText
import kotlin.test.assertContains
import kotlin.test.assertEquals
import org.junit.jupiter.api.Test

class ReadmeTest {
    /** What a program of the README says, which stands there as it is run here. */
    private fun said(name: String): String {
        val program = Path.of("src/test/kotlin/newcomer/$name.kt").readText().removePrefix("package newcomer\n\n")
        assertContains(Path.of("README.md").readText(), "```kotlin\n$program```")
        return child("newcomer.${name}Kt", emptyList(), folder("newcomer"))
    }

    @Test
    fun `the story of two people in the README is a program that works`() {
        val lines = listOf("Found: 1", "Watched: Night", "Theo will read: [Slept badly.]", "Theo reads: Slept badly.")
        assertEquals(lines + "Hers: [Walk by the river]", said("TwoPeople").trim().lines())
    }

    @Test
    fun `the first lines of the README are a program that works`() {
        val said = said("FirstLines")
        assertContains(said, "Write these words down: ")
        assertEquals("Morning", said.trim().lines().last())
    }
}
