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

    /** Calls the engine with bytes as they are; how it ended, and all that it said of it. */
    private fun told(bytes: ByteArray, call: (RustBuffer.ByValue, UniffiRustCallStatus) -> RustBuffer.ByValue): Pair<Int, String> {
        val buffer = RustBuffer.alloc(maxOf(bytes.size, 1).toULong())
        buffer.data!!.write(0, bytes, 0, bytes.size)
        buffer.len = bytes.size.toLong()
        val status = UniffiRustCallStatus()
        RustBuffer.free(call(buffer, status))
        val said = status.error_buf.data?.getByteArray(0, status.error_buf.len.toInt()) ?: ByteArray(0)
        RustBuffer.free(status.error_buf)
        return status.code.toInt() to String(said, Charsets.ISO_8859_1)
    }

    private fun <T> bytes(lower: (T) -> RustBuffer.ByValue, value: T): ByteArray {
        val buffer = lower(value)
        return buffer.data!!.getByteArray(0, buffer.len.toInt()).also { RustBuffer.free(buffer) }
    }

    @Test
    fun `commands and asks of bytes that nobody writes are refused, and nothing is done`() {
        val clock = HostClock.System
        val place = Location.Folder(folder("bytes").toString(), null)
        val core = BelayCore.open(HostConfig(place, null, listOf("en"), 1UL shl 27))
        core.create(NewVault(PASSPHRASE, WordCount.TWELVE), clock.now())
        core.acknowledge(clock.now())
        val create = Command.Note(NoteCommand.Create(NoteDraft(PersonText("One"), PersonText(""), emptyList())))
        val note = promised(core.apply(listOf(create), null, clock.now()).outcomes.single().made)
        val asks = listOf(Ask.Notes(NoteFilter(null, false), Pages.first()), Ask.Note(note))
        val before = core.read(asks, 0u, clock.now())

        val command = bytes(FfiConverterSequenceTypeCommand::lower, listOf(Command.Note(NoteCommand.AddTag(note, PersonText(CANARY)))))
        val ask = bytes(FfiConverterSequenceTypeAsk::lower, listOf(Ask.Notes(NoteFilter(PersonText(CANARY), false), Pages.first())))
        fun apply(bytes: ByteArray) = told(bytes) { buffer, status ->
            UniffiLib.uniffi_belay_ffi_fn_method_belaycore_apply(
                core.uniffiCloneHandle(), buffer, FfiConverterOptionalTypeConfirmation.lower(null),
                FfiConverterTypeMoment.lower(clock.now()), status,
            )
        }
        fun read(bytes: ByteArray) = told(bytes) { buffer, status ->
            UniffiLib.uniffi_belay_ffi_fn_method_belaycore_read(
                core.uniffiCloneHandle(), buffer, 0, FfiConverterTypeMoment.lower(clock.now()), status,
            )
        }
        for ((whole, call) in listOf(command to ::apply, ask to ::read)) {
            val wrong = whole.indices.map { whole.copyOf(it) } + (whole + 0) +
                // Not of the count: UniFFI makes room for as many as it says (bindings/README.md).
                (4..<whole.size).map { at -> whole.copyOf().also { it[at] = -1 } }
            for ((number, bytes) in wrong.withIndex()) {
                val (code, said) = call(bytes)
                assertTrue(code != 0, "$number was done")
                assertTrue(!said.contains(CANARY), "$number: $said")
            }
        }
        assertEquals(before, core.read(asks, 0u, clock.now()))
        assertEquals(0, apply(command).first, "and the whole ones are taken")
        assertEquals(0, read(ask).first)
        core.lock()
        core.destroy()
    }

    private companion object {
        const val CANARY = "canary"
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
