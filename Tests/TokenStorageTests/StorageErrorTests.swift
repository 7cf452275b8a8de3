import GRDB
import Testing

@testable import TokenStorage

struct StorageErrorTests {
    private func translated(_ code: ResultCode) -> StorageError {
        StorageError(DatabaseError(resultCode: code, message: "m", sql: "SECRET", arguments: ["SECRET"]))
    }

    @Test func eachOfSQLitesAnswersSaysWhatToDo() {
        #expect(translated(.SQLITE_FULL) == .full(detail: "m"))
        #expect(translated(.SQLITE_IOERR_SHMSIZE) == .full(detail: "no room for the log's index"))
        #expect(translated(.SQLITE_BUSY_SNAPSHOT) == .busy)
        #expect(translated(.SQLITE_LOCKED) == .busy)
        #expect(translated(.SQLITE_CORRUPT_VTAB) == .corrupt(detail: "m"))
        #expect(translated(.SQLITE_NOTADB) == .corrupt(detail: "m"))
        #expect(translated(.SQLITE_IOERR_FSYNC) == .inputOutput(detail: "m", code: 1034))
        #expect(translated(.SQLITE_READONLY_DBMOVED) == .inputOutput(detail: "m", code: 1032))
        #expect(translated(.SQLITE_MISUSE) == .closed)
        #expect(translated(.SQLITE_RANGE) == .unforeseen(detail: "m", code: 25))
    }

    @Test func noStatementOrArgumentIsInTheText() {
        for code in [ResultCode.SQLITE_FULL, .SQLITE_IOERR, .SQLITE_CORRUPT, .SQLITE_ERROR] {
            #expect(!translated(code).description.contains("SECRET"))
        }
    }
}
