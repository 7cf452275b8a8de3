import Testing

/// Everything that starts real processes: one test after another, because each of them wants the machine.
@Suite(.serialized, .ownThreads) enum EndToEnd {}
