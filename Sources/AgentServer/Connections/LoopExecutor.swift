import NIOCore

/// Runs a task on an event loop, between its reads: for what begins and ends on a connection and does little
/// in between, so that it costs no thread of the pool, and no way there and back.
///
/// The bridge has another: the one room that both know is the protocol's, which runs nothing.
final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
