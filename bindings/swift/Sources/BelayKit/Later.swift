// Until the engine says what an answer depends on: every change makes every ask due.

struct Watch: Equatable {
    let untilMs: Int64?

    func meets(_ changes: Changes) -> Bool { true }
}

extension Snapshot {
    init(_ reading: Reading) {
        commit = reading.commit
        answers = reading.answers
        watch = []
    }
}
