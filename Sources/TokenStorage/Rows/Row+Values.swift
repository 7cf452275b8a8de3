import Foundation
import GRDB
import TokenCore

extension Row {
    func time(_ index: Int) -> Timestamp { Timestamp(milliseconds: self[index]) }

    func optionalTime(_ index: Int) -> Timestamp? {
        (self[index] as Int64?).map(Timestamp.init(milliseconds:))
    }

    func bytes(_ index: Int) throws -> [UInt8]? {
        try withUnsafeData(atIndex: index) { $0.map(Array.init) }
    }

    func userCode(_ index: Int) throws -> UserCode {
        guard let value = UInt64(exactly: self[index] as Int64), let code = UserCode(value: value) else {
            throw StorageError.corrupt(detail: "a number that is no user code")
        }
        return code
    }

    func digest(_ index: Int) throws -> SecretDigest? {
        try withUnsafeData(atIndex: index) { data in
            guard let data else { return nil }
            guard let digest = data.withUnsafeBytes({ SecretDigest(bytes: $0) }) else {
                throw StorageError.corrupt(detail: "a digest that is not 32 bytes")
            }
            return digest
        }
    }

    func sealed(_ keyID: Int, _ value: Int) throws -> SealedSecret? {
        guard let key = self[keyID] as String?, let bytes = try bytes(value) else { return nil }
        return SealedSecret(keyID: key, bytes: bytes)
    }

    func owner(_ source: Int, _ id: Int) -> OwnerID { OwnerID(source: self[source], id: self[id]) }

    func word<T: RawRepresentable<String>>(_ index: Int) throws -> T {
        guard let value: T = try optionalWord(index) else {
            throw StorageError.corrupt(detail: "no \(T.self)")
        }
        return value
    }

    func optionalWord<T: RawRepresentable<String>>(_ index: Int) throws -> T? {
        guard let text = self[index] as String? else { return nil }
        guard let value = T(rawValue: text) else {
            throw StorageError.corrupt(detail: "an unknown \(T.self): \(text)")
        }
        return value
    }
}

extension UserCode {
    /// 62^8 is far below 2^63.
    var stored: Int64 { Int64(value) }
}
