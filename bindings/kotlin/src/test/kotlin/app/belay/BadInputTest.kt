package app.belay

import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.withContext
import org.junit.jupiter.api.Test

/** What should never happen, and what it gets: a typed failure, nothing lost, nothing stuck. */
class BadInputTest {
    @Test
    fun `calls after close are closed`() = story {
        val mara = person("mara")
        val stream = mara.notes.watch()
        stream.first()
        mara.close()
        mara.close()
        val calls = listOf<suspend () -> Unit>(
            { mara.notes.create(body = "late") }, { mara.notes.list() }, { mara.vault.state() }, { mara.lock() },
            { mara.vault.unlock(PASSPHRASE) }, { mara.vault.pause(100) }, { mara.people.list() }, { stream.first() },
        )
        for (call in calls) assertEquals(Code.CLOSED, assertFailsWith<BelayException.Locked> { call() }.code)
    }

    @Test
    fun `close ends what was asked for before it`() = story {
        val folder = folder("closing")
        val mara = person("mara", folder)
        coroutineScope {
            val saves = (1..20).map {
                async(start = CoroutineStart.UNDISPATCHED) { mara.notes.create(body = "note $it") }
            }
            mara.close()
            saves.awaitAll()
        }
        val again = open(folder)
        again.vault.unlock(PASSPHRASE)
        assertEquals(20, again.notes.list().rows.size)
        again.close()
    }

    @Test
    fun `sixteen at once, with locks in between, are answered or locked`() = story {
        val mara = person("mara")
        val kept = coroutineScope {
            val many = (1..16).map { number ->
                async(Dispatchers.IO) {
                    (1..5).count { round ->
                        val saved = runCatching { mara.notes.create(body = "note $number $round") }
                        val read = runCatching { mara.notes.list() }
                        for (why in listOfNotNull(saved.exceptionOrNull(), read.exceptionOrNull())) {
                            val code = (why as BelayException).code
                            assertTrue(code == Code.LOCKED || code == Code.INTERRUPTED, "$code")
                        }
                        if (number == 1 && round == 3) mara.lock()
                        saved.isSuccess
                    }
                }
            }
            many.awaitAll().sum()
        }
        mara.vault.unlock(PASSPHRASE)
        // A save that the lock overtook on its way back may be there too; none that was answered is missing.
        val there = mara.notes.list(at = Pages.first(200)).rows.size
        assertTrue(there in kept..80, "$there of $kept")
        mara.close()
    }

    @Test
    fun `a stream's consumer may do anything`() = story {
        val mara = person("mara")
        var seen = 0
        withContext(Dispatchers.Unconfined) {
            mara.notes.watch().take(3).collect { live ->
                seen += 1
                when (seen) {
                    1 -> mara.notes.create(body = "from inside a stream")
                    2 -> mara.lock()
                    3 -> assertEquals(Live.Locked, live)
                }
            }
        }
        mara.close()
        assertEquals(3, seen)
    }

    @Test
    fun `a stream's consumer may close too, and hears of it`() = story {
        val mara = person("mara")
        mara.notes.create(body = "One")
        withContext(Dispatchers.Unconfined) {
            val end = assertFailsWith<BelayException.Locked> { mara.notes.watch().collect { mara.close() } }
            assertEquals(Code.CLOSED, end.code)
        }
        assertFailsWith<BelayException.Locked> { mara.notes.list() }
    }

    @Test
    fun `half of a pair is refused with its place, wherever it stands`() = story {
        val mara = person("mara")
        val half = "ab\uD83Dc"
        val refusals = listOf(
            assertFailsWith<BelayException.Input> { mara.notes.create(title = half) },
            assertFailsWith<BelayException.Input> { mara.search.find(half) },
            assertFailsWith<BelayException.Input> { mara.notes.list(NoteFilter(PersonText("ab\uDE00"), false)) },
            assertFailsWith<BelayException.Input> {
                mara.goals.create(GoalDraft(PersonText(half), PersonText("x"), PersonText(""), PersonText(""), null))
            },
        )
        for (refusal in refusals) assertEquals(Code.INVALID_TEXT to 2uL, refusal.code to refusal.detail.actual)
        assertEquals(Code.INVALID_TEXT, assertFailsWith<BelayException.Input> { mara.notes.get(DocId(half)) }.code)
        assertEquals(Code.INVALID_TEXT, assertFailsWith<BelayException.Input> { mara.vault.unlock(SecretText(half)) }.code)
        mara.close()
    }

    @Test
    fun `a cursor of another list, and a page that is none`() = story {
        val mara = person("mara")
        repeat(3) { mara.notes.create(body = "note $it") }
        val next = mara.notes.list(at = Pages.first(2)).next
        assertEquals(1, mara.notes.list(at = Pages.from(next, 2)).rows.size)
        val other = assertFailsWith<BelayException.Input> { mara.plans.list(Pages.from(next, 2)) }
        assertEquals(Code.OUT_OF_RANGE to Field.AFTER, other.code to other.detail.field)
        val none = assertFailsWith<BelayException.Input> { mara.notes.list(at = Pages.first(0)) }
        assertEquals(Code.OUT_OF_RANGE to Field.LIMIT, none.code to none.detail.field)
        assertFailsWith<BelayException.Input> { mara.plans.watch(Pages.from(next, 2)).first() }
        assertEquals(Code.NOT_FOUND, assertFailsWith<BelayException.Missing> { mara.notes.get(DocId("nothing")) }.code)
        mara.close()
    }

