/// What RFC 4533 puts around entries: its two controls and its intermediate message.
enum SyncMessage {
    /// The Sync State control of an entry (2.2).
    struct State: Hashable, Sendable {
        enum Kind: Int, Sendable { case present, add, modify, delete }

        let kind: Kind
        let uuid: [UInt8]
        let cookie: [UInt8]?
    }

    /// The Sync Done control of the result (2.4).
    struct Done: Hashable, Sendable {
        let cookie: [UInt8]?
        let refreshDeletes: Bool
    }

    /// The Sync Info message (2.5).
    enum Info: Hashable, Sendable {
        case newCookie([UInt8])
        case refreshDelete(cookie: [UInt8]?, done: Bool)
        case refreshPresent(cookie: [UInt8]?, done: Bool)
        case idSet(cookie: [UInt8]?, refreshDeletes: Bool, uuids: [[UInt8]])
    }

    /// The Sync Request control (2.2); `refreshOnly` or `refreshAndPersist`.
    static func request(persist: Bool, cookie: [UInt8]) -> [UInt8] {
        let mode = BERWriter.integer(persist ? 3 : 1, tag: BERTag.enumerated)
        let known = cookie.isEmpty ? [] : BERWriter.element(BERTag.octetString, cookie)
        return BERWriter.element(BERTag.sequence, mode + known)
    }
}

extension SyncMessage.State {
    init(_ octets: [UInt8]) throws(BERReader.Malformed) {
        var reader = try BERReader.only(BERTag.sequence, octets)
        let state = try reader.integer(BERTag.enumerated)
        guard let kind = Kind(rawValue: state) else { throw .init(reason: "state \(state) is unknown") }
        self.kind = kind
        uuid = try reader.uuid()
        cookie = try reader.optionalOctets()
        try reader.skipRest()
    }
}

extension SyncMessage.Done {
    init(_ octets: [UInt8]) throws(BERReader.Malformed) {
        var reader = try BERReader.only(BERTag.sequence, octets)
        cookie = try reader.optionalOctets()
        refreshDeletes = try reader.boolean(default: false)
        try reader.skipRest()
    }
}

extension SyncMessage.Info {
    init(_ octets: [UInt8]) throws(BERReader.Malformed) {
        var whole = BERReader(octets)
        let element = try whole.next()
        guard whole.isAtEnd else { throw .init(reason: "something follows the message") }
        var reader = BERReader(element.content)
        switch element.tag {
        case 0x80:
            self = .newCookie(Array(element.content))
            return
        case 0xa1:
            self = .refreshDelete(
                cookie: try reader.optionalOctets(), done: try reader.boolean(default: true))
        case 0xa2:
            self = .refreshPresent(
                cookie: try reader.optionalOctets(), done: try reader.boolean(default: true))
        case 0xa3:
            let cookie = try reader.optionalOctets()
            let deletes = try reader.boolean(default: false)
            var set = try reader.constructed(BERTag.set)
            var uuids: [[UInt8]] = []
            while !set.isAtEnd { uuids.append(try set.uuid()) }
            self = .idSet(cookie: cookie, refreshDeletes: deletes, uuids: uuids)
        default: throw .init(reason: "message \(element.tag) is unknown")
        }
        try reader.skipRest()
    }
}

extension BERReader {
    /// One element, and nothing after it.
    fileprivate static func only(_ tag: UInt8, _ octets: [UInt8]) throws(Malformed) -> BERReader {
        var reader = BERReader(octets)
        let content = try reader.constructed(tag)
        guard reader.isAtEnd else { throw Malformed(reason: "something follows the control") }
        return content
    }

    fileprivate mutating func uuid() throws(Malformed) -> [UInt8] {
        let octets = try octets()
        guard octets.count == 16 else { throw Malformed(reason: "a UUID has \(octets.count) octets") }
        return octets
    }
}
