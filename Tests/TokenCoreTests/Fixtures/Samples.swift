import TokenCore

let alice = OwnerID(source: "corp", id: "a-1")
let bob = OwnerID(source: "corp", id: "b-2")

func time(_ seconds: Int64) -> Timestamp { Timestamp(seconds: seconds) }

func person(_ id: String, login: String? = nil, disabled: String? = nil) -> Person {
    let login = login ?? "login-\(id)"
    return Person(
        id: OwnerID(source: "corp", id: id), login: login, email: "\(login)@example.org",
        displayName: "Name \(id)",
        dn: "uid=\(id),dc=example", disabled: disabled)
}

/// A token's two halves, the same for the same seed.
func halves(seed: UInt64) -> (code: UserCode, passCode: PassCode) {
    var generator = SeededGenerator(seed: seed)
    let code = UserCode.random(using: &generator)
    return (code, PassCode.random(for: code, using: &generator))
}

func presented(_ text: some Sequence<UInt8>) -> PresentedToken? {
    Array(text).withUnsafeBytes { PresentedToken(token: $0) }
}

func presented(_ userCode: String, _ passCode: String) -> PresentedToken? {
    Array(userCode.utf8).withUnsafeBytes { code in
        Array(passCode.utf8).withUnsafeBytes { PresentedToken(userCode: code, passCode: $0) }
    }
}

/// Every way in which a value gets into a log by accident.
func printed(_ value: some Any) -> [String] {
    var dumped = ""
    dump(value, to: &dumped)
    let inside = Mirror(reflecting: value).children.map { "\($0.value)" }
    return ["\(value)", String(describing: value), String(reflecting: value), dumped] + inside
}
