import Testing

@testable import BelayKit

/// What an editor and its engine say to each other, with a driver between them.
private struct Field {
    var driver: TextDriver
    var now: Int64 = 0

    /// After the first sync, which loads the document.
    init(_ text: String = "Hello", manners: TextManners = .android) throws {
        driver = TextDriver(text: PersonText(text), caret: text.utf16.count, manners: manners)
        let first = try sent(driver.touched(atMs: now))
        #expect(first.change == .none)
        #expect(!answered().contains(where: isSend))
    }

    mutating func type(_ text: String, composing: Stretch? = nil) -> [TextStep] {
        let end = Stretch(at: text.utf16.count)
        return driver.edited(EditorNow(text: PersonText(text), selection: end, composing: composing), atMs: now)
    }

    mutating func type(units: [UInt16]) -> [TextStep] {
        driver.edited(EditorNow(units: units, selection: Stretch(at: units.count)), atMs: now)
    }

    mutating func answered(
        _ version: UInt64 = 0, _ patches: [Splice16] = [], caret: Int = 0, resend: Resend = .no
    ) -> [TextStep] {
        let merge = TextMerge(
            version: version, patches: patches, selection: Stretch(at: caret).asSelection, resend: resend, left: 100,
            saved: .draft, fate: .fine, made: nil, changes: noChanges)
        return driver.answered(merge, atMs: now)
    }

    mutating func woke(at ms: Int64) -> [TextStep] {
        now = ms
        return driver.woke(atMs: ms)
    }
}

private func insert(_ at: UInt32, _ text: String) -> Splice16 {
    Splice16(at: at, remove: 0, insert: PersonText(text))
}

private func isSend(_ step: TextStep) -> Bool { if case .send = step { true } else { false } }

private func sent(_ steps: [TextStep]) throws -> TextNow {
    try steps.compactMap { if case .send(let now) = $0 { now } else { nil } }.single()
}

private func shown(_ steps: [TextStep]) -> EditorNow? {
    steps.compactMap { if case .show(let now, _) = $0 { now } else { nil } }.first
}

private func wakes(_ steps: [TextStep]) -> Int64? {
    steps.compactMap { if case .wake(let ms) = $0 { ms } else { nil } }.first
}

private func splice(_ now: TextNow) throws -> Splice16 {
    guard case .splices(let splices) = now.change else { throw TooLate() }
    return try splices.single()
}

struct TextDriverTests {
    @Test func oneCallIsUnderWayAtATimeAndWhatWasTypedMeanwhileGoesWithTheNext() throws {
        var field = try Field()
        #expect(try splice(sent(field.type("Hello!"))).insert.said == "!")
        #expect(field.type("Hello!?") == [])
        #expect(field.type("Hello!?.") == [])
        let next = try sent(field.answered())
        #expect(try splice(next) == insert(6, "?."))
        #expect(next.length == 8)
    }

    @Test func wordsOfOthersGoInWhileTheTextIsStillTheOneThatWasSent() throws {
        var field = try Field()
        _ = field.driver.touched(atMs: 0)
        let show = try #require(shown(field.answered(3, [insert(0, "Oh. ")], caret: 9)))
        #expect(show.text.said == "Oh. Hello")
        #expect(show.selection == Stretch(at: 9))
        let next = try sent(field.type("Oh. Hello!"))
        #expect(next.accepted == 3)
        #expect(try splice(next).at == 9)
    }

    @Test func wordsOfOthersWaitWhereThePersonTypedOn() throws {
        var field = try Field()
        _ = field.driver.touched(atMs: 0)
        _ = field.type("Hello!")
        let next = field.answered(3, [insert(0, "Oh. ")])
        #expect(shown(next) == nil)
        #expect(try sent(next).accepted == 0)
        #expect(try splice(sent(next)).at == 5)
        #expect(field.driver.shown.text.said == "Hello!")
    }

