/// Takes the next bytes of a body, which are valid only during the call; an error that it throws ends the transfer.
///
/// It is called on a thread of its own, where it may block, by one call at a time and in order. While it is busy, at most
/// a few hundred kilobytes are read ahead; then the transfer pauses, and so does the server.
package typealias BodySink = @Sendable (UnsafeRawBufferPointer) throws -> Void
