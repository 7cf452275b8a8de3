/// A text that counts byte for byte, as the store's own comparisons do.
///
/// Swift's `==` takes texts for the same that are canonically equivalent (Unicode 3.7, D70): `é` is one
/// character or two. Two owners, audiences or flags that differ so are two.
package struct Spelling: Hashable, Sendable {
    package let text: String

    @inlinable
    package init(_ text: String) { self.text = text }

    @inlinable
    package static func == (a: Self, b: Self) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }

    package func hash(into hasher: inout Hasher) {
        let isDone: Void? = text.utf8.withContiguousStorageIfAvailable {
            hasher.combine(bytes: UnsafeRawBufferPointer($0))
        }
        if isDone == nil { for byte in text.utf8 { hasher.combine(byte) } }
        hasher.combine(text.utf8.count)
    }
}
