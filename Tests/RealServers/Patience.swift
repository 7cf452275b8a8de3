import Glibc

/// How long tests wait for what is to come before they give up: the one place that knows that a sanitizer
/// makes all of it slower, the servers that are built with it too.
///
/// Not for what must not come, nor for limits that are the daemon's own.
enum Patience {
    /// About as much as the sanitizers' documents say of processor time
    /// (https://clang.llvm.org/docs/ThreadSanitizer.html, https://clang.llvm.org/docs/AddressSanitizer.html).
    static let factor: Int = isLoaded("__tsan_init") ? 10 : isLoaded("__asan_init") ? 2 : 1

    /// Then memory says more of the sanitizer than of what is tested.
    static var isSanitized: Bool { factor > 1 }

    private static func isLoaded(_ symbol: String) -> Bool { dlsym(dlopen(nil, RTLD_NOW), symbol) != nil }
}

extension Duration {
    /// What is to come comes long before, on a machine that has other things to do as well.
    static let patient = Duration.patient(.seconds(60))

    static func patient(_ span: Duration) -> Duration { span * Patience.factor }
}
