/// What is given bytes that anybody may have sent.
///
/// Each takes any input without trapping, and checks what must be true whatever the input was. The same
/// code is run by libFuzzer (`scripts/fuzz`) and, over the corpus, by the tests.
enum FuzzTarget: String, CaseIterable, Sendable {
    case line, dispatcher, ldif, ldap, configuration

    func run(_ input: [UInt8]) {
        switch self {
        case .line: LineFuzz.run(input)
        case .dispatcher: DispatcherFuzz.shared.run(input)
        case .ldif: LDIFFuzz.run(input)
        case .ldap: LDAPFuzz.run(input)
        case .configuration: ConfigurationFuzz.run(input)
        }
    }
}

/// What must be true. Not `assert`, which an optimised build leaves out.
func demand(_ holds: Bool, _ what: @autoclosure () -> String) {
    precondition(holds, what())
}