    @Test func wordsOfOthersWaitWhereALetterWasWrittenOtherwiseAndLooksTheSame() throws {
        var field = try Field("e\u{301}")
        _ = field.driver.touched(atMs: 0)
        _ = field.type("\u{E9}")
        let next = field.answered(3, [insert(0, "Oh. ")])
        #expect(shown(next) == nil)
        #expect(try splice(sent(next)).insert.units == [0xE9])
    }

    @Test func aCaretThatMovedOnItsOwnStaysBesideItsLetter() throws {
        var field = try Field()
        _ = field.driver.touched(atMs: 0)
        _ = field.driver.edited(EditorNow(text: PersonText("Hello"), selection: Stretch(at: 1)), atMs: 0)
        let show = try #require(shown(field.answered(3, [insert(0, "Oh. ")], caret: 9)))
        #expect(show.selection == Stretch(at: 5))
    }

    @Test func aCompositionIsLeftAloneThenWhatLiesOutsideGoesInThenAll() throws {
        var field = try Field()
        #expect(try sent(field.type("Hello wor", composing: Stretch(6, 9))).settle == .composing)
        let (inside, outside) = ([insert(7, "X")], [insert(0, "Oh. ")])
        let waits = field.answered(1, outside)
        #expect(shown(waits) == nil)
        #expect(wakes(waits) == 300)
        _ = try sent(field.woke(at: 300))
        #expect(wakes(field.answered(1, inside)) == 1_000)
        _ = try sent(field.woke(at: 1_000))
        #expect(wakes(field.answered(1, inside)) == 3_000)
        _ = try sent(field.woke(at: 3_000))
        let show = try #require(shown(field.answered(1, inside, caret: 10)))
        #expect(show.text.said == "Hello wXor")
        #expect(show.composing == Stretch(6, 10))
    }

    @Test func outsideACompositionGoesInAfterASecondWithoutAKey() throws {
        var field = try Field()
        _ = try sent(field.type("Hello wor", composing: Stretch(6, 9)))
        _ = field.answered(1, [insert(0, "Oh. ")])
        _ = try sent(field.woke(at: 1_000))
        let show = try #require(shown(field.answered(1, [insert(0, "Oh. ")], caret: 13)))
        #expect(show.text.said == "Oh. Hello wor")
        #expect(show.composing == Stretch(10, 13))
    }

    @Test func withApplesMannersNothingGoesInBeforeTheEndOfAComposition() throws {
        var field = try Field(manners: .apple)
        _ = try sent(field.type("Hello wor", composing: Stretch(6, 9)))
        _ = field.answered(1, [insert(0, "Oh. ")])
        _ = try sent(field.woke(at: 300))
        #expect(wakes(field.answered(1, [insert(0, "Oh. ")])) == nil)
        #expect(field.woke(at: 100_000) == [])
        _ = try sent(field.type("Hello wor"))
        #expect(shown(field.answered(1, [insert(0, "Oh. ")]))?.text.said == "Oh. Hello wor")
    }

    @Test func theEndOfACompositionLetsTheWordsOfOthersIn() throws {
        var field = try Field()
        _ = try sent(field.type("Hello wor", composing: Stretch(6, 9)))
        _ = field.answered(1, [insert(7, "X")])
        _ = try sent(field.type("Hello wor"))
        #expect(shown(field.answered(1, [insert(7, "X")], caret: 10))?.text.said == "Hello wXor")
    }

    @Test func aPauseIsSaidOnce300MsAfterTheLastKey() throws {
        var field = try Field()
        #expect(try sent(field.type("Hello!")).settle == .typing)
        #expect(wakes(field.answered()) == 300)
        field.now = 200
        _ = try sent(field.type("Hello!!"))
        _ = field.answered()
        #expect(wakes(field.woke(at: 300)) == 500)
        let pause = try sent(field.woke(at: 500))
        #expect(pause.settle == .pause)
        #expect(pause.change == .none)
        let after = field.answered()
        #expect(wakes(after) == nil && !after.contains(where: isSend))
        #expect(field.woke(at: 5_000) == [])
    }

