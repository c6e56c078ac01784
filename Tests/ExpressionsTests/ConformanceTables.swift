/// Cases of google/cel-spec's conformance tests (tests/simple/testdata), by file, and some more of our own.
///
/// Departures: messages and enums do not exist, and types are checked only where they are declared (StaticTypeTests). A whole
/// number and a double compare by their mathematical value, not after a conversion to double:
/// `9223372036854775807 == 9223372036854775807.0` is false and `9223372036854775807 < 9223372036854775808.0` true here,
/// where the suite says the opposite.
///
/// Where older and newer versions of the specification differ, the newer holds: numbers of different types compare by value,
/// equality of other types is false and no error, doubles divide by zero as IEEE 754 says.
enum ConformanceTables {
    static let basic = #"""
        0 ==> 0
        0u ==> 0u
        0U ==> 0u
        0.0 ==> 0.0
        0e+0 ==> 0.0
        '' ==> ''
        "" ==> ''
        r"" ==> ''
        R'a\b' ==> 'a\b'
        b"" ==> b
        false ==> false
        null ==> null
        [] ==> []
        {} ==> map {}
        17 ==> 17
        0x55555555 ==> 1431655765
        -0x55555555 ==> -1431655765
        0x1F ==> 31
        0xFFu ==> 255u
        123456789u ==> 123456789u
        -9223372036854775808 ==> -9223372036854775808
        9223372036854775807 ==> 9223372036854775807
        9223372036854775808 ==> !expression_syntax
        18446744073709551615u ==> 18446744073709551615u
        18446744073709551616u ==> !expression_syntax
        -2.3e+1 ==> -23.0
        .5 ==> 0.5
        "!" ==> '!'
        '\'' ==> '''
        b'\u00FF' ==> bc3.bf
        b'\xff' ==> bff
        b'\377' ==> bff
        b'\303\277' ==> bc3.bf
        br'\x' ==> b5c.78
        [-1] ==> [-1]
        {"k":"v"} ==> map {"k":"v"}
        true ==> true
        x ==> map {"name":1024,"n":null}
        missing ==> !no_such_value
        nobody ==> !undeclared_reference
        y.z ==> !undeclared_reference
        [1, 2,] ==> [1, 2]
        {'a': 1,} ==> map {"a":1}
        [1,,2] ==> !expression_syntax
        """#

    static let parse = #"""
        a[a[a[a[a[a[a[a[a[a[a[a[0]]]]]]]]]]]] ==> 0
        int(uint(int(uint(int(uint(int(uint(int(uint(int(uint(7)))))))))))) ==> 7
        size([[[[[[[[[[[[0]]]]]]]]]]]]) ==> 1
        size({0: {0: {0: {0: {0: {0: {0: {0: {0: {0: {0: {0: 'foo'}}}}}}}}}}}}) ==> 1
        ((((((((((((((((((((((((((((((((7)))))))))))))))))))))))))))))))) ==> 7
        true ? true : true ? true : true ? true : true ? true : true ? true : true ? true : true ? true : true ? true : false ==> true
        false || false || false || false || false || false || false || false || false || false || false || false || true ==> true
        true && true && true && true && true && true && true && true && true && true && true && true && false ==> false
        3 - 3 + 3 - 3 + 3 - 3 + 3 - 3 + 3 - 3 + 3 - 3 + 3 - 3 + 3 - 3 + 3 - 3 + 3 - 3 + 3 - 3 + 3 - 3 + 3 ==> 3
        4 * 4 / 4 * 4 / 4 * 4 / 4 * 4 / 4 * 4 / 4 * 4 / 4 * 4 / 4 * 4 / 4 * 4 / 4 * 4 / 4 * 4 / 4 * 4 / 4 ==> 4
        !!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!true ==> true
        --------------------------------19 ==> 19
        [[[[[[[[[[[['foo']]]]]]]]]]]][0][0][0][0][0][0][0][0][0][0][0][0] ==> 'foo'
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20][17] ==> 17
        {0: 'zero', 1: 'one', 2: 'two', 17: 'seventeen'}[17] ==> 'seventeen'
        'hello' ==> 'hello'
        "hello" ==> 'hello'
        '''hello''' ==> 'hello'
        """hello""" ==> 'hello'
        ''' ? " ' ` ''' ==> ' ? " ' ` '
        ' \\ \? \" \' \` ' ==> ' \ ? " ' ` '
        """ \\ \? \" \' \` """ ==> ' \ ? " ' ` '
        '\a\b\f\n\r\t\v' == '\x07\x08\x0c\x0a\x0d\x09\x0b' ==> true
        ' \000 \012 \177 ' == ' \x00 \x0A \x7F ' ==> true
        '\u0041\U00000042\x43\104' ==> 'ABCD'
        '\U0001F431' ==> '🐱'
        r'\u0041' == '\\u0041' ==> true
        'a' 'b' ==> !expression_syntax
        '\uD800' ==> !expression_syntax
        '\U00110000' ==> !expression_syntax
        '\q' ==> !expression_syntax
        '\x4' ==> !expression_syntax
        '\u00g0' ==> !expression_syntax
        'open ==> !expression_syntax
        '''open'' ==> !expression_syntax
        b'\U00110000' ==> !expression_syntax
        1 // a comment ==> 1
        1 + // comment ==> !expression_syntax
        a b ==> !expression_syntax
        (1 ==> !expression_syntax
        1) ==> !expression_syntax
        [1 ==> !expression_syntax
        {1: ==> !expression_syntax
        1 + ==> !expression_syntax
        & ==> !expression_syntax
        1 = 1 ==> !expression_syntax
        1 === 1 ==> !expression_syntax
        @ ==> !expression_syntax
        1.a ==> !no_such_overload
        1x ==> !expression_syntax
        0x ==> !expression_syntax
        for ==> !expression_syntax
        while + 1 ==> !expression_syntax
        {'for': 1}.for ==> 1
        {'in': 1}.in ==> !expression_syntax
        {'as': 1}.as ==> 1
        {'package': 1}.package ==> 1
        a.as() ==> !no_such_function
        a.as() || true ==> true
        false && a.package(1) ==> false
        a.in() || true ==> !expression_syntax
        size ==> !undeclared_reference
        Msg{a: 1} ==> !unsupported_expression
        doc{a: 1} ==> !expression_syntax
        !-1 ==> !expression_syntax
        -!true ==> !expression_syntax
        - 5 ==> -5
        1 - -1 ==> 2
        1--1 ==> 2
        true?1:2 ==> 1
        .x.name ==> 1024
        x.`name` ==> 1024
        {'a-b': 7}.`a-b` ==> 7
        """#

    static let comparisons = #"""
        1 == 1 ==> true
        -1 == 1 ==> false
        2u == 2u ==> true
        1u == 2u ==> false
        1.0 == 1.0e+0 ==> true
        -1.0 == 1.0 ==> false
        '' == "" ==> true
        'a' == 'b' ==> false
        'abc' == r'abc' ==> true
        'abc' == 'ABC' ==> false
        'ίσος' == 'ίσος' ==> true
        '\u0041\u030A' == '\u00C5' ==> false
        null == null ==> true
        true == true ==> true
        false == true ==> false
        b'\u00FF' == b'ÿ' ==> true
        b'abc' == b'abcd' ==> false
        [] == [] ==> true
        [1, 2, 3] == [1, 2, 3] ==> true
        [1, 2, 3] == [1, 3, 2] ==> false
        ['case'] == ['cAse'] ==> false
        {} == {} ==> true
        {'k':'v'} == {"k":"v"} ==> true
        {'k':1.0} == {'k':1e+0} ==> true
        {'k':'v'} == {'k':'v1'} ==> false
        {'k':'v','k1':'v1'} == {'k':'v'} ==> false
        {'k1':'v1','k2':'v2'} == {'k2':'v2','k1':'v1'} ==> true
        {'key':'value'} == {'Key':'value'} ==> false
        1 == 1.0 ==> true
        1u == 1 ==> true
        1.0 == 1u ==> true
        -1 == 18446744073709551615u ==> false
        9223372036854775807 == 9223372036854775808u ==> false
        9007199254740993 == 9007199254740992.0 ==> false
        9223372036854775807 == 9223372036854775807.0 ==> false
        1 == '1' ==> false
        null == 0 ==> false
        null == '' ==> false
        true == 1 ==> false
        [1] == 1 ==> false
        [1, 2u, 3.0] == [1.0, 2, 3u] ==> true
        {1: 'a'} == {1u: 'a'} ==> true
        type(1) == int ==> true
        double('NaN') == double('NaN') ==> false
        double('NaN') != double('NaN') ==> true
        double('NaN') == 1 ==> false
        24 != 42 ==> true
        1 != 1 ==> false
        1u != 2u ==> true
        99u != 99u ==> false
        9.0e+3 != 9001.0 ==> true
        1.0 != 1e+0 ==> false
        'abc' != '' ==> true
        'abc' != 'abc' ==> false
        b'\x00\xFF' != b'\u00FF' ==> true
        false != true ==> true
        null != null ==> false
        [] != [1] ==> true
        [true, false, true] != [true, true, false] ==> true
        [false, true] != [false, true] ==> false
        [[]] != [[]] ==> false
        {'k':true} != {'k1':true} ==> true
        {1:1.0} != {1:1.0} ==> false
        -1 < 0 ==> true
        0 < 0 ==> false
        0u < 1u ==> true
        2u < 2u ==> false
        1.0 < 1.0000001 ==> true
        -0.0 < 0.0 ==> false
        'a' < 'b' ==> true
        'Abc' < 'aBC' ==> true
        'abc' < 'abcd' ==> true
        'a' < '\u00E1' ==> true
        '' < '' ==> false
        'a' < 'AB' ==> false
        b'a' < b'b' ==> true
        b'abc' < b'abc' ==> false
        b'á' < b'b' ==> false
        false < true ==> true
        true < true ==> false
        true < false ==> false
        [0] < [1] ==> !no_such_overload
        {0:'a'} < {1:'b'} ==> !no_such_overload
        null < null ==> !no_such_overload
        1 < 'a' ==> !no_such_overload
        1 < 1.1 ==> true
        1u < 1.1 ==> true
        -1 < 1u ==> true
        1.9 < 2 ==> true
        9223372036854775807 < 9223372036854775808.0 ==> true
        -9223372036854775808 < -9223372036854777856.0 ==> false
        18446744073709551615u < 18446744073709590000.0 ==> true
        1.0 < double('NaN') ==> false
        double('NaN') < 1 ==> false
        1 < double('NaN') ==> false
        42 > -42 ==> true
        0 > 0 ==> false
        1e+1 > 1e+0 ==> true
        .99 > 9.9e-1 ==> false
        'abc' > 'aBc' ==> true
        'A' > '' ==> true
        '' > '' ==> false
        b'\x01' > b'\x00' ==> true
        b'\x00' > b'' ==> true
        b'\x00\x01' > b'\x01' ==> false
        true > false ==> true
        false > true ==> false
        null > null ==> !no_such_overload
        [1] > [0] ==> !no_such_overload
        0 <= -1 ==> false
        1 <= 1 ==> true
        1u <= 18446744073709551615u ==> true
        0.0 <= 0.1e-1 ==> true
        'a' <= 'b' ==> true
        'a' <= 'a' ==> true
        b'\x00' <= b'\x01' ==> true
        false <= true ==> true
        1 >= 2u ==> false
        1.5 >= 1 ==> true
        'b' >= 'a' ==> true
        true >= true ==> true
        1 in [1, 2] ==> true
        3 in [1, 2] ==> false
        1.0 in [1, 2] ==> true
        'a' in ['b', 1, 'a'] ==> true
        null in [null] ==> true
        'k' in {'k': 1} ==> true
        'j' in {'k': 1} ==> false
        1u in {1: 'x'} ==> true
        1.0 in {1: 'x'} ==> true
        1 in 5 ==> !no_such_overload
        """#

    static let integerMath = #"""
        42 + 2 ==> 44
        42 + (-2) ==> 40
        -42 + (-2) ==> -44
        42 - 2 ==> 40
        42 - (-2) ==> 44
        -42 - (-2) ==> -40
        42 * 2 ==> 84
        42 * (-2) ==> -84
        -42 * (-2) ==> 84
        42 / 2 ==> 21
        -42 / 2 ==> -21
        -42 / (-2) ==> 21
        -7 / 2 ==> -3
        42 % 5 ==> 2
        42 % (-5) ==> 2
        -42 % (-5) ==> -2
        -7 % 5 ==> -2
        -(42) ==> -42
        42 % 0 ==> !modulus_by_zero
        -(0) ==> 0
        -(-42) ==> 42
        15 / 0 ==> !divide_by_zero
        15 * 0 ==> 0
        9223372036854775807 + 1 ==> !overflow
        -9223372036854775808 - 1 ==> !overflow
        9223372036854775807 * 2 ==> !overflow
        -(-9223372036854775808) ==> !overflow
        -9223372036854775808 / -1 ==> !overflow
        -9223372036854775808 % -1 ==> !overflow
        5000000000 * 5000000000 ==> !overflow
        1 + 2 * 3 ==> 7
        (1 + 2) * 3 ==> 9
        10 - 4 - 3 ==> 3
        42u + 2u ==> 44u
        42u - 2u ==> 40u
        42u * 2u ==> 84u
        42u / 2u ==> 21u
        42u % 5u ==> 2u
        -(5u) ==> !no_such_overload
        42u % 0u ==> !modulus_by_zero
        15u / 0u ==> !divide_by_zero
        15u * 0u ==> 0u
        18446744073709551615u + 1u ==> !overflow
        0u - 1u ==> !overflow
        5000000000u * 5000000000u ==> !overflow
        1 + 1u ==> !no_such_overload
        1 + 1.0 ==> !no_such_overload
        1 + true ==> !no_such_overload
        1 + null ==> !no_such_overload
        'a' * 2 ==> !no_such_overload
        """#

    static let floatMath = #"""
        4.25 + 15.25 ==> 19.5
        17.75 + (-7.75) ==> 10.0
        -4.125 + (-2.125) ==> -6.25
        42.0 - 12.0 ==> 30.0
        42.875 - (-22.0) ==> 64.875
        -4.875 - (-0.125) ==> -4.75
        42.5 * 0.2 ==> 8.5
        40.75 * (-2.25) ==> -91.6875
        -3.0 * (-2.5) ==> 7.5
        0.0625 / 0.002 ==> 31.25
        -2.0 / 2.0 ==> -1.0
        -8.875 / (-0.0625) ==> 142.0
        47.5 % 5.5 ==> !no_such_overload
        -(4.5) ==> -4.5
        -(-1.25) ==> 1.25
        -(0.0) ==> -0.0
        15.75 / 0.0 ==> inf
        -15.75 / 0.0 ==> -inf
        0.0 / 0.0 ==> nan
        15.36 * 0.0 ==> 0.0
        0.0 + 1.75 ==> 1.75
        2.5 + 0.0 ==> 2.5
        7.5 + 1.5 == 1.5 + 7.5 ==> true
        5.625 + (15.75 + 2.0) == (5.625 + 15.75) + 2.0 ==> true
        1.0 * 45.25 ==> 45.25
        -25.25 * 1.0 ==> -25.25
        1.5 * 25.875 == 25.875 * 1.5 ==> true
        1.5 * (23.625 * 0.75) == (1.5 * 23.625) * 0.75 ==> true
        5.75 * (1.5 + 2.5)  == 5.75 * 1.5 + 5.75 * 2.5 ==> true
        2.0 * 8.988466e+307 ==> inf
        2.0 * -8.988466e+307 ==> -inf
        2.0 * 8.9884657e+307 ==> inf
        2.0 * -8.9884657e+307 ==> -inf
        1e-324 / 2.0 ==> 0.0
        0.1 + 0.2 ==> 0.30000000000000004
        0.1 + 0.2 == 0.3 ==> false
        """#

    static let all =
        [
            basic, parse, comparisons, integerMath, floatMath, strings, lists, fields, macros, logic, conversions,
            timestamps,
            math, optionals, formatting,
        ].flatMap(Case.table)
}
