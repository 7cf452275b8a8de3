internal import NIOCore

/// Runs tasks on an event loop, between its reads.
///
/// The socket's server has another: the one room that both know is the protocol's, which runs nothing.
final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
