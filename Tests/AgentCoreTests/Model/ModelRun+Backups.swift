import Foundation
import SeededRuns
import TokenCore

@testable import TokenStorage

extension ModelRun {
    /// While the agent serves.
    mutating func makeBackup() throws {
        tell("a backup")
        try house.backUp()
        backup = model
    }

    /// Stops the agent, or ends it before its time, restores the backup, which a power failure may cut short,
    /// and starts again.
    mutating func bringBack() async throws {
        guard let backup else { return }
        let end: FaultyDisk.End? = [.kill, .powerLoss, nil, nil][chance.number(0..<4)]
        let steps = StoreRestore.Step.allCases
        let cut = chance.oneIn(2) ? nil : steps[chance.number(0..<steps.count)]
        let (way, moment) = (end.map { "\($0)" } ?? "a clean stop", cut.map { "\($0)" } ?? "no moment")
        tell("the backup after \(way), cut short at \(moment)")
        try await house.stop(after: end)
        try house.bringBack(until: cut)
        if cut == nil || cut == .replaced { model.bringBack(backup) }
        try await house.open()
    }
}

extension AgentOnDisk {
    /// Beside the disk, and not on it: nothing is lost of it.
    private var backup: String { disk.folder + ".backup" }

    fileprivate func backUp() throws {
        var options = StoreBackup.Options()
        options.replacing = true
        _ = try StoreBackup.make(of: path, at: backup, options)
    }

    /// nil: in an orderly way.
    fileprivate func stop(after end: FaultyDisk.End?) async throws {
        if end != nil { disk.cut() }
        await close()
        if let end { disk.leave(end) }
    }

    /// Restores the backup: wholly, or until a power failure after this step.
    fileprivate func bringBack(until last: StoreRestore.Step?) throws {
        struct PowerFailure: Error {}
        let options = RestoreOptions(now: clock.now, by: "the model")
        var isCut = false
        disk.settle()
        defer {
            disk.settle()
            tidyUp()
        }
        do {
            let report = try StoreRestore.run(
                backup, over: path, options, progress: { _ in },
                reached: { step in
                    guard step == last else { return }
                    isCut = true
                    throw PowerFailure()
                })
            guard report.loss == nil, report.revoked.isEmpty else { throw Lost(report: report) }
        } catch {
            guard isCut else { throw error }
        }
    }

    private struct Lost: Error { let report: RestoreReport }

    /// Former databases are named after the second, and the model's clock may stand still.
    private func tidyUp() {
        let files = FileManager.default
        for name in (try? files.contentsOfDirectory(atPath: disk.folder)) ?? []
        where name.contains(".before-restore-") {
            try? files.removeItem(atPath: disk.folder + "/" + name)
        }
    }
}
