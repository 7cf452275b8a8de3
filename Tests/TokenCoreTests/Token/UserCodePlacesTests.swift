import Testing

@testable import TokenCore

struct UserCodePlacesTests {
    private func drawn(_ count: Int, seed: UInt64) -> [UserCode] {
        var (generator, places) = (SeededGenerator(seed: seed), UserCodePlaces())
        return (0..<count).map { _ in places.draw(using: &generator) }
    }

    @Test func codesOfAPlaceShareTheirFirstFiveCharacters() {
        let places = Dictionary(grouping: drawn(6400, seed: 5)) { "\($0)".prefix(5) }
        #expect(places.count == 100)
        #expect(places.values.allSatisfy { $0.count == UserCodePlaces.codesPerPlace })
    }

    @Test func theyAreNotInOrderAtTheirPlace() {
        let codes = drawn(UserCodePlaces.codesPerPlace, seed: 6).map(\.value)
        #expect(codes != codes.sorted())
        #expect(Set(codes).count == codes.count)
    }

    /// By chance alone, one place in 118 would have a code twice.
    @Test func noneIsDrawnTwiceAtAPlace() {
        #expect(Set(drawn(256_000, seed: 8)).count == 256_000)
    }

    /// The last place ends where the codes do, so that no character is left out.
    @Test func everyCharacterIsDrawnAtEachPosition() {
        #expect(UserCode.count % UserCodePlaces.extent == 0)
        let codes = drawn(64_000, seed: 7).map(\.bytes)
        for position in 0..<UserCode.length {
            #expect(Set(codes.map { $0[position] }) == Set(Base62.alphabet))
        }
    }
}
