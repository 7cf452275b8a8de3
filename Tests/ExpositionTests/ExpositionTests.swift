import Exposition
import Foundation
import Metrics
import Testing

struct ExpositionTests {
    private let metrics = PrometheusMetrics([
        MeasureDescription("things_total", "Things\nby \\ kind."),
        MeasureDescription("wait_seconds", "Waits.", bounds: [0.001, 0.25, 2]),
    ])

    @Test("Counters, gauges and histograms are written as Prometheus reads them, in a fixed order")
    func writes() {
        for kind in ["b", "a\"\\\n,}"] {
            Counter(label: "things_total", dimensions: [("kind", kind), ("x-y", "")], factory: metrics)
                .increment(by: 2)
        }
        Gauge(label: "level", factory: metrics).record(-1.5)
        let timer = Timer(label: "wait_seconds", dimensions: [("of", "q")], factory: metrics)
        for nanoseconds: Int64 in [1_000_000, 1_000_001, 500_000_000, 3_000_000_000] {
            timer.recordNanoseconds(nanoseconds)
        }
        #expect(
            metrics.text == #"""
                # TYPE level gauge
                level -1.5
                # HELP things_total Things\nby \\ kind.
                # TYPE things_total counter
                things_total{kind="a\"\\\n,}",x_y=""} 2
                things_total{kind="b",x_y=""} 2
                # HELP wait_seconds Waits.
                # TYPE wait_seconds histogram
                wait_seconds_bucket{of="q",le="0.001"} 1
                wait_seconds_bucket{of="q",le="0.25"} 2
                wait_seconds_bucket{of="q",le="2"} 3
                wait_seconds_bucket{of="q",le="+Inf"} 4
                wait_seconds_sum{of="q"} 3.502000001
                wait_seconds_count{of="q"} 4

                """#)
    }

    @Test("The same name and labels are the same cell, whoever asks")
    func sharesCells() {
        for _ in 1...3 { Counter(label: "a.b-c", factory: metrics).increment() }
        #expect(metrics.text == "# TYPE a_b_c counter\na_b_c 3\n")
        let meter = Meter(label: "m", factory: metrics)
        meter.set(5)
        meter.increment(by: 2)
        Meter(label: "m", factory: metrics).decrement(by: 4)
        #expect(metrics.text.hasSuffix("# TYPE m gauge\nm 3\n"))
    }

    @Test("A name that is another kind already keeps its kind")
    func keepsKinds() {
        Counter(label: "x", factory: metrics).increment()
        Gauge(label: "x", dimensions: [("l", "v")], factory: metrics).record(7)
        Recorder(label: "x", factory: metrics).record(7)
        Timer(label: "x", factory: metrics).recordNanoseconds(7)
        #expect(metrics.text == "# TYPE x counter\nx 1\n")
    }

    @Test("What many threads count is counted once each")
    func countsTogether() {
        let counter = Counter(label: "n", factory: metrics)
        let recorder = Recorder(label: "r", factory: metrics)
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            for _ in 1...10_000 {
                counter.increment()
                recorder.record(1)
            }
        }
        #expect(metrics.text.contains("\nn 80000\n"))
        #expect(metrics.text.contains("\nr_sum 80000\nr_count 80000\n"))
    }

    @Test("Numbers that are no numbers are spelled as the format wants them")
    func spellsOddNumbers() {
        for (name, value) in [("a", Double.infinity), ("b", -.infinity), ("c", .nan), ("d", 1e300)] {
            Gauge(label: name, factory: metrics).record(value)
        }
        let lines = metrics.text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(lines == ["a +Inf", "b -Inf", "c NaN", "d 1e+300"])
    }
}
