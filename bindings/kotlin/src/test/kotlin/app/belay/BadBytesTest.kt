package app.belay

import kotlin.random.Random
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue
import org.junit.jupiter.api.Test

/** Bytes that no engine writes: a typed failure or a value, and never the end of an app or of its memory. */
class BadBytesTest {
    private fun bytesOf(reading: Reading): ByteArray {
        val buffer = FfiConverterTypeReading.lower(reading)
        return buffer.data!!.getByteArray(0, buffer.len.toInt()).also { RustBuffer.free(buffer) }
    }

    private fun read(bytes: ByteArray): Reading = typed {
        val buffer = RustBuffer.alloc(maxOf(bytes.size, 1).toULong())
        buffer.data!!.write(0, bytes, 0, bytes.size)
        buffer.len = bytes.size.toLong()
        FfiConverterTypeReading.lift(buffer)
    }

    /** Whether it was refused, which only happens in the one typed way. */
    private fun isRefused(bytes: ByteArray): Boolean =
        try {
            read(bytes)
            false
        } catch (why: BelayException.Internal) {
            assertEquals(Code.INTERNAL, why.code)
            true
        }

    @Test
    fun `what is no answer is a typed failure`() = story {
        val mara = person("mara")
        repeat(3) { mara.notes.create("Night $it", "Slept badly. 👪 夜", listOf("sleep", "夜")) }
        val reading = Reading(7u, listOf(Answer.Notes(mara.notes.list())), emptyList())
        val whole = bytesOf(reading)
        assertEquals(reading, read(whole))

        for (length in whole.indices) assertTrue(isRefused(whole.copyOf(length)), "cut at $length")
        assertTrue(isRefused(whole + 0))
        // Counts and lengths below zero, and far above what is there.
        for (at in 0..whole.size - 4) {
            for (wrong in listOf(0xFF, 0x7F, 0x00)) {
                val bytes = whole.copyOf()
                bytes[at] = wrong.toByte()
                for (next in 1..3) bytes[at + next] = 0xFF.toByte()
                isRefused(bytes)
            }
        }
        val dice = Random(1)
        val refused = (1..2_000).count {
            val bytes = whole.copyOf()
            repeat(1 + dice.nextInt(3)) { bytes[dice.nextInt(bytes.size)] = dice.nextInt().toByte() }
            isRefused(bytes)
        }
        assertTrue(refused > 100, "few of them were anything: $refused")
        mara.close()
    }

    @Test
    fun `an answer that was refused is given back, and the next is read`() = story {
        val mara = person("mara")
        mara.notes.create("Night")
        assertFailsWith<BelayException.Internal> { read(ByteArray(0)) }
        assertEquals(1, mara.notes.list().rows.size)
        mara.close()
    }
}
