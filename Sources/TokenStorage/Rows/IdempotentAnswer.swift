import Foundation
import GRDB
package import TokenCore

/// What a mutation answered under an idempotency key, so that a lost answer can be asked for again.
package struct IdempotentAnswer: Hashable, Sendable {
    /// Chosen by the caller.
    package var key: String
    /// Whose keys these are: two callers' same key are two.
    package var scope: String
    package var method: String
    /// A digest of the request: the same key with another request is a mistake to be told of.
    package var request: [UInt8]
    package var token: UserCode
    package var sealed: SealedSecret
    package var at: Timestamp

    package init(
        key: String, scope: String, request: (method: String, digest: [UInt8]),
        answer: (token: UserCode, sealed: SealedSecret), at: Timestamp
    ) {
        self.key = key
        self.scope = scope
        method = request.method
        self.request = request.digest
        token = answer.token
        sealed = answer.sealed
        self.at = at
    }
}

extension IdempotentAnswer {
    static let columns = "key, scope, method, request, token, sealed_key, sealed, at"

    var arguments: [(any DatabaseValueConvertible)?] {
        [key, scope, method, Data(request), token.stored, sealed.keyID, Data(sealed.bytes), at.milliseconds]
    }

    init(row: Row) throws {
        guard let request = try row.bytes(3), let sealed = try row.sealed(5, 6) else {
            throw StorageError.corrupt(detail: "an idempotent answer without its bytes")
        }
        self.init(
            key: row[0], scope: row[1], request: (row[2], request), answer: (try row.userCode(4), sealed),
            at: row.time(7))
    }
}
