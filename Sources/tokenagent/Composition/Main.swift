import ArgumentParser

@main
struct Main {
    static func main() async { await Tokenagent.main() }
}
