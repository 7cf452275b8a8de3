/// Something that happened: the params of a notification `event`.
public struct Event: Codable, Hashable, Sendable {
    /// The name of the notification.
    public static let method = "event"
    /// The kind of the notification that tells of events that were lost.
    public static let missedKind = "events.missed"

    public var subscription: String
    /// The number of the change, growing; of a loss, that of the oldest change still kept.
    public var revision: Int64
    public var at: WireTime
    /// An `EventKind`, or `missedKind`. A newer daemon may have more.
    public var kind: String
    /// The id of the token that it happened to.
    public var token: String?
    /// The person or service that it happened to, or whose token.
    public var owner: OwnerKey?
    /// The directory, where it is nobody in particular that it happened to.
    public var source: String?
    /// In words, for people to read.
    public var detail: String?
    /// How many were lost, because this end was too slow; only in the notification that tells so.
    public var missed: Int?

    public init(subscription: String, revision: Int64, at: WireTime, kind: String) {
        self.subscription = subscription
        self.revision = revision
        self.at = at
        self.kind = kind
    }

    static let schema = Schema.all(
        [("subscription", .text), ("revision", .count), ("at", .time), ("kind", .text)],
        perhaps: [
            ("token", .text), ("owner", OwnerKey.schema), ("source", .text), ("detail", .text),
            ("missed", .count),
        ])
}
