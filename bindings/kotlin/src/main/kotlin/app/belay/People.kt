package app.belay

import java.nio.file.Path
import kotlinx.coroutines.flow.Flow

/** The others: pairing with them, what they are called, and carrying bundles to and fro. */
public class People internal constructor(private val door: Door) {
    /** Everyone one shares a space with. */
    public suspend fun list(): List<RelationshipRow> = door.ask(Ask.Relationships).of<Answer.Relationships>().v1

    /** Everyone one shares a space with, now and whenever that changes. */
    public fun watch(): Flow<Live<List<RelationshipRow>>> =
        door.watch(Ask.Relationships) { it.of<Answer.Relationships>().v1 }

    /**
     * What stands for all that is accepted in a space, for two people to compare: 4-4-4-4 hex digits, the same where both
     * hold the same. It takes as long as there is new.
     */
    public suspend fun stateOf(space: SpaceId): String {
        val states = door.ask(Ask.States).of<Answer.States>().v1
        return states.spaces.find { it.space == space }?.stateShort ?: throw no(Code.NOT_FOUND)
    }

    /** Says what I call the other of a space; only I see it. */
    public suspend fun setNickname(space: SpaceId, name: String): Action<Unit> =
        done(door, Command.Relationship(RelationshipCommand.Nickname(space, words(Field.NICKNAME, name))))

    /** Says what I am called in a space; `null`: on my own devices. */
    public suspend fun setMyName(space: SpaceId?, name: String): Action<Unit> =
        done(door, Command.Relationship(RelationshipCommand.MyName(space, words(Field.NAME, name))))

    /**
     * Invites someone into a new relationship. What is to be sent is the invitation: a file.
     *
     * @param name what I call them
     * @param role what I am in it: the person, or a supporter; the other gets the opposite
     * @param by whether the secret lies in the file, or is told apart as words
     * @param expiresInMs how long it can be answered: an hour to 14 days
     */
    public suspend fun invite(
        name: String,
        role: Role,
        by: SecretKind = SecretKind.IN_FILE,
        expiresInMs: Long = THREE_DAYS_MS,
    ): ExchangeOut {
        val terms = InviteTerms(PairingPurpose.NewSpace(SpaceKind.RELATIONSHIP), role, expiresInMs, by)
        return begin(ExchangeKind.Invite(terms, words(Field.NICKNAME, name)))
    }

    /**
     * Answers an invitation. What is to be sent is the reply.
     *
     * @param words those that carry its secret, where it came apart from the file
     */
    public suspend fun join(invitation: ByteArray, words: RecoveryWords?, name: String): ExchangeOut =
        begin(ExchangeKind.Join(invitation, words, words(Field.NICKNAME, name)))

    /** Takes a message of the other side: the reply, or what completes the pairing. The same one twice does nothing. */
    public suspend fun take(exchange: ExchangeId, message: ByteArray): ExchangeOut =
        goOn(exchange, ExchangeIn.Bytes(message))

    /** Takes the six digits the other read out. Where they differ someone may stand between, and the pairing is over. */
    public suspend fun typed(exchange: ExchangeId, digits: String): ExchangeOut =
        goOn(exchange, ExchangeIn.Typed(digits))

    /** How a pairing stands. */
    public suspend fun standing(exchange: ExchangeId): ExchangeOut = goOn(exchange, ExchangeIn.Wake)

    /** Gives a pairing up. */
    public suspend fun cancel(exchange: ExchangeId): ExchangeOut = goOn(exchange, ExchangeIn.Cancel)

    /**
     * Writes what the others of a space do not have yet into a file, to be carried to them. The file is there once it is
     * whole. Stops with the coroutine it is called from.
     *
     * @param space `null`: for one's own other devices
     * @param progress bytes that are done, and all there are
     */
    public suspend fun bundleOut(
        space: SpaceId?,
        file: Path,
        scope: Scope = Scope.SINCE_LAST,
        progress: (done: Long, total: Long) -> Unit = { _, _ -> },
    ): JobOutcome.BundleOut = door.run(Job.BundleOut(space, scope, file.toString()), progress).of()

    /**
     * Takes in what someone carried here. What was taken in before a fault stays; the same bundle twice does no harm.
     *
     * @param progress bytes that are done, and all there are
     */
    public suspend fun bundleIn(
        file: Path,
        progress: (done: Long, total: Long) -> Unit = { _, _ -> },
    ): BundleReport = door.run(Job.BundleIn(file.toString()), progress).of<JobOutcome.BundleIn>().report

    /** Leaves a relationship, with a proof for `Leaving`. */
    public suspend fun leave(space: SpaceId, confirmation: Confirmation): Changes =
        door.write { at -> leave(space, confirmation, at) }.also { door.watching.changed(it) }

    /**
     * Goes on alone with a goal or plan of mine that was shared with someone who left, or whom I left. The older one stays
     * to be read; what another wrote in a part of their own stays there.
     *
     * @return the new one, in my own space
     * @throws BelayException.NotAllowed `NotOwner` where it is another's; `AlreadyYours` where nothing has ended
     * @throws BelayException.Input `Duplicate` where it went on before
     */
    public suspend fun goOnAlone(with: DocId): Action<DocId> =
        made(door, Command.Relationship(RelationshipCommand.GoOnAlone(with)))

    /** Removes a phone of mine from a space, with a proof for `Devices`. */
    public suspend fun removeDevice(space: SpaceId, device: DeviceId, confirmation: Confirmation): Changes =
        door.write { at -> removeDevice(space, device, confirmation, at) }.also { door.watching.changed(it) }

    private suspend fun begin(kind: ExchangeKind) = told(door.write { at -> exchangeOpen(kind, at) })

    private suspend fun goOn(exchange: ExchangeId, what: ExchangeIn) =
        told(door.write { at -> exchangeStep(exchange, what, at) })

    private fun told(out: ExchangeOut) = out.also { door.watching.changed(it.changes) }

    private inline fun <reified T : JobOutcome> JobOutcome.of(): T = promised(this as? T)

    private companion object {
        const val THREE_DAYS_MS = 259_200_000L
    }
}
