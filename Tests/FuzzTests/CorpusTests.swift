import Foundation
import Testing

/// The inputs that fuzzing found worth keeping, those that once broke something among them.
@Suite struct CorpusTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Corpus")

    @Test("no input of the corpus breaks anything", arguments: FuzzTarget.allCases)
    func corpus(target: FuzzTarget) async throws {
        let folder = Self.folder.appending(path: target.rawValue)
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        #expect(!files.isEmpty)
        let inputs = try files.map { Array(try Data(contentsOf: $0)) }
        // On a thread of its own: a target waits for what runs on Swift's pool, which has as few threads as
        // the machine has processors.
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                for input in inputs { target.run(input) }
                continuation.resume()
            }
        }
    }
}
