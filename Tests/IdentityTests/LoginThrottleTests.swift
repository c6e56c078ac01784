import Testing
import Values

@testable import Identity

@Suite struct LoginThrottleTests {
    @Test func `after five failures each further one doubles the wait, up to a quarter of an hour`() {
        var throttle = LoginThrottle()
        var now = noon
        for _ in 0..<5 { #expect(throttle.attempt(user: "ana", address: "a", at: now) == .allowed) }
        var waits: [Int] = []
        for _ in 0..<10 {
            guard case .wait(let seconds) = throttle.attempt(user: "ana", address: "a", at: now) else { break }
            waits.append(seconds)
            now = now.adding(seconds: seconds)
            #expect(throttle.attempt(user: "ana", address: "a", at: now) == .allowed)
        }
        #expect(waits == [5, 10, 20, 40, 80, 160, 320, 640, 900, 900])
    }

    @Test func `success starts anew`() {
        var throttle = LoginThrottle()
        for _ in 0..<20 {
            #expect(throttle.attempt(user: "ana", address: "a", at: noon) == .allowed)
            #expect(throttle.attempt(user: "ana", address: "a", at: noon) == .allowed)
            throttle.succeeded(user: "ana", address: "a")
        }
    }

    @Test func `many at once do not slip through`() {
        var throttle = LoginThrottle()
        let decisions = (0..<100).map { _ in throttle.attempt(user: "ana", address: "a", at: noon) }
        #expect(decisions.count { $0 == .allowed } == 5)
    }

    @Test func `who guesses one user does not lock the user out elsewhere, at first`() {
        var throttle = LoginThrottle()
        for _ in 0..<30 { _ = throttle.attempt(user: "ana", address: "bad", at: noon) }
        #expect(throttle.attempt(user: "ana", address: "home", at: noon) == .allowed)
    }

    @Test func `one address that tries many users is slowed down, and so is one user from many addresses`() {
        var throttle = LoginThrottle()
        let users = (0..<100).map { throttle.attempt(user: "user \($0)", address: "bad", at: noon) }
        #expect(users.count { $0 == .allowed } == 50)
        let addresses = (0..<100).map { throttle.attempt(user: "ana", address: "address \($0)", at: noon) }
        #expect(addresses.count { $0 == .allowed } == 50)
    }

    @Test func `failures are forgotten after an hour`() {
        var throttle = LoginThrottle()
        for _ in 0..<5 { _ = throttle.attempt(user: "ana", address: "a", at: noon) }
        let later = noon.adding(seconds: 3700)
        for _ in 0..<5 { #expect(throttle.attempt(user: "ana", address: "a", at: later) == .allowed) }
        #expect(throttle.attempt(user: "ana", address: "a", at: later) == .wait(seconds: 5))
    }

    @Test func `a clock that goes back does not lock for ever`() {
        var throttle = LoginThrottle()
        for _ in 0..<5 { _ = throttle.attempt(user: "ana", address: "a", at: noon) }
        guard case .wait(let seconds) = throttle.attempt(user: "ana", address: "a", at: noon.adding(seconds: -86_400))
        else {
            return
        }
        #expect(seconds <= 900)
    }

    @Test func `memory is bounded`() {
        var rules = LoginThrottle.Rules()
        rules.counts = 100
        var throttle = LoginThrottle(rules: rules)
        for index in 0..<5_000 {
            _ = throttle.attempt(user: "user \(index)", address: "address \(index)", at: noon.adding(seconds: index))
            #expect(throttle.size <= 102)
        }
    }

    @Test func `what strangers try from everywhere is told apart, and does not hold where the user was before`() {
        var throttle = LoginThrottle()
        for index in 0..<60 { _ = throttle.attempt(user: "ana", address: "10.0.0.\(index)", at: noon) }
        #expect(throttle.attempt(user: "ana", address: "192.0.2.1", at: noon) == .waitForStrangers(seconds: 5))
        for _ in 0..<5 {
            #expect(throttle.attempt(user: "ana", address: "192.0.2.1", isKnown: true, at: noon) == .allowed)
        }
        #expect(throttle.attempt(user: "ana", address: "192.0.2.1", isKnown: true, at: noon) == .wait(seconds: 5))
    }

    @Test func `the addresses of one network of IPv6 are one`() {
        var throttle = LoginThrottle()
        for index in 0..<5 { _ = throttle.attempt(user: "ana", address: "2001:db8::\(index)", at: noon) }
        #expect(throttle.attempt(user: "ana", address: "2001:db8::ffff:1", at: noon) == .wait(seconds: 5))
        #expect(throttle.attempt(user: "ana", address: "2001:db8:0:1::1", at: noon) == .allowed)
    }

    @Test func `that somebody waits is news once a wait`() {
        var throttle = LoginThrottle()
        for _ in 0..<5 { _ = throttle.attempt(user: "ana", address: "a", at: noon) }
        let later = noon.adding(seconds: 5)
        var news = [noon, noon].map { throttle.isNews(user: "ana", address: "a", at: $0) }
        #expect(throttle.attempt(user: "ana", address: "a", at: later) == .allowed)
        news.append(throttle.isNews(user: "ana", address: "a", at: later))
        news.append(throttle.isNews(user: "bo", address: "b", at: later))
        #expect(news == [true, false, true, false])
    }
}
