import AgentCore
import TokenCore

extension IssuedToken {
    var id: UserCode { token.record.id }
    var text: String { TokenText.reveal(id, passCode) }

    struct Malformed: Error {}

    func presented() throws -> PresentedToken {
        guard let token = Array(text.utf8).withUnsafeBytes({ PresentedToken(token: $0) }) else {
            throw Malformed()
        }
        return token
    }
}
