import AgentCore
import AgentProtocol
import NIOCore
import TokenCore

/// The verifies of one read, answered together: memory is asked for all of their tokens, then for the owners,
/// before the first is looked at. Most of the time that a verify takes would be waiting for that.
///
/// One for each connection, with the shape of its lines. What waits points into the lines, so `settle` has to
/// come before they go.
struct VerifyBatch: ~Copyable {
    private struct Entry {
        let id: UnsafeRawBufferPointer
        /// nil when it has not the form of a token.
        let presented: PresentedToken?
        let demand: VerifyDemand
    }

    static let most = 64

    /// So many are answered together.
    var groupMax = most

    private let dispatcher: Dispatcher
    private let refused: RefusedAnswers
    private var shape = VerifyShape()
    /// The last line that had to be read by the full scanner.
    private var unknown: (line: UnsafeRawBufferPointer, verify: VerifyLine)?
    /// Made for the first verify: other connections need none.
    private var entries = UnsafeMutableBufferPointer<Entry>(start: nil, count: 0)
    private var count = 0
    /// When the first of them came.
    private var began = NIODeadline.uptimeNanoseconds(0)

    init(dispatcher: Dispatcher, refused: RefusedAnswers) {
        self.dispatcher = dispatcher
        self.refused = refused
    }

    deinit { entries.deallocate() }

    /// Takes a line that is of the known shape; false for any other.
    mutating func take(
        _ line: UnsafeRawBufferPointer, _ right: VerifierRight, into answers: inout ByteBuffer
    ) -> Bool {
        guard let verify = shape.match(line) else { return false }
        add(verify, right, into: &answers)
        return true
    }

    /// Takes a request that the full scanner has read; false when it is no verify, or needs the long way.
    mutating func take(
        _ frame: RequestFrame, in line: UnsafeRawBufferPointer, _ right: VerifierRight,
        into answers: inout ByteBuffer
    ) -> Bool {
        guard frame.method == .tokenVerify, frame.refusal == nil else { return false }
        // A notification is never answered, and a verify does nothing else.
        guard let id = frame.id(in: line) else { return true }
        do throws(RPCError) {
            let params = try VerifyScanner.scan(frame.params(in: line))
            if let verify = VerifyLine(id: id, params) {
                add(verify, right, into: &answers)
                unknown = (line, verify)
                return true
            }
            settle(right, into: &answers)
            return dispatcher.verify(params, id: id, right, refused: refused, into: &answers)
        } catch {
            settle(right, into: &answers)
            AnswerWriter.error(id: id, error, into: &answers)
            return true
        }
    }

    private mutating func add(
        _ verify: VerifyLine, _ right: VerifierRight, into answers: inout ByteBuffer
    ) {
        if entries.isEmpty { entries = .allocate(capacity: Self.most) }
        if count >= groupMax { settle(right, into: &answers) }
        if count == 0 { began = .now() }
        let presented = PresentedToken(token: verify.token)
        if let presented { dispatcher.agent.expect(presented, right) }
        entries.initializeElement(
            at: count, to: Entry(id: verify.id, presented: presented, demand: verify.demand))
        count += 1
    }

    /// Answers those that wait, in their order.
    mutating func settle(_ right: VerifierRight, into answers: inout ByteBuffer) {
        guard count > 0 else { return }
        for index in 0..<count {
            if let presented = entries[index].presented { dispatcher.agent.expectOwner(of: presented, right) }
        }
        let now = dispatcher.agent.now
        for index in 0..<count {
            let entry = entries[index]
            dispatcher.verify(
                entry.presented, for: entry.demand, id: entry.id, at: now, right, refused: refused,
                into: &answers)
        }
        count = 0
        dispatcher.measures.noteVerifies(since: began)
    }

    /// Learns the shape of a line that was not known, when nothing waits that may point into the old one.
    mutating func learn() {
        if let unknown { shape.learn(unknown.line, unknown.verify) }
        unknown = nil
    }
}
