/// Writes a pattern as instructions, with its repetitions written out.
struct PatternCompiler {
    private(set) var instructions: [Pattern.Instruction] = []
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    mutating func finish() throws(Pattern.Fault) { try append(.match) }

    private mutating func append(_ instruction: Pattern.Instruction) throws(Pattern.Fault) {
        guard instructions.count < limit else {
            throw Pattern.Fault(message: "the pattern has more than \(limit) steps", isSize: true)
        }
        instructions.append(instruction)
    }

    mutating func emit(_ tree: PatternTree) throws(Pattern.Fault) {
        switch tree {
        case .empty: break
        case .one(let instruction): try append(instruction)
        case .sequence(let parts): for part in parts { try emit(part) }
        case .choice(let branches): try emit(choice: branches)
        case .repeated(let part, let least, let most):
            for _ in 0..<least { try emit(counted: part) }
            if let most {
                var splits: [Int] = []
                for _ in least..<most {
                    splits.append(instructions.count)
                    try append(.split(0, 0))
                    try emit(counted: part)
                }
                for split in splits { instructions[split] = .split(split + 1, instructions.count) }
            } else {
                let start = instructions.count
                try append(.split(0, 0))
                try emit(counted: part)
                try append(.jump(start))
                instructions[start] = .split(start + 1, instructions.count)
            }
        }
    }

    /// A part of a repetition. One that is empty takes a step too, so that repetitions of nothing meet the limit.
    private mutating func emit(counted part: PatternTree) throws(Pattern.Fault) {
        let before = instructions.count
        try emit(part)
        if instructions.count == before { try append(.jump(before + 1)) }
    }

    private mutating func emit(choice branches: [PatternTree]) throws(Pattern.Fault) {
        var ends: [Int] = []
        for (index, branch) in branches.enumerated() {
            if index == branches.count - 1 {
                try emit(branch)
                continue
            }
            let split = instructions.count
            try append(.split(0, 0))
            try emit(branch)
            ends.append(instructions.count)
            try append(.jump(0))
            instructions[split] = .split(split + 1, instructions.count)
        }
        for end in ends { instructions[end] = .jump(instructions.count) }
    }
}
