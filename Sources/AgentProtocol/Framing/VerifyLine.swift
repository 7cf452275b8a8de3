/// A verify whose parts stand as they are in its line: no escapes, no `as`, its token in one piece.
///
/// Everything points into the line, the demand perhaps into the shape that the line was recognised by.
public struct VerifyLine {
    /// The raw text of the id.
    public let id: UnsafeRawBufferPointer
    public let token: UnsafeRawBufferPointer
    public let demand: VerifyDemand

    init(id: UnsafeRawBufferPointer, token: UnsafeRawBufferPointer, demand: VerifyDemand) {
        self.id = id
        self.token = token
        self.demand = demand
    }

    /// From a request of the full scanner; nil when it is more than that.
    public init?(id: UnsafeRawBufferPointer, _ params: borrowing VerifyParams) {
        guard params.isPlain, case .token(let token) = params.presented else { return nil }
        self.init(id: id, token: token, demand: params.demand)
    }
}
