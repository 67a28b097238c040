/// What was last seen of an ask.
enum Seen: Equatable {
    case shown(Answer)
    case locked
    case refused(Code)
}

/// One who watches.
struct Watcher {
    let tell: @Sendable (Seen) -> Void
    let end: @Sendable () -> Void
}

/// One ask and those who watch it. Touched under the lock of ``Watching`` alone.
struct Upstream {
    private(set) var seen: Seen?
    var watchers: [Int: Watcher] = [:]
    var isDue = true

    /// The moment at which time alone changes the answer.
    private(set) var untilMs: Int64?
    private var commit: UInt64 = 0
    private var dependsOn: Watch?

    func isDue(at unixMs: Int64) -> Bool { isDue || untilMs.map { $0 <= unixMs } ?? false }

    mutating func show(_ next: Seen) {
        untilMs = nil
        if next == .locked { dependsOn = nil }
        if next == seen { return }
        seen = next
        for watcher in watchers.values { watcher.tell(next) }
    }

    mutating func take(_ answer: Answer, _ watch: Watch?, _ commit: UInt64, at unixMs: Int64) {
        show(.shown(answer))
        self.commit = commit
        dependsOn = watch
        // One that has passed would be read again and again.
        untilMs = watch?.untilMs.flatMap { $0 > unixMs ? $0 : nil }
    }

    mutating func meet(_ changes: Changes) {
        if changes.to > commit, dependsOn?.meets(changes) ?? true { isDue = true }
    }
}

extension Watch {
    /// Whether an answer that depends on this may be another after these changes.
    func meets(_ changes: Changes) -> Bool {
        changes.extent == .everything
            || changes.touched.contains { touched in
                kinds.contains(touched.kind) || objects.contains(touched.of)
                    || touched.parent.map(objects.contains) ?? false
            }
    }
}
