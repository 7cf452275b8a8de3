import Foundation
import Glibc

@testable import RealServers

/// The wall clock of one process, moved while it runs; its steady clock goes on.
///
/// By a library that is loaded before the C library: the daemon has no seam for it. It asks a file that is
/// mapped into its memory by how many seconds the clock is off.
final class MovedClock {
    private static let source = """
        #define _GNU_SOURCE
        #include <fcntl.h>
        #include <stdlib.h>
        #include <sys/mman.h>
        #include <sys/syscall.h>
        #include <sys/time.h>
        #include <time.h>
        #include <unistd.h>

        static volatile long *offset;

        __attribute__((constructor)) static void begin(void) {
            int file = open(getenv("CLOCK_OFFSET"), O_RDONLY | O_CLOEXEC);
            void *page = mmap(NULL, sizeof(long), PROT_READ, MAP_SHARED, file, 0);
            if (page == MAP_FAILED) abort();
            offset = page;
            close(file);
        }

        int clock_gettime(clockid_t clock, struct timespec *time) {
            int result = syscall(SYS_clock_gettime, clock, time);
            if (!offset) return result;
            if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) time->tv_sec += *offset;
            return result;
        }

        int gettimeofday(struct timeval *time, void *zone) {
            int result = syscall(SYS_gettimeofday, time, zone);
            if (offset) time->tv_sec += *offset;
            return result;
        }
        """

    static let isPossible = access("/usr/bin/gcc", X_OK) == 0

    private let folder: TemporaryFolder
    private var library: String { folder.file("clock.so") }

    init() throws {
        folder = try TemporaryFolder()
        try folder.write(Self.source, to: "clock.c")
        let output = folder.file("gcc")
        let compiler = try ChildProcess(
            .init(
                command: ["/usr/bin/gcc", "-shared", "-fPIC", "-o", library, folder.file("clock.c")],
                errors: output))
        guard try compiler.wait() == 0 else { throw FixtureFailure(try folder.text(of: "gcc")) }
        try folder.write(String(repeating: "\0", count: MemoryLayout<Int>.size), to: "offset")
    }

    /// So many seconds beside the machine's clock, from now on.
    func move(to seconds: Int) throws {
        let file = open(folder.file("offset"), O_WRONLY | O_CLOEXEC)
        defer { close(file) }
        // In place: what is mapped is this file and no other of its name.
        let written = withUnsafeBytes(of: seconds) { pwrite(file, $0.baseAddress, $0.count, 0) }
        guard written == MemoryLayout<Int>.size else { throw FixtureFailure("pwrite: \(errno)") }
    }

    /// For the process whose clock it is to be.
    var environment: [String: String] {
        let loaded = ProcessInfo.processInfo.environment["LD_PRELOAD"].map { ":\($0)" } ?? ""
        return ["LD_PRELOAD": library + loaded, "CLOCK_OFFSET": folder.file("offset")]
    }
}