    @Test func halfOfAPairIsHeldBackUntilTheOtherHalfIsThere() throws {
        var field = try Field()
        let half = units("Hello") + [0xD83D]
        #expect(!field.type(units: half).contains(where: isSend))
        // Words of others do not go between the halves.
        _ = field.driver.touched(atMs: 0)
        #expect(try splice(sent(field.type(units: half + [0xDC6A]))).insert.said == "👪")
    }

    @Test func wordsOfOthersWaitForTheOtherHalf() throws {
        var field = try Field()
        _ = field.driver.touched(atMs: 0)
        _ = field.type(units: units("Hello") + [0xD83D])
        let waits = field.answered(3, [insert(0, "Oh. ")])
        #expect(shown(waits) == nil)
        #expect(!waits.contains(where: isSend))
    }

    @Test func theWholeTextIsSentWhereTheEngineLostTheThread() throws {
        var field = try Field()
        _ = try sent(field.type("Hello!"))
        let again = try sent(field.answered(resend: .whole))
        #expect(again.change == .whole(text: PersonText("Hello!")))
        #expect(!field.answered().contains(where: isSend))
    }

    @Test func leavingSendsWhatIsThereInALastCallAfterTheOneUnderWay() throws {
        var field = try Field()
        _ = try sent(field.type("Hello!"))
        _ = field.type(units: units("Hello!!") + [0xD83D])
        #expect(field.driver.leave(atMs: 0) == [])
        guard case .close(let close)? = field.answered().last else { throw TooLate() }
        #expect(close.settle == .leave)
        #expect(try splice(close).insert.said == "!")
        #expect(close.selection == Stretch(at: 7).asSelection)
        #expect(field.answered().last == .done)
        #expect(field.type("more") == [])
    }

    @Test func leavingClosesAlsoWhereTheCallUnderWayHadNothingToSay() throws {
        var field = try Field()
        _ = field.driver.touched(atMs: 0)
        #expect(field.driver.leave(atMs: 0) == [])
        guard case .close? = field.answered().last else { throw TooLate() }
        #expect(field.answered().last == .done)
    }

    @Test func aKeyAfterTheLastCallIsGivenBack() throws {
        var field = try Field()
        _ = field.driver.leave(atMs: 0)
        #expect(field.type("Hello!") == [])
        #expect(field.answered().suffix(2) == [.keepAside(PersonText("Hello!"), before: PersonText("Hello")), .done])
    }

    @Test func aLockGivesBackWordsThatDidNotReachTheVaultAndThoseAlone() throws {
        var field = try Field()
        #expect(field.driver.locked() == [.done])
        var other = try Field("")
        _ = other.type("mid-wo")
        let steps = other.driver.refused(.locked(refused(.locked)), atMs: 0)
        #expect(steps == [.keepAside(PersonText("mid-wo"), before: .empty), .done])
        #expect(other.driver.locked() == [])
    }

    @Test func withLostWordsComesWhatTheVaultAnsweredLastAndNoHalfOfAPair() throws {
        var field = try Field()
        _ = try sent(field.type("Hello!"))
        _ = field.answered()
        _ = try sent(field.type("Hello! 👪"))
        _ = field.type(units: units("Hello! 👪") + [0xD83D])
        #expect(field.driver.locked() == [.keepAside(PersonText("Hello! 👪"), before: PersonText("Hello!")), .done])

        var other = try Field()
        _ = other.type(units: units("Hello") + [0xD83D])
        #expect(other.driver.locked() == [.done], "a half alone is no word")
    }

    @Test func aFullDiskKeepsTheWordsInTheFieldAndAsksAgainAfterASecond() throws {
        var field = try Field()
        _ = try sent(field.type("Hello!"))
        #expect(wakes(field.driver.refused(.storage(refused(.storageFull)), atMs: 0)) == 1_000)
        #expect(!field.type("Hello!!").contains(where: isSend))
        #expect(try splice(sent(field.woke(at: 1_000))).insert.said == "!!")
    }
}
