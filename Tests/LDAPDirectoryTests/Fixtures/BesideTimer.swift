/// What `body` takes, and what a mere timer of `span` takes beside it: a busy machine holds up both.
func besideTimer<Result>(
    of span: Duration, isolation: isolated (any Actor)? = #isolation, _ body: () async -> Result
) async -> (result: Result, took: Duration, timer: Duration) {
    let began = ContinuousClock.now
    let timer = Task {
        do { try await Task.sleep(for: span) } catch { return Duration.zero }
        return began.duration(to: .now)
    }
    let result = await body()
    let took = began.duration(to: .now)
    return (result, took, await timer.value)
}
