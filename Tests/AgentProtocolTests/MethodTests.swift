import AgentProtocol
import Testing

struct MethodTests {
    /// A trail of some million lines would else never be checked: each try would end after five seconds.
    @Test func `what goes over everything there is takes the time that takes`() {
        #expect(
            Set(Method.allCases.filter { !$0.hasDeadline }) == [
                .directorySync, .directoryTest, .directoryForget, .tokenPurge, .auditVerify, .keyRotate,
            ])
    }
}
