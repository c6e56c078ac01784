internal import NIOCore
internal import Values

/// How long a connection may take for what: the state of one connection and what is to be done about it when.
///
/// A request that arrives, head and body, has a time in which it must be there, more with each byte that has come, and a
/// shorter one in which another byte must come. Without a request, or while the other end does not take the answer, the connection may be quiet for the shorter one.
struct ConnectionClock {
    /// What is done when a time is over.
    enum Action: Equatable {
        /// Nothing before then.
        case wait(until: NIODeadline)
        /// The body has not come in time: whoever reads it is told, and answers.
        case endBody
        /// The head has not come in time: it is answered at once.
        case answer
        /// The connection is closed.
        case close
    }

    /// How long nothing may happen.
    let quiet: TimeAmount
    /// How long a request may take to arrive, besides what its bytes give it.
    let arrival: TimeAmount
    /// The bytes of a body for which a request gets a second more: who sends much takes long, and must not be slow.
    let bytesPerSecond: Int

    /// When something came or went last.
    private var lastMove: NIODeadline
    /// When the request began that is arriving; nil when none is.
    private(set) var began: NIODeadline?
    /// The bytes of the body of that request so far.
    private var bytes = 0
    /// Its head is there and its body is not.
    private var isInBody = false
    /// The requests that have no whole answer yet.
    private(set) var unanswered = 0
    /// The answer cannot be written because the other end does not read.
    var isBlocked = false
    /// A request was too late: the connection ends with the next answer.
    private(set) var isLate = false

    init(quiet: TimeAmount, arrival: TimeAmount, bytesPerSecond: Int, now: NIODeadline) {
        self.quiet = quiet
        self.arrival = arrival
        self.bytesPerSecond = bytesPerSecond
        lastMove = now
    }

    /// A head has come.
    mutating func head(at now: NIODeadline) {
        lastMove = now
        began = began ?? now
        isInBody = true
        bytes = 0
        unanswered += 1
    }

    /// Bytes of a body have come.
    mutating func body(_ count: Int) { bytes += count }

    /// The end of a request has come.
    mutating func end(at now: NIODeadline) {
        lastMove = now
        began = nil
        isInBody = false
    }

    /// Bytes have come, and with them no end of a request: one is arriving.
    mutating func partial(at now: NIODeadline) {
        lastMove = now
        began = began ?? now
    }

    /// A part of an answer, or its end, has gone.
    mutating func answered(_ isEnd: Bool, at now: NIODeadline) {
        lastMove = now
        if isEnd { unanswered -= 1 }
    }

    /// What to do now.
    mutating func look(at now: NIODeadline) -> Action {
        if let began {
            let due = min(began + arrival + .seconds(Int64(bytes / bytesPerSecond)), lastMove + quiet)
            guard now >= due else { return .wait(until: due) }
            isLate = true
            if unanswered == 0 { return isInBody ? .close : .answer }
            return isInBody ? .endBody : .wait(until: now + quiet)
        }
        let due = lastMove + quiet
        if now < due { return .wait(until: due) }
        // A request that is worked on takes as long as it takes.
        return unanswered == 0 || isBlocked ? .close : .wait(until: now + quiet)
    }
}
