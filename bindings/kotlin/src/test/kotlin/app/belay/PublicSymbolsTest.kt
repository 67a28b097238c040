package app.belay

import java.nio.file.Files
import java.nio.file.Path
import kotlin.io.path.extension
import kotlin.io.path.readLines
import kotlin.io.path.readText
import kotlin.io.path.writeText
import kotlin.metadata.KmClass
import kotlin.metadata.KmDeclarationContainer
import kotlin.metadata.KmType
import kotlin.metadata.KmClassifier
import kotlin.metadata.Visibility
import kotlin.metadata.isNullable
import kotlin.metadata.jvm.KotlinClassMetadata
import kotlin.metadata.visibility
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import org.junit.jupiter.api.Test

/** What an app can see, in `public.txt`; a change there is made on purpose: `BELAY_WRITE_SURFACE=1` writes it anew. */
class PublicSymbolsTest {
    private val kept = Path.of("public.txt")
    private val classes = Path.of("target/classes")

    private val seen: List<String> by lazy {
        Files.walk(classes).use { files ->
            files.filter { it.extension == "class" }.toList().flatMap(::symbols).sorted()
        }
    }

    @Test
    fun `public symbols are those in the list`() {
        if (System.getenv("BELAY_WRITE_SURFACE") != null) kept.writeText(seen.joinToString("\n", postfix = "\n"))
        val listed = kept.readLines()
        assertEquals(emptyList(), seen - listed.toSet(), "public, and not in public.txt")
        assertEquals(emptyList(), listed - seen.toSet(), "in public.txt, and not public")
    }

    @Test
    fun `nothing of the machinery is public`() {
        val inside = Regex("FfiConverter|[Uu]niffi|RustBuffer|ForeignBytes|BelayCore|InternalException|\\bFailure\\b")
        assertEquals(emptyList(), seen.filter { inside.containsMatchIn(it) })
        assertTrue(seen.any { it == "class app.belay.Belay" })
    }

    @Test
    fun `nothing public bears a name of a toolkit for screens`() {
        val theirs = setOf("Section", "Label", "Form", "Text", "List", "Group", "Page", "Link")
        val names = seen.filter { it.startsWith("class ") }.map { it.substringAfterLast('.') }
        assertEquals(emptyList(), names.filter { it in theirs || it.endsWith("View") })
    }

    /** A doc comment right above everything that is public and written by hand; the rest bears the engine's own. */
    @Test
    fun `everything public says what it is for`() {
        val undocumented = Files.walk(Path.of("src/main/kotlin")).use { files ->
            files.filter { it.extension == "kt" }.toList().flatMap { file ->
                val lines = file.readLines()
                lines.indices.filter { at -> lines[at].trimStart().startsWith("public ") }
                    .filterNot { at -> isSaid(lines, at) }
                    .map { at -> "${file.fileName}:${at + 1}" }
            }
        }
        assertEquals(emptyList(), undocumented)
    }

    /** `public`, `internal` or `private` is always said, so that the test above sees all there is. */
    @Test
    fun `who may see it is said everywhere`() {
        val bare = Regex("^(data |sealed |enum |value |abstract |open )*(class|interface|object|fun|val|var|typealias) ")
        val unsaid = Files.walk(Path.of("src/main/kotlin")).use { files ->
            files.filter { it.extension == "kt" }.toList().flatMap { file ->
                file.readText().lines().filter(bare::containsMatchIn).map { "${file.fileName}: $it" }
            }
        }
        assertEquals(emptyList(), unsaid)
    }

    private fun isSaid(lines: List<String>, at: Int): Boolean {
        val above = lines.subList(0, at).asReversed().dropWhile { it.trimStart().startsWith("@") }.first().trim()
        return above.endsWith("*/")
    }

    private fun symbols(file: Path): List<String> {
        val name = classes.relativize(file).toString().removeSuffix(".class").replace('/', '.')
        val type = Class.forName(name, false, javaClass.classLoader)
        val metadata = type.getAnnotation(Metadata::class.java) ?: return emptyList()
        return when (val read = KotlinClassMetadata.readStrict(metadata)) {
            is KotlinClassMetadata.Class -> if (isOpen(type)) of(read.kmClass, type.name.replace('$', '.')) else emptyList()
            is KotlinClassMetadata.FileFacade -> members(read.kmPackage, "app.belay")
            else -> emptyList()
        }
    }

    /** Public, and so is everything around it. */
    private fun isOpen(type: Class<*>): Boolean {
        val metadata = type.getAnnotation(Metadata::class.java) ?: return false
        val read = KotlinClassMetadata.readStrict(metadata) as? KotlinClassMetadata.Class ?: return false
        return read.kmClass.visibility == Visibility.PUBLIC && type.enclosingClass?.let(::isOpen) != false
    }

    private fun of(type: KmClass, name: String): List<String> {
        val makers = type.constructors.filter { it.visibility == Visibility.PUBLIC }.map { maker ->
            "new $name(${maker.valueParameters.joinToString { "${it.name}: ${it.type.said()}" }})"
        }
        return listOf("class $name") + makers + members(type, name)
    }

    private fun members(of: KmDeclarationContainer, name: String): List<String> {
        val functions = of.functions.filter { it.visibility == Visibility.PUBLIC && it.name !in generated }.map { call ->
            "fun $name.${call.name}(${call.valueParameters.joinToString { "${it.name}: ${it.type.said()}" }})"
        }
        val values = of.properties.filter { it.visibility == Visibility.PUBLIC }
            .map { "val $name.${it.name}: ${it.returnType.said()}" }
        return functions.filterNot { it.contains(Regex("\\.component\\d+\\(|\\.copy\\(")) } + values
    }

    private val generated = setOf("equals", "hashCode", "toString")

    private fun KmType.said(): String {
        val name = when (val of = classifier) {
            is KmClassifier.Class -> of.name.substringAfterLast('/')
            is KmClassifier.TypeParameter -> "T"
            is KmClassifier.TypeAlias -> of.name.substringAfterLast('/')
        }
        val arguments = arguments.mapNotNull { it.type?.said() }
        return name + (if (arguments.isEmpty()) "" else arguments.joinToString(", ", "<", ">")) + if (isNullable) "?" else ""
    }
}
