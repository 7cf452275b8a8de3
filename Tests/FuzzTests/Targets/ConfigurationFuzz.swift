@testable import tokenagent

/// A configuration file: a configuration, or everything that is wrong with it.
enum ConfigurationFuzz {
    static func run(_ input: [UInt8]) {
        // Files that are not UTF-8 are refused before they are looked into.
        guard let yaml = String(validating: input, as: UTF8.self) else { return }
        do throws(ConfigurationError) {
            let configuration = try Configuration(yaml: yaml, file: "fuzz.yaml")
            demand(configuration.limits.lineBytes >= 4096, "a limit below its least")
        } catch {
            demand(!error.problems.isEmpty, "a refusal without a problem")
        }
    }
}
