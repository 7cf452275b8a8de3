import Testing
import TokenCore

@testable import LDAPDirectory

@Suite("what controls are made of")
struct BERTests {
    private static let uuid: [UInt8] = Array(0..<16)
    private static let uuidElement = BERWriter.element(BERTag.octetString, uuid)
    private static let cookie = Array("rid=000,csn=x".utf8)
    private static let cookieElement = BERWriter.element(BERTag.octetString, cookie)
    private static let yes: [UInt8] = [1, 1, 0xff]
    private static let no: [UInt8] = [1, 1, 0]

    private static func sequence(_ content: [UInt8]) -> [UInt8] {
        BERWriter.element(BERTag.sequence, content)
    }
    private static func state(_ kind: Int) -> [UInt8] { BERWriter.integer(kind, tag: BERTag.enumerated) }

    @Test("states of entries are read, with and without a cookie")
    func states() throws {
        for kind in 0...3 {
            let bare = try SyncMessage.State(Self.sequence(Self.state(kind) + Self.uuidElement))
            #expect(bare.kind.rawValue == kind && bare.uuid == Self.uuid && bare.cookie == nil)
        }
        let told = try SyncMessage.State(
            Self.sequence(Self.state(1) + Self.uuidElement + Self.cookieElement))
        #expect(told.cookie == Self.cookie)
    }

    @Test("ends of refreshes are read, what is left out being false")
    func dones() throws {
        #expect(try SyncMessage.Done(Self.sequence([])) == .init(cookie: nil, refreshDeletes: false))
        #expect(try SyncMessage.Done(Self.sequence(Self.yes)) == .init(cookie: nil, refreshDeletes: true))
        #expect(
            try SyncMessage.Done(Self.sequence(Self.cookieElement + Self.no))
                == .init(cookie: Self.cookie, refreshDeletes: false))
    }

    @Test("messages in between are read, all four")
    func infos() throws {
        #expect(try SyncMessage.Info(BERWriter.element(0x80, Self.cookie)) == .newCookie(Self.cookie))
        #expect(
            try SyncMessage.Info(BERWriter.element(0xa1, [])) == .refreshDelete(cookie: nil, done: true))
        #expect(
            try SyncMessage.Info(BERWriter.element(0xa2, Self.cookieElement + Self.no))
                == .refreshPresent(cookie: Self.cookie, done: false))
        let many = Array(repeating: Self.uuidElement, count: 256).flatMap { $0 }
        let set = Self.cookieElement + Self.yes + BERWriter.element(BERTag.set, many)
        #expect(
            try SyncMessage.Info(BERWriter.element(0xa3, set))
                == .idSet(
                    cookie: Self.cookie, refreshDeletes: true,
                    uuids: Array(repeating: Self.uuid, count: 256)))
        #expect(
            try SyncMessage.Info(BERWriter.element(0xa3, BERWriter.element(BERTag.set, [])))
                == .idSet(cookie: nil, refreshDeletes: false, uuids: []))
    }

    @Test("anything else is malformed, and never trusted")
    func malformed() {
        let states: [[UInt8]] = [
            [], [0x30], [0x30, 0x80], [0x30, 0x85, 0, 0, 0, 0, 0], [0x30, 0x84, 0xff, 0xff, 0xff, 0xff],
            [0x31, 0],
            Self.sequence([]), Self.sequence(Self.state(4) + Self.uuidElement), Self.sequence(Self.state(1)),
            Self.sequence(Self.state(1) + BERWriter.element(BERTag.octetString, [1, 2, 3])),
            Self.sequence(Self.state(1) + Self.uuidElement) + [0],
            Self.sequence([BERTag.enumerated, 0] + Self.uuidElement),
            Self.sequence([BERTag.enumerated, 9, 1, 1, 1, 1, 1, 1, 1, 1, 1] + Self.uuidElement),
            Self.sequence(Self.state(1) + Self.uuidElement + [0x1f, 0x81, 0]),
        ]
        for octets in states { #expect(throws: BERReader.Malformed.self) { try SyncMessage.State(octets) } }
        let infos: [[UInt8]] = [
            [], [0xa4, 0], [0xa3, 0], [0x80], [0xa1, 3, 1, 1], [0xa1, 4, 1, 2, 0, 0], [0x80, 0, 0],
        ]
        for octets in infos {
            #expect(throws: BERReader.Malformed.self) { try SyncMessage.Info(octets) }
        }
    }

    @Test(
        "integers are as long as they must be",
        arguments: [0, 1, 127, 128, 255, 256, -1, -128, -129, .max, .min])
    func integers(_ value: Int) throws {
        var reader = BERReader(BERWriter.integer(value))
        #expect(try reader.integer() == value)
        #expect(reader.isAtEnd)
    }

    @Test("lengths are short or long", arguments: [0, 1, 127, 128, 255, 256, 65_535, 65_536])
    func lengths(_ count: Int) throws {
        let content = [UInt8](repeating: 7, count: count)
        var reader = BERReader(BERWriter.element(BERTag.octetString, content))
        #expect(try reader.octets() == content)
    }

    @Test("a hundred thousand damaged ones make nothing fall over")
    func mutations() async throws { try await offPool(Self.tryMutations) }

    private static func tryMutations() {
        var chance = Chance(seed: 4533)
        let whole: [[UInt8]] = [
            sequence(state(1) + uuidElement + cookieElement),
            sequence(cookieElement + yes),
            BERWriter.element(0x80, cookie),
            BERWriter.element(0xa1, cookieElement + no),
            BERWriter.element(
                0xa3,
                cookieElement + yes
                    + BERWriter.element(BERTag.set, uuidElement + uuidElement)),
            sequence(BERWriter.integer(1) + BERWriter.integer(0) + cookieElement),
        ]
        var read = 0
        for _ in 0..<100_000 {
            let octets = chance.damaged(whole[Int.random(in: 0..<whole.count, using: &chance)])
            if (try? SyncMessage.State(octets)) != nil { read += 1 }
            if (try? SyncMessage.Done(octets)) != nil { read += 1 }
            if (try? SyncMessage.Info(octets)) != nil { read += 1 }
            if (try? DirSyncAnswer(octets)) != nil { read += 1 }
            if OpenLDAPCookie(octets) != nil { read += 1 }
        }
        // Both ways were gone.
        #expect(read > 1000 && read < 400_000)
    }
}

/// The same numbers each time (SplitMix64).
private struct Chance: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    mutating func damaged(_ octets: [UInt8]) -> [UInt8] {
        var octets = octets
        for _ in 0..<Int.random(in: 1...4, using: &self) where !octets.isEmpty {
            let place = Int.random(in: 0..<octets.count, using: &self)
            switch Int.random(in: 0..<5, using: &self) {
            case 0: octets[place] ^= 1 << UInt8.random(in: 0..<8, using: &self)
            case 1: octets[place] = UInt8.random(in: 0...255, using: &self)
            case 2: octets.remove(at: place)
            case 3: octets.insert(UInt8.random(in: 0...255, using: &self), at: place)
            default: octets = Array(octets[..<place])
            }
        }
        return octets
    }
}
