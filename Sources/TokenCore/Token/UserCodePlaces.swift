/// Where new user codes are drawn: some dozens at one place, then at another, which is drawn as well.
///
/// Tokens are stored in the order of their codes, and so is what refers to them. If each new one could be
/// anywhere, each would have to be written to pages of its own; those that are made one after another share
/// them like this. Codes tell no secret: that two tokens were made one after another is all there is to see.
package struct UserCodePlaces: Sendable {
    /// The codes of a place differ in their last three characters: 62^3.
    static let extent: UInt64 = 238_328
    /// Few of so many: what comes next at a place cannot be told.
    static let codesPerPlace = 64

    private var start: UInt64 = 0
    /// What was drawn at this place; nil before the first place.
    private var drawn: Set<UInt64>?

    package init() {}

    /// A code that may have been drawn before at another time, which is as unlikely as anywhere.
    package mutating func draw(using generator: inout some RandomNumberGenerator) -> UserCode {
        var taken = drawn ?? []
        if drawn == nil || taken.count == Self.codesPerPlace {
            start = UInt64.random(in: 0..<UserCode.count / Self.extent, using: &generator) * Self.extent
            taken = []
        }
        var offset: UInt64
        repeat {
            offset = .random(in: 0..<Self.extent, using: &generator)
        } while !taken.insert(offset).inserted
        drawn = taken
        return UserCode(place: start, offset)
    }
}
