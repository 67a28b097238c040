package app.belay

import java.nio.file.Path
import kotlin.io.path.readText
import kotlin.test.assertContains
import kotlin.test.assertEquals
import org.junit.jupiter.api.Test

class ReadmeTest {
    @Test
    fun `the first lines of the README are a program that works`() {
        val program = Path.of("src/test/kotlin/newcomer/FirstLines.kt").readText().removePrefix("package newcomer\n\n")
        assertContains(Path.of("README.md").readText(), "```kotlin\n$program```")
        val said = child("newcomer.FirstLinesKt", emptyList(), folder("newcomer"))
        assertContains(said, "Write these words down: ")
        assertEquals("Morning", said.trim().lines().last())
    }
}