    @Test
    fun `a keystore's key of 31 bytes, and a wrong one`() = story {
        val mara = person("mara")
        val proof = mara.vault.confirm(UnlockWith.Passphrase(PASSPHRASE), Purpose.SLOTS)
        val key = mara.vault.beginSlot(NewSlot.Keystore, proof)
        mara.vault.finishSlot(key.slot, byteArrayOf(1, 2, 3))
        mara.lock()
        val short = UnlockWith.Keystore(key.slot, Secret32(key.key32.reveal().copyOf(31)), null)
        assertEquals(Code.OUT_OF_RANGE, assertFailsWith<BelayException.Input> { mara.vault.unlock(short) }.code)
        val wrong = UnlockWith.Keystore(key.slot, Secret32(ByteArray(32)), null)
        assertEquals(Code.WRONG_SECRET, assertFailsWith<BelayException.Locked> { mara.vault.unlock(wrong) }.code)
        mara.vault.unlock(UnlockWith.Keystore(key.slot, key.key32, null))
        mara.close()
    }

    @Test
    fun `two on one vault, and one that lets go`() = story {
        val folder = folder("shared")
        val mara = person("mara", folder)
        val other = open(folder)
        assertEquals(Code.IN_USE, assertFailsWith<BelayException.Storage> { other.vault.unlock(PASSPHRASE) }.code)
        mara.vault.pause(1_000)
        other.vault.unlock(PASSPHRASE)
        other.lock()
        mara.vault.resume()
        mara.notes.create(body = "Still here")
        listOf(mara, other).forEach { it.close() }
    }

    @Test
    fun `a second process waits for the first, and nothing of either is lost`() = story {
        val folder = folder("processes")
        val mara = person("mara", folder.resolve("vault"))
        fun second(status: Int, vararg steps: String) =
            child("app.belay.KeepOnePlanKt", listOf(folder.toString(), *steps), status = status)
        mara.notes.create(title = "First")
        assertTrue(second(1, "note", "Too early").contains("refused: IN_USE"))
        mara.vault.pause(1_000)
        second(0, "note", "While the first rests")
        mara.vault.resume()
        mara.notes.create(title = "Back again")
        mara.lock()
        // Another that dies with the vault open keeps nobody out, and what it kept is there.
        second(9, "note", "Before it died", "halt")
        mara.vault.unlock(PASSPHRASE)
        val titles = mara.notes.list().rows.map { it.title.said }.toSet()
        assertEquals(setOf("First", "While the first rests", "Back again", "Before it died"), titles)
        mara.close()
    }

    @Test
    fun `a library of another build is refused`() {
        val here = version()
        assertEquals(Belay.BUILD, here.build)
        Belay.refuseOtherBuild(here)
        assertFailsWith<BelayException.Internal> { Belay.refuseOtherBuild(here.copy(build = "0.0.9")) }
    }

    @Test
    fun `a session after its end, and splices that fit nothing`() = story {
        val clock = HostClock.System
        val place = Location.Folder(folder("session").toString(), null)
        val core = BelayCore.open(HostConfig(place, null, listOf("en"), 1UL shl 27))
        core.create(NewVault(PASSPHRASE, WordCount.TWELVE), clock.now())
        core.acknowledge(clock.now())
        val create = NoteCommand.Create(NoteDraft(PersonText(""), PersonText("abc"), emptyList()))
        val note = promised(core.apply(listOf(Command.Note(create)), null, clock.now()).outcomes.single().made)
        fun open() = core.textOpen(TextTarget.Note(note), clock.now()).session
        fun now(change: TextChange, length: Int) =
            TextNow(0u, length.toUInt(), change, Selection(0u, 0u), Settle.TYPING)

        val session = open()
        val wild = now(TextChange.Splices(listOf(Splice16(9u, 0u, PersonText("x")))), 4)
        val refused = assertFailsWith<Failure.Input> { core.textSync(session, wild, clock.now()) }
        assertEquals(Code.OUT_OF_RANGE, refused.v1.code)
        // Half of a pair goes with the other half; a field that shows the other still is asked what it shows.
        fun cut(at: UInt, remove: UInt, length: Int) =
            core.textSync(session, now(TextChange.Splices(listOf(Splice16(at, remove, PersonText("")))), length), clock.now())
        core.textSync(session, now(TextChange.Whole(PersonText("a😀b")), 4), clock.now())
        assertEquals(Resend.WHOLE, cut(2u, 1u, 3).resend)
        assertEquals(Resend.NO, cut(2u, 1u, 2).resend)
        core.textSync(session, now(TextChange.Whole(PersonText("abc")), 3), clock.now())
        val nothing = now(TextChange.None, 3)
        core.textClose(session, nothing, clock.now())
        assertFailsWith<Failure.Missing> { core.textSync(session, nothing, clock.now()) }
        assertFailsWith<Failure.Missing> { core.textClose(session, nothing, clock.now()) }

        val second = open()
        core.lock()
        assertFailsWith<Failure.Locked> { core.textSync(second, nothing, clock.now()) }
        core.unlock(UnlockWith.Passphrase(PASSPHRASE), clock.now())
        assertFailsWith<Failure.Missing> { core.textSync(second, nothing, clock.now()) }
        core.lock()
        core.destroy()
        assertEquals(Code.CLOSED, assertFailsWith<BelayException.Locked> { typed { core.state() } }.code)
    }
}
