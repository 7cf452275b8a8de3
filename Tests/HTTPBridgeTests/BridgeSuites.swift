import Testing

/// Each of these starts a directory, a daemon and a bridge: one after another, because each wants the
/// machine.
@Suite(.serialized) enum BridgeSuites {}
