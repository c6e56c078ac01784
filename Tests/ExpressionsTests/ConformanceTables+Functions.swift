/// The cases of text, lists, fields, macros and logic.
extension ConformanceTables {
    static let strings = #"""
        size('') ==> 0
        size('A') ==> 1
        size('ÿ') ==> 1
        size('four') ==> 4
        size('πέντε') ==> 5
        'πέντε'.size() ==> 5
        size(b'πέντε') ==> 10
        size(b'') ==> 0
        size(1) ==> !no_such_overload
        'foobar'.startsWith('foo') ==> true
        'foobar'.startsWith('bar') ==> false
        ''.startsWith('foo') ==> false
        'foobar'.startsWith('') ==> true
        ''.startsWith('') ==> true
        'завтра'.startsWith('за') ==> true
        'foobar'.endsWith('bar') ==> true
        'foobar'.endsWith('foo') ==> false
        ''.endsWith('foo') ==> false
        'foobar'.endsWith('') ==> true
        ''.endsWith('') ==> true
        'forté'.endsWith('té') ==> true
        'hubba'.matches('ubb') ==> true
        ''.matches('foo|bar') ==> false
        'cows'.matches('') ==> true
        ''.matches('') ==> true
        'abcd'.matches('bc') ==> true
        'grey'.matches('gr(a|e)y') ==> true
        'banana'.matches('ba(na)*') ==> true
        'mañana'.matches('a+ñ+a+') ==> true
        'cows'.matches('^cow$') ==> false
        matches('abc', '^a.c$') ==> true
        'abc'.matches('(') ==> !invalid_argument
        'abc'.matches(doc.customer + '(') ==> !invalid_argument
        'he' + 'llo' ==> 'hello'
        'hello' + ' ' == 'hello' ==> false
        '' + 'abc' ==> 'abc'
        'abc' + '' ==> 'abc'
        '¢' + 'ÿ' + 'Ȁ' ==> '¢ÿȀ'
        'r' + 'ô' + 'le' ==> 'rôle'
        b'abc' + b'def' == b'abcdef' ==> true
        'hello'.contains('he') ==> true
        'hello'.contains('') ==> true
        'hello'.contains('ol') ==> false
        'abababc'.contains('ababc') ==> true
        'Straße'.contains('aß') ==> true
        'a'.contains(1) ==> !no_such_overload
        'tacocat'.charAt(3) ==> 'o'
        'tacocat'.charAt(7) ==> ''
        'tacocat'.charAt(30) ==> !index_out_of_bounds
        'tacocat'.indexOf('') ==> 0
        'tacocat'.indexOf('ac') ==> 1
        'tacocat'.indexOf('none') ==> -1
        'tacocat'.indexOf('a', 3) ==> 5
        'tacocat'.indexOf('a', 30) ==> !index_out_of_bounds
        'ta©o©αT'.indexOf('©') ==> 2
        'tacocat'.lastIndexOf('at') ==> 5
        'tacocat'.lastIndexOf('a') ==> 5
        'tacocat'.lastIndexOf('a', 4) ==> 1
        'tacocat'.lastIndexOf('none') ==> -1
        'tacocat'.lastIndexOf('') ==> 7
        'TacoCat'.lowerAscii() ==> 'tacocat'
        'TacoCÆt Xii'.lowerAscii() ==> 'tacocÆt xii'
        'tacoCat'.upperAscii() ==> 'TACOCAT'
        'tacoCαt'.upperAscii() ==> 'TACOCαT'
        '12 days 12 hours'.replace('{0}', '2') ==> '12 days 12 hours'
        '{0} days {0} hours'.replace('{0}', '2') ==> '2 days 2 hours'
        '{0} days {0} hours'.replace('{0}', '2', 1) ==> '2 days {0} hours'
        'abc'.replace('', '-') ==> '-a-b-c-'
        'aaa'.replace('aa', 'b') ==> 'ba'
        'hello world'.split(' ') ==> ['hello', 'world']
        'hello world events!'.split(' ', 0) ==> []
        'hello world events!'.split(' ', 1) ==> ['hello world events!']
        'o©o©o©o'.split('©', -1) ==> ['o', 'o', 'o', 'o']
        'abc'.split('') ==> ['a', 'b', 'c']
        ''.split(',') ==> ['']
        'tacocat'.substring(4) ==> 'cat'
        'tacocat'.substring(7) ==> ''
        'tacocat'.substring(0, 4) ==> 'taco'
        'ta©o©αT'.substring(2, 6) ==> '©o©α'
        'tacocat'.substring(40) ==> !index_out_of_bounds
        'tacocat'.substring(3, 1) ==> !index_out_of_bounds
        '  trim  '.trim() ==> 'trim'
        '\u0085\u00a0\u1680text\u2003\u3000'.trim() ==> 'text'
        '   '.trim() ==> ''
        ['x', 'y'].join() ==> 'xy'
        ['x', 'y'].join('-') ==> 'x-y'
        [].join('-') ==> ''
        [1].join() ==> !no_such_overload
        'añb'.reverse() ==> 'bña'
        'a'.nothing() ==> !no_such_function
        nothing('a') ==> !no_such_function
        size('a', 'b') ==> !no_such_function
        'a'.startsWith() ==> !no_such_function
        """#

    static let lists = #"""
        [0, 1, 2]+[3, 4, 5]==[0, 1, 2, 3, 4, 5] ==> true
        [0, 1, 2]+[3, 4, 5]==[3, 4, 5, 0, 1, 2] ==> false
        [2]+[2]==[2, 2] ==> true
        []+[]==[] ==> true
        [1] + [] ==> [1]
        [7, 8, 9][0] ==> 7
        [7, 8, 9][2] ==> 9
        [7, 8, 9][3] ==> !index_out_of_bounds
        [7, 8, 9][-1] ==> !index_out_of_bounds
        [7, 8, 9][dyn(0.0)] ==> 7
        [7, 8, 9][dyn(0.1)] ==> !no_such_overload
        [7, 8, 9][dyn(0u)] ==> 7
        [7, 8, 9]['0'] ==> !no_such_overload
        [][0] ==> !index_out_of_bounds
        2 in [7, 8, 9] ==> false
        size([]) ==> 0
        size([1, 2, 3]) ==> 3
        size([1, 'a', 3u]) ==> 3
        size({}) ==> 0
        size({1: 'one', 2: 'two'}) ==> 2
        [1, 'two', 3.0, true, null] ==> [1, 'two', 3.0, true, null]
        """#

    static let fields = #"""
        {0:1,2:2,5:true}[5] ==> true
        {0u:1u,2u:'happy',5u:3u}[2u] ==> 'happy'
        {'name':100u}['name'] ==> 100u
        {true:5}[true] ==> 5
        {true:1,2:2,5u:3}[true] ==> 1
        {1: 'x'}[1.0] ==> 'x'
        {1: 'x'}[1u] ==> 'x'
        {1: 'x'}[1.5] ==> !no_such_key
        x.name ==> 1024
        x['name'] ==> 1024
        {0:1,2:2,5:3}[1] ==> !no_such_key
        x.holiday ==> !no_such_key
        {true:null}[true] ==> null
        {27:false}[27] ==> false
        {'n':'x'}['n'] ==> 'x'
        {3:15.15}[3] ==> 15.15
        {0:b""}[0] ==> b
        {0u:[1]}[0u] ==> [1]
        {"map": {"k": "v"}}["map"] ==> map {"k":"v"}
        {10000000000000000000u: 'x'}[1e19] ==> 'x'
        {10000000000000000000u: 'x'}[dyn(double('1e19'))] ==> 'x'
        {10000000000000000000u: 'x'}[decimal('1e19')] ==> 'x'
        {10000000000000000000u: 'x'}[decimal('1e19') + 0.5] ==> !no_such_overload
        1e19 in {10000000000000000000u: 'x'} ==> true
        {1: 'x'}[-1e300] ==> !no_such_key
        {1.0: 'a'} ==> !no_such_overload
        {[1]: 'a'} ==> !no_such_overload
        {null: 'a'} ==> !no_such_overload
        {'a': 1, 'a': 2} ==> !duplicate_key
        {1: 1, 1u: 2} ==> !duplicate_key
        a.b.c ==> 'yeah'
        a.b.d ==> 'yes'
        a.b['c'] ==> 'oops'
        a.pancakes ==> !no_such_overload
        x.name.pancakes ==> !no_such_overload
        has(x.name) ==> true
        has(x.n) ==> true
        has(x.other) ==> false
        has({'a': 1}.a) ==> true
        has({'a': 1}.b) ==> false
        has(x.name.more) ==> !no_such_overload
        has(x) ==> !expression_syntax
        has(x['name']) ==> !expression_syntax
        """#

    static let macros = #"""
        [1, 2, 3].exists(e, e > 0) ==> true
        [1, 2, 3].exists(e, e == 2) ==> true
        [1, 2, 3].exists(e, e > 3) ==> false
        [1, 'foo', 3].exists(e, e != '1') ==> true
        [1, 'foo', 3].exists(e, e == '10') ==> false
        [1, 'foo', 3].exists(e, e > 5) ==> !no_such_overload
        [1, 2, 3].exists(e, e / 0 == 17) ==> !divide_by_zero
        [].exists(e, e == 2) ==> false
        {'key1':1, 'key2':2}.exists(k, k == 'key2') ==> true
        !{'key1':1, 'key2':2}.exists(k, k == 'key3') ==> true
        {'key':1, 1:21}.exists(k, k != 2) ==> true
        [1, 2, 3].all(e, e > 0) ==> true
        [1, 2, 3].all(e, e == 2) ==> false
        [1, 2, 3].all(e, e == 17) ==> false
        [1, 'foo', 3].all(e, e == 1) ==> false
        [1, 'foo', 3].all(e, e % 2 == 1) ==> !no_such_overload
        [1, 2, 3].all(e, 6 / (2 - e) == 6) ==> false
        [1, 2, 3].all(e, e / 0 != 17) ==> !divide_by_zero
        [].all(e, e > 0) ==> true
        {'key1':1, 'key2':2}.all(k, k == 'key2') ==> false
        [].exists_one(a, a == 7) ==> false
        [7].exists_one(a, a == 7) ==> true
        [8].exists_one(a, a == 7) ==> false
        [1, 2, 3].exists_one(x, x > 20) ==> false
        [6, 7, 8].exists_one(foo, foo % 5 == 2) ==> true
        [0, 1, 2, 3, 4].exists_one(n, n % 2 == 1) ==> false
        ['foal', 'foo', 'four'].exists_one(n, n.startsWith('fo')) ==> false
        [3, 2, 1, 0].exists_one(n, 12 / n > 1) ==> !divide_by_zero
        {6: 'six', 7: 'seven', 8: 'eight'}.exists_one(foo, foo % 5 == 2) ==> true
        [].map(n, n / 2) ==> []
        [3].map(n, n * n) ==> [9]
        [2, 4, 6].map(n, n / 2) ==> [1, 2, 3]
        [2, 1, 0].map(n, 4 / n) ==> !divide_by_zero
        {'a': 1, 'b': 2}.map(k, k + '!') ==> ['a!', 'b!']
        [1, 2, 3, 4].map(n, n % 2 == 0, n * 10) ==> [20, 40]
        [].filter(n, n % 2 == 0) ==> []
        [2].filter(n, n == 2) ==> [2]
        [1].filter(n, n > 3) ==> []
        [0, 1, 2, 3, 4].filter(x, x % 2 == 1) ==> [1, 3]
        [1, 2, 3].filter(n, n > 0) ==> [1, 2, 3]
        [3, 2, 1, 0].filter(n, 12 / n > 4) ==> !divide_by_zero
        {'a': 1, 'b': 2}.filter(k, k == 'a') ==> ['a']
        ['signer'].filter(signer, ['artifact'].all(artifact, true)) ==> ['signer']
        [[1, 2], [3]].map(l, l.map(n, n * size(l))) ==> [[2, 4], [3]]
        [1, 2].map(x, [x].map(x, x + 1)[0] + x) ==> [3, 5]
        [1, 2, 3].all(1, true) ==> !expression_syntax
        [1].all(x) ==> !expression_syntax
        [1].map(true, 1) ==> !expression_syntax
        1.all(x, true) ==> !no_such_overload
        'abc'.all(x, true) ==> !no_such_overload
        [1].filter(x, 1) ==> !no_such_overload
        [1, 2, 3].exists(i, v, i == 1 && v == 2) ==> true
        [1, 2, 3].all(i, v, v == i + 1) ==> true
        {'a': 1, 'b': 2}.all(k, v, v > 0 && k < 'c') ==> true
        {'a': 1, 'b': 2}.exists(k, v, k == 'b' && v == 2) ==> true
        [1, 2, 2].existsOne(i, v, v == 2) ==> false
        [1, 2].transformList(i, v, v * 10 + i) ==> [10, 21]
        [1, 2, 3].transformList(i, v, i > 0, v) ==> [2, 3]
        {'a': 1}.transformMap(k, v, v + 1) ==> map {"a":2}
        [1].all(v, v, true) ==> !expression_syntax
        [1].map(x, .x.name) ==> [1024]
        [1].map(x, .x.name + x) ==> [1025]
        [1].map(int, [type(int) == .int, int == 1]) ==> [[true, true]]
        [-1].map(math, .math.abs(math)) ==> [1]
        [7].map(cel, .cel.bind(a, cel, a + size(.a))) ==> [8]
        (a)[0] ==> 0
        (x).name ==> 1024
        (a).b ==> !no_such_overload
        cel.bind(t, true, t || false) ==> true
        cel.bind(msg, 'hello', msg + msg + msg) ==> 'hellohellohello'
        cel.bind(t1, 'a', cel.bind(t2, t1 + 'b', t1 + t2)) ==> 'aab'
        cel.bind(valid, [1, 2, 3], [3, 4, 5].exists(e, e in valid)) ==> true
        """#

    static let logic = #"""
        true ? 1 : 2 ==> 1
        false ? 'foo' : 'bar' ==> 'bar'
        2 / 0 > 4 ? 'baz' : 'quux' ==> !divide_by_zero
        true ? 'cows' : 17 ==> 'cows'
        'cows' ? false : 17 ==> !no_such_overload
        true ? 1 : 1 / 0 ==> 1
        false ? 1 / 0 : 1 ==> 1
        true && true ==> true
        false && false ==> false
        false && true ==> false
        true && false ==> false
        false && 32 ==> false
        'horses' && false ==> false
        false && (2 / 0 > 3 ? false : true) ==> false
        (2 / 0 > 3 ? false : true) && false ==> false
        true && 1/0 != 0 ==> !divide_by_zero
        1/0 != 0 && true ==> !divide_by_zero
        'less filling' && 'tastes great' ==> !no_such_overload
        true || true ==> true
        false || false ==> false
        true || 32 ==> true
        'horses' || true ==> true
        (2 / 0 > 3 ? false : true) || true ==> true
        false || 1/0 != 0 ==> !divide_by_zero
        1/0 != 0 || false ==> !divide_by_zero
        'less filling' || 'tastes great' ==> !no_such_overload
        true || false && false ==> true
        false && true || true ==> true
        !true ==> false
        !false ==> true
        !1 ==> !no_such_overload
        !null ==> !no_such_overload
        missing.a && false ==> false
        true || missing.a == 1 ==> true
        """#
}
