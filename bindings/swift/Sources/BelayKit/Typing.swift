/// One editor that is open: runs a ``TextDriver`` against the engine. Its functions return at once; what follows from them
/// comes through the ``TextPort``. An editor calls ``leave()`` before it lets go of one.
@MainActor
public final class Typing {
    /// What the session began with: the text to show first, its bound, words recovered from before.
    public let opened: TextOpened

    private let door: Door
    private var driver: TextDriver
    private var port: (any TextPort)?
    private var timer: Task<Void, Never>?
    private var follows: Task<Void, Never>?

    init(
        _ door: Door, _ opened: TextOpened, _ port: any TextPort, _ begun: Watching.Pulse,
        _ pulses: AsyncStream<Watching.Pulse>
    ) {
        self.door = door
        self.opened = opened
        self.port = port
        driver = TextDriver(text: opened.text, caret: Int(opened.caret))
        follows = Task { [weak self] in
            // Whoever opened it has it in hands by now.
            self?.news()
            var seen = begun
            for await pulse in pulses {
                if pulse.locks != begun.locks { self?.locked() } else if pulse.commits != seen.commits { self?.news() }
                seen = pulse
            }
        }
    }

    deinit {
        timer?.cancel()
        follows?.cancel()
    }

    /// What the field shows now.
    public var shown: EditorNow { driver.shown }

    /// The field shows something else: a key, a paste, a moved caret, the end of a composition.
    public func edited(_ now: EditorNow) { take(driver.edited(now, atMs: ticks())) }

    /// The editor closes; its words go down. ``TextPort/ended(lost:)`` says when they have.
    public func leave() { take(driver.leave(atMs: ticks())) }

    private func ticks() -> Int64 { door.clock.ticks() }

    private func news() { take(driver.touched(atMs: ticks())) }

    private func locked() { take(driver.locked()) }

    private func take(_ steps: [TextStep]) {
        var lost: LostWords?
        for step in steps {
            switch step {
            case .send(let now): send { [session = opened.session] in try $0.textSync(session: session, now: now, at: $1) }
            case .close(let now): send { [session = opened.session] in try $0.textClose(session: session, now: now, at: $1) }
            case .show(let now, let patches): port?.show(now, patches: patches)
            case .wake(let atMs): wake(atMs)
            case .tell(let about): port?.tell(about)
            case .waiting(let why): port?.waiting(why)
            case .keepAside(let words, let before):
                lost = LostWords(target: opened.target, text: words, before: before)
            case .done: end(lost)
            }
        }
    }

    private func send(_ call: @escaping @Sendable (BelayCore, Moment) throws -> TextMerge) {
        // Holds this editor until the words are down.
        Task {
            do {
                let merge = try await door.write(.text, call)
                door.watching.changed(merge.changes, isTyped: true)
                take(driver.answered(merge, atMs: ticks()))
            } catch let why as BelayError {
                take(driver.refused(why, atMs: ticks()))
            } catch {
                take(driver.refused(.internal(BelayKit.refused(.internal)), atMs: ticks()))
            }
        }
    }

    private func wake(_ atMs: Int64) {
        timer?.cancel()
        timer = Task { [weak self, clock = door.clock] in
            await clock.pass(max(atMs - clock.ticks(), 0))
            if !Task.isCancelled { self?.woke() }
        }
    }

    private func woke() { take(driver.woke(atMs: ticks())) }

    private func end(_ lost: LostWords?) {
        timer?.cancel()
        follows?.cancel()
        port?.ended(lost: lost)
        port = nil
    }
}
