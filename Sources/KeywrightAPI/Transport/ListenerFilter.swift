import NIOCore

/// Keeps new connections out of a listener's queue while the listener is still open.
///
/// On Linux a listener that closes resets the connections in its queue. With this filter the kernel ignores requests
/// for new connections (TCP packets with SYN), as if they were lost on the way: those clients try again a second later
/// and find the port closed. Connections whose handshake has begun get through, so the queue runs empty.
enum ListenerFilter {
    /// Does nothing where there is no such filter.
    static func ignoreNewConnections(on listener: any Channel) {
        #if os(Linux)
            guard let listener = listener as? any SocketOptionProvider else { return }
            // Classic BPF, on a packet that begins with the TCP header, whose byte 13 holds the flags.
            var program = [
                Instruction(code: 0x30, whenTrue: 0, whenFalse: 0, operand: 13),  // load byte 13
                Instruction(code: 0x45, whenTrue: 1, whenFalse: 0, operand: 0x02),  // SYN? then skip one
                Instruction(code: 0x06, whenTrue: 0, whenFalse: 0, operand: .max),  // keep the packet
                Instruction(code: 0x06, whenTrue: 0, whenFalse: 0, operand: 0),  // drop it
            ]
            program.withUnsafeMutableBufferPointer { instructions in
                let filter = Filter(count: UInt16(instructions.count), instructions: instructions.baseAddress)
                _ = listener.unsafeSetSocketOption(level: .socket, name: .init(rawValue: attachFilter), value: filter)
            }
        #endif
    }

    #if os(Linux)
        /// `SO_ATTACH_FILTER`.
        private static let attachFilter: CInt = 26

        /// `struct sock_filter`.
        private struct Instruction {
            let code: UInt16
            let whenTrue: UInt8
            let whenFalse: UInt8
            let operand: UInt32
        }

        /// `struct sock_fprog`.
        ///
        /// Sendable although it points to memory of its maker: it is used on the listener's event loop only, where the
        /// option is set before the call returns, and the kernel copies the program then.
        private struct Filter: @unchecked Sendable {
            let count: UInt16
            let instructions: UnsafeMutablePointer<Instruction>?
        }
    #endif
}
