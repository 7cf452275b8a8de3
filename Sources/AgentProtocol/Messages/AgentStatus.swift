/// How the agent itself is.
public struct AgentStatus: MethodParams {
    /// Whether the answer shall have all metrics. false when left out.
    public var metrics: Bool?

    public init(metrics: Bool? = nil) { self.metrics = metrics }

    public static let description = MethodDescription(
        .agentStatus, "Says how the agent is.", callers: .verifier,
        .init(
            params: [.init("metrics", .boolean, "true adds all metrics, in Prometheus text")],
            result: .all(
                [
                    ("version", .text), ("started_at", .time), ("uptime_s", .count),
                    ("tokens", .object(TokenState.allCases.map { .init($0.rawValue, .count) })),
                    ("people", .count), ("connections", .count), ("storage", Storage.schema),
                    ("clock", Clock.schema), ("awaiting_restart", .array(.text, max: nil)),
                    ("http", .nullable(HTTP.schema)),
                ], perhaps: [("metrics", .text)]),
            errors: [.notPermitted]))

    public struct Answer: Codable, Hashable, Sendable {
        public var version: String
        public var startedAt: WireTime
        public var uptimeSeconds: Int64
        /// By the names of `TokenState`.
        public var tokens: [String: Int]
        public var people: Int
        public var connections: Int
        public var storage: Storage
        public var clock: Clock
        /// Keys of the configuration file whose values wait for a restart, as it was last read: the daemon
        /// goes by what they were when it started. Left out by older daemons.
        public var awaitingRestart: [String]?
        /// The HTTP bridge in the daemon; nil without one.
        @Nullable public var http: HTTP?
        /// All metrics of the daemon in the text exposition format 0.0.4; left out when not asked for.
        public var metrics: String?

        public init(
            version: String, startedAt: WireTime, uptimeSeconds: Int64, tokens: [TokenState: Int],
            people: Int,
            connections: Int, storage: Storage, clock: Clock = Clock(.trusted, apartSeconds: 0),
            awaitingRestart: [String] = [], http: HTTP? = nil
        ) {
            self.version = version
            self.startedAt = startedAt
            self.uptimeSeconds = uptimeSeconds
            self.tokens = Dictionary(uniqueKeysWithValues: tokens.map { ($0.key.rawValue, $0.value) })
            self.people = people
            self.connections = connections
            self.storage = storage
            self.clock = clock
            self.awaitingRestart = awaitingRestart
            _http = Nullable(wrappedValue: http)
        }

        enum CodingKeys: String, CodingKey {
            case version, tokens, people, connections, storage, clock, http, metrics
            case startedAt = "started_at"
            case uptimeSeconds = "uptime_s"
            case awaitingRestart = "awaiting_restart"
        }
    }

    /// How the HTTP bridge in the daemon is.
    public struct HTTP: Codable, Hashable, Sendable {
        /// As the configuration has it.
        public var listen: String
        /// Whether it listens, and can be reached there.
        public var listening: Bool
        /// Why not: after an attempt, which is repeated; or because its Unix socket is gone, which a restart
        /// makes anew. Left out while it does.
        public var error: String?

        public init(listen: String, listening: Bool, error: String? = nil) {
            self.listen = listen
            self.listening = listening
            self.error = error
        }

        static let schema = Schema.all(
            [("listen", .text), ("listening", .boolean)], perhaps: [("error", .text)])
    }

    /// How the machine's clock compares with the time that the daemon reckons with.
    public struct Clock: Codable, Hashable, Sendable {
        public enum State: String, CaseIterable, Hashable, Sendable {
            case trusted
            /// It was put back; the daemon's time goes on from where it was.
            case behind
            /// It leapt ahead: nothing is purged for lapse of time.
            case ahead
        }

        /// By the names of `State`.
        public var state: String
        public var apartSeconds: Int64

        public init(_ state: State, apartSeconds: Int64) {
            self.state = state.rawValue
            self.apartSeconds = apartSeconds
        }

        enum CodingKeys: String, CodingKey {
            case state
            case apartSeconds = "apart_s"
        }

        static let schema = Schema.all([("state", .text), ("apart_s", .count)])
    }

    public struct Storage: Codable, Hashable, Sendable {
        public var path: String
        public var bytes: Int64
        /// What of the write-ahead log is in use. Some 64 MiB are ordinary.
        public var logBytes: Int64
        /// What is left on its file system for the daemon.
        public var free: Int64?
        /// The version of the database's tables.
        public var schema: Int
        /// The number of the last mutation.
        public var revision: Int64
        /// Why the write-ahead log could not be moved into the database the last time; left out when it
        /// could.
        public var checkpointError: String?

        public init(
            path: String, bytes: Int64, logBytes: Int64 = 0, schema: Int, revision: Int64,
            checkpointError: String? = nil, free: Int64? = nil
        ) {
            self.free = free
            self.path = path
            self.bytes = bytes
            self.logBytes = logBytes
            self.schema = schema
            self.revision = revision
            self.checkpointError = checkpointError
        }

        enum CodingKeys: String, CodingKey {
            case path, bytes, free, schema, revision
            case logBytes = "log_bytes"
            case checkpointError = "checkpoint_error"
        }

        static let schema = Schema.all(
            [
                ("path", .text), ("bytes", .count), ("log_bytes", .count), ("schema", .count),
                ("revision", .count),
            ],
            perhaps: [("checkpoint_error", .text), ("free", .count)])
    }
}

/// Who the agent takes the caller for.
public struct AgentWhoami: MethodParams {
    public init() {}

    public static let description = MethodDescription(
        .agentWhoami, "Says who the caller is, as the kernel and the configuration say.", callers: .anyone,
        .init(
            result: .all([
                ("uid", .count), ("gid", .count), ("pid", .count), ("login", .nullable(.text)),
                ("roles", .array(.text, max: nil)), ("owner", .nullable(.reference(.owner))),
                ("token", .nullable(.reference(.token))),
            ])))

    public struct Answer: Codable, Hashable, Sendable {
        public var uid: UInt32
        public var gid: UInt32
        public var pid: Int32
        @Nullable public var login: String?
        public var roles: [String]
        /// The person or the service that they are; nil when they are none.
        @Nullable public var owner: Owner?
        /// The token that they were asked with; nil without one.
        @Nullable public var token: TokenMetadata?

        public init(
            uid: UInt32, gid: UInt32, pid: Int32, login: String?, roles: [String], owner: Owner? = nil,
            token: TokenMetadata? = nil
        ) {
            self.uid = uid
            self.gid = gid
            self.pid = pid
            _login = Nullable(wrappedValue: login)
            self.roles = roles
            _owner = Nullable(wrappedValue: owner)
            _token = Nullable(wrappedValue: token)
        }
    }
}

/// Describes the protocol, as an OpenRPC document.
public struct RPCDiscover: MethodParams {
    public init() {}

    public static let description = MethodDescription(
        .rpcDiscover, "Describes these methods, as an OpenRPC document.", callers: .anyone,
        .init(result: .reference(.openRPC)))

    public typealias Answer = JSONValue
}
