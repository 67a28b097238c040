package app.belay

import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNotEquals
import kotlin.test.assertTrue
import kotlinx.coroutines.async
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import org.junit.jupiter.api.Test

/** A vault is kept: copied, made again of the copy, put under another key, read through, opened another way. */
class KeepingTest {
    private val copys = SecretText("for the copy alone")

    @Test
    fun `a backup becomes a vault with the same notes, and a stream shows them`() = story {
        val mara = person("mara")
        mara.notes.create(title = "Morning")
        val backup = folder("backup").resolve("copy")
        val proof = mara.vault.confirm(UnlockWith.Passphrase(PASSPHRASE), Purpose.BACKUP)
        assertTrue(mara.vault.backUp(backup, proof, copys).headerIsWhole)
        assertFailsWith<BelayException.NotNow> { mara.vault.backUp(backup, proof, copys) }
            .let { assertEquals(Code.NEEDS_CONFIRMATION, it.code) }

        val other = open(folder("other").resolve("vault"))
        coroutineScope {
            val shown = async { other.notes.watch().ready { it.rows.isNotEmpty() } }
            val wrong = assertFailsWith<BelayException.Locked> {
                other.vault.restore(backup, UnlockWith.Passphrase(PASSPHRASE), PASSPHRASE)
            }
            assertEquals(Code.WRONG_SECRET, wrong.code)
            assertEquals(VaultState.Closed(VaultFacts.Absent), other.vault.state())
            val restored = other.vault.restore(backup, UnlockWith.Passphrase(copys), SecretText("another lamp"))
            assertNotEquals(restored.device.from, restored.device.device)
            assertEquals("Morning", shown.await().rows.single().title.said)
        }
        other.lock()
        other.vault.unlock(SecretText("another lamp"))
        listOf(mara, other).forEach { it.close() }
    }

    @Test
    fun `another key keeps the notes, and mending locks what is whole`() = story {
        val mara = person("mara")
        val note = mara.notes.create(title = "Morning").made
        coroutineScope {
            val seen = Channel<Live<NoteDetail>>(Channel.UNLIMITED)
            val watcher = launch { mara.notes.watch(note).collect { seen.send(it) } }
            val before = seen.receive()
            val with = UnlockWith.Passphrase(PASSPHRASE)
            assertTrue(mara.vault.rekey(with).oldIsGone)
            assertEquals("Morning", mara.notes.get(note).title.said)
            assertEquals(emptyList(), mara.vault.mend(with).pages)
            assertEquals(Code.LOCKED, assertFailsWith<BelayException.Locked> { mara.notes.get(note) }.code)
            do {
                val live = seen.receive()
            } while (live != Live.Locked)
            mara.vault.unlock(PASSPHRASE)
            assertEquals(before, seen.receive())
            watcher.cancel()
        }
        mara.close()
    }

    @Test
    fun `ways in come and go`() = story {
        val mara = person("mara")
        val with = UnlockWith.Passphrase(PASSPHRASE)
        val key = mara.vault.beginSlot(NewSlot.Keystore, mara.vault.confirm(with, Purpose.SLOTS))
        mara.vault.finishSlot(key.slot, byteArrayOf(1, 2, 3))
        assertEquals(1, mara.vault.removeSlot(key.slot, mara.vault.confirm(with, Purpose.SLOTS)).aliases.size)
        mara.vault.setPassphrase(with, SecretText("another lamp"))
        mara.lock()
        val old = assertFailsWith<BelayException.Locked> { mara.vault.unlock(PASSPHRASE) }
        val gone = assertFailsWith<BelayException.Missing> {
            mara.vault.unlock(UnlockWith.Keystore(key.slot, key.key32, null))
        }
        assertEquals(listOf(Code.WRONG_SECRET, Code.NOT_FOUND), listOf(old.code, gone.code))
        mara.vault.unlock(SecretText("another lamp"))
        mara.close()
    }
}
