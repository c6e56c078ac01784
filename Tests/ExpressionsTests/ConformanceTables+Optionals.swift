/// The cases of optionals.textproto without messages, and some of our own.
extension ConformanceTables {
    static let optionals = #"""
        optional.of(null).hasValue() ==> true
        optional.ofNonZeroValue(null).hasValue() ==> false
        optional.none().or(optional.none()).orValue(42) ==> 42
        optional.none().optMap(y, y + 1).hasValue() ==> false
        {}.?key.optFlatMap(k, k.?subkey).hasValue() ==> false
        {'key': {}}.?key.optFlatMap(k, k.?subkey).hasValue() ==> false
        {'null_key': dyn(null)}.?null_key.hasValue() ==> true
        {'null_key': dyn(null)}.?null_key.invalid.hasValue() ==> !no_such_overload
        {true: dyn(0)}[?false].absent.hasValue() ==> false
        {true: dyn(0)}[?true].absent.hasValue() ==> !no_such_overload
        {}.?null_key.invalid.hasValue() ==> false
        {'key': {'subkey': 'subvalue'}}.?key.optFlatMap(k, k.?subkey).value() ==> 'subvalue'
        {'key': {'subkey': ''}}.?key.optFlatMap(k, k.?subkey).value() ==> ''
        {'key': {'subkey': ''}}.?key.optFlatMap(k, optional.ofNonZeroValue(k.subkey)).hasValue() ==> false
        optional.of(42).optMap(y, y + 1).value() ==> 43
        optional.ofNonZeroValue(42).or(optional.of(20)).value() == 42 ==> true
        (has({}.x) ? optional.of({}.x) : optional.none()).hasValue() ==> false
        {}.?x.hasValue() ==> false
        has({}.?x.y) ==> false
        has({'x': {'y': 'z'}}.?x.y) ==> true
        type(optional.none()) == optional_type ==> true
        optional.ofNonZeroValue('').or(optional.of({'c': {'dashed-index': 'goodbye'}}.c['dashed-index'])).orValue('default value') ==> 'goodbye'
        {'c': {'dashed-index': 'goodbye'}}.c[?'dashed-index'].orValue('default value') ==> 'goodbye'
        {'c': {}}.c[?'missing-index'].orValue('default value') ==> 'default value'
        optional.of({'c': {'index': 'goodbye'}}).c.index.orValue('default value') ==> 'goodbye'
        optional.of({'c': {}}).c.missing.or(optional.none()[0]).orValue('default value') ==> 'default value'
        optional.of({'c': {}}).c.missing.or(optional.of(['list-value'])[0]).orValue('default value') ==> 'list-value'
        optional.of({'c': {'index': 'goodbye'}}).c['index'].orValue('default value') ==> 'goodbye'
        optional.of({'c': {}}).c['missing'].orValue('default value') ==> 'default value'
        has(optional.of({'c': {'entry': 'hello world'}}).c) && !has(optional.of({'c': {'entry': 'hello world'}}).c.missing) ==> true
        optional.ofNonZeroValue({'c': {'dashed-index': 'goodbye'}}.a.z).orValue({'c': {'dashed-index': 'goodbye'}}.c['dashed-index']) ==> !no_such_key
        {'c': {'dashed-index': 'goodbye'}}.?c.missing.or({'c': {'dashed-index': 'goodbye'}}.?c['dashed-index']).orValue('').size() ==> 7
        {?'nested_map': optional.ofNonZeroValue({?'map': {'c': {'dashed-index': 'goodbye'}}.?c})} ==> map {"nested_map":{"map":{"dashed-index":"goodbye"}}}
        {?'nested_map': optional.ofNonZeroValue({?'map': {}.?c}), 'singleton': true} ==> map {"singleton":true}
        [?{}.?c, ?optional.of(42), ?optional.none()] ==> [42]
        [?optional.ofNonZeroValue({'c': []}.?c.orValue(dyn({})))] ==> []
        optional.ofNonZeroValue({?'nested_map': optional.ofNonZeroValue({?'map': optional.of({}).?c})}).hasValue() ==> false
        optional.of({}).?c.hasValue() ==> false
        optional.none().?repeated_string.hasValue() ==> false
        [][?0].hasValue() ==> false
        optional.of([])[?0].hasValue() ==> false
        optional.none()[?0].hasValue() ==> false
        ['foo'][?0].value() ==> 'foo'
        optional.of(['foo'])[?0].value() ==> 'foo'
        {true: 1, 2: 2, 5u: 3}[?true].value() ==> 1
        {1u: 1.0, 2: 2.0, 3u: 3.0}[?3.0].value() ==> 3.0
        {1u: 1.0, 2: 2.0, 3u: 3.0}[?2u].value() ==> 2.0
        {1u: 1.0, 2: 2.0, 3u: 3.0}[?1].value() ==> 1.0
        optional.none() == optional.none() ==> true
        optional.none() == optional.of(1) ==> false
        optional.of(1) == optional.none() ==> false
        optional.of(1) == optional.of(1) ==> true
        optional.none() != optional.none() ==> false
        optional.none() != optional.of(1) ==> true
        optional.of(1) != optional.none() ==> true
        optional.of(1) != optional.of(1) ==> false
        optional.none().value() ==> !optional_none
        optional.none().value() == 1 || true ==> true
        optional.of(1) == 1 ==> false
        optional.of(1) == optional.of(1.0) ==> true
        optional.of([1]) == optional.of([2]) ==> false
        optional.of(optional.none()).hasValue() ==> true
        optional.of(1) in [optional.none(), optional.of(1)] ==> true
        optional.of(1) < optional.of(2) ==> !no_such_overload
        optional.of(1).or(1 / 0) ==> some 1
        optional.of(1).orValue(1 / 0) ==> 1
        optional.none().or(1) ==> !no_such_overload
        1.or(optional.of(1)) ==> !no_such_overload
        1.orValue(2) ==> !no_such_overload
        optional.of(1).or() ==> !no_such_function
        optional.of(1).orValue(1, 2) ==> !no_such_function
        1.optMap(x, x) ==> !no_such_overload
        optional.of(1).optFlatMap(x, x) ==> !no_such_overload
        optional.none().optFlatMap(x, x) ==> none
        optional.of(2).optMap(x, [x].map(x, x * x)[0] + x) ==> some 6
        optional.of(1).optMap(1, 1) ==> !expression_syntax
        [?1] ==> !no_such_overload
        {?'a': 1} ==> !no_such_overload
        {?'a': optional.of(1), 'a': 2} ==> !duplicate_key
        {?'a': optional.none(), 'a': 2} ==> map {"a":2}
        [1, 2][?2] ==> none
        [1, 2][?-1] ==> none
        [1, 2][?'a'] ==> !no_such_overload
        {'a': 1}[?[1]] ==> !no_such_overload
        {1: 'x'}[?1.5] ==> none
        1[?0] ==> !no_such_overload
        'a'.?b ==> !no_such_overload
        optional.of(1)[0] ==> !no_such_overload
        x.?name() ==> !expression_syntax
        [1].map(?x, 1) ==> !expression_syntax
        size(?[1]) ==> !expression_syntax
        {'for': 1}.?for ==> some 1
        {'a-b': 7}.?`a-b` ==> some 7
        optional.ofNonZeroValue(0u) ==> none
        optional.ofNonZeroValue(0.0) ==> none
        optional.ofNonZeroValue(decimal('0.00')) ==> none
        optional.ofNonZeroValue(false) ==> none
        optional.ofNonZeroValue(b'') ==> none
        optional.ofNonZeroValue([]) ==> none
        optional.ofNonZeroValue({}) ==> none
        optional.ofNonZeroValue(duration('0s')) ==> none
        optional.ofNonZeroValue(timestamp(0)) ==> some timestamp 1970-01-01T00:00:00Z
        optional.ofNonZeroValue('a') ==> some 'a'
        string(optional.of(1)) ==> !no_such_overload
        optional_type ==> type optional_type
        [7].map(optional, .optional.of(optional)) ==> [some 7]
        optional.of() ==> !no_such_function
        optional.none(1) ==> !no_such_function
        """#
}
