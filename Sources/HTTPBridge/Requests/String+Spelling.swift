extension String {
    /// Byte for byte, as the agent tells audiences and flags apart. Swift's `==` takes texts for the same
    /// that are canonically equivalent (Unicode 3.7, D70): `é` is one character or two.
    func isSpelt(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
