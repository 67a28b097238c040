import Foundation
import Testing

@testable import BelayKit

/// The same numbers from the same seed.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        // SplitMix64 (Steele, Lea, Flood 2014).
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

func units(_ text: String) -> [UInt16] { Array(text.utf16) }

private let lead: UInt16 = 0xD83D
private let trail: UInt16 = 0xDE00

struct SplicingTests {
    private let pieces = ["a", "b", " ", "ü", "ا", "漢", "👪", "👩‍👩‍👧", "e\u{301}", "\r\n", "\n"]

    private func text(_ random: inout Seeded) -> [UInt16] {
        (0..<Int.random(in: 0..<12, using: &random)).flatMap { _ in
            units(pieces.randomElement(using: &random) ?? "")
        }
    }

    @Test func aDifferenceLeadsFromOneTextToTheOtherAndCutsNoPair() throws {
        var random = Seeded(5)
        for round in 0..<5_000 {
            let (from, to) = (text(&random), text(&random))
            guard let splice = difference(from, to) else {
                #expect(from == to, "round \(round)")
                continue
            }
            #expect(spliced(from, [splice]) == to, "round \(round)")
            #expect(brokenAt(splice.insert.units) == nil, "round \(round)")
            #expect(brokenAt(from.prefix(Int(splice.at))) == nil, "round \(round)")
        }
    }

    @Test func whatLooksTheSameIsADifference() throws {
        // To Swift these two are equal; to an editor and to the engine they are not.
        let (one, other) = ("e\u{301}", "\u{E9}")
        #expect(one == other)
        #expect(PersonText(one) != PersonText(other))
        #expect(PersonText(one).hashValue != PersonText(other).hashValue)
        let splice = try #require(difference(units(one), units(other)))
        #expect(spliced(units(one), [splice]) == units(other))
    }

    @Test func anEmojiThatSharesItsFirstHalfWithAnotherIsReplacedAsAWhole() throws {
        let splice = try #require(difference(units("x😀y"), units("x😁y")))
        #expect([splice.at, splice.remove] == [1, 2])
        #expect(splice.insert.said == "😁")
        // The same second half, another first one.
        let other = try #require(difference([lead, trail], [0xD83E, trail]))
        #expect(other.insert.units == [0xD83E, trail])
    }

    @Test func aCaretStaysBesideItsLetter() {
        var random = Seeded(6)
        for round in 0..<2_000 {
            let before = units(String("abcdefghijklmnopqrstuvwxyz".shuffled(using: &random).prefix(8)))
            let at = Int.random(in: 0..<before.count, using: &random)
            let remove = Int.random(in: 0...(before.count - at), using: &random)
            let insert = PersonText(String("0123".prefix(Int.random(in: 0..<5, using: &random))))
            let splice = Splice16(at: UInt32(at), remove: UInt32(remove), insert: insert)
            let after = spliced(before, [splice])
            let letter = Int.random(in: 0..<before.count, using: &random)
            if letter >= at && letter < at + remove { continue }
            // The place right behind a letter that stays is behind it afterwards.
            #expect(after[moved(letter + 1, [splice]) - 1] == before[letter], "round \(round)")
        }
    }

    @Test func whatTouchesACompositionIsToldFromWhatDoesNot() {
        func splice(_ at: UInt32, _ remove: UInt32, _ insert: String) -> Splice16 {
            Splice16(at: at, remove: remove, insert: PersonText(insert))
        }
        let word = Stretch(4, 8)
        #expect(word.isOutside([splice(0, 4, "x"), splice(5, 1, "y")]))
        #expect(word.isOutside([splice(8, 3, "")]))
        #expect(!word.isOutside([splice(5, 0, "x")]))
        #expect(!word.isOutside([splice(0, 5, "")]))
        // The first pushes the word to where the second strikes.
        #expect(!word.isOutside([splice(0, 0, "1234"), splice(9, 0, "x")]))
    }

    @Test func halvesAreFoundAndLeftOut() throws {
        #expect(brokenAt(units("a👪b")) == nil)
        #expect(brokenAt(units("a") + [lead]) == 1)
        #expect(brokenAt(units("👪a") + [trail] + units("b")) == 2)
        #expect(brokenAt([lead, lead, trail]) == 0)
        let field = units("👪a") + [trail] + units("b") + [lead]
        let now = EditorNow(units: field, selection: Stretch(4, 6), composing: Stretch(2, 4))
        #expect(now.text.said == "👪ab")
        #expect(now.isHalf)
        #expect(now.selection == Stretch(3, 4))
        #expect(now.composing == Stretch(2, 3))
        #expect(!EditorNow(units: units("👪"), selection: Stretch(at: 2)).isHalf)
    }

    @Test func aFieldOfThePlatformIsReadInItsOwnUnits() {
        let field = EditorNow(field: "a👪b" as NSString, selection: NSRange(location: 3, length: 1))
        #expect(field == EditorNow(text: PersonText("a👪b"), selection: Stretch(3, 4)))
        #expect([UInt16](field: "👪" as NSString).count == 2)
        #expect([UInt16](field: "").isEmpty)
    }

    @Test func halfOfAPairIsRefusedWithItsPlace() async throws {
        let why = try await refusal { try PersonText(units: units("ab") + [lead] + units("c")) }
        guard case .input(let detail) = why else { throw why }
        #expect(detail.code == .invalidText)
        #expect(detail.actual == 2)
        #expect(try PersonText(units: units("a👪")).said == "a👪")
    }
}
