public import AgentProtocol
public import ArgumentParser

extension WireTime: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }

    public var defaultValueDescription: String { text }
}

extension TokenState: ExpressibleByArgument {}

extension DirectorySync.Mode: ExpressibleByArgument {}

extension EventKind: ExpressibleByArgument {}
