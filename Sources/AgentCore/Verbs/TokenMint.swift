import Synchronization
import TokenCore

/// Draws user codes and their secrets.
final class TokenMint: Sendable {
    private let places = Mutex(UserCodePlaces())

    func draw() -> FreshToken {
        var generator = KernelRandom()
        let id = places.withLock { $0.draw(using: &generator) }
        return FreshToken(id: id, passCode: PassCode.random(for: id, using: &generator))
    }
}

/// A user code and its secret, newly drawn.
struct FreshToken: Sendable {
    let id: UserCode
    let passCode: PassCode
}
