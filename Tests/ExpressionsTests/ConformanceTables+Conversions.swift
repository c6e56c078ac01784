/// The cases of conversions, moments and numbers.
extension ConformanceTables {
    static let conversions = #"""
        bytes('') ==> b
        bytes('abc') ==> b61.62.63
        bytes('ÿ') ==> bc3.bf
        bytes('\377') == b'\377' ==> false
        bool('true') ==> true
        bool('FALSE') ==> false
        bool('TrUe') ==> !invalid_argument
        double(0) ==> 0.0
        double(1000000000000) ==> 1000000000000.0
        double(9223372036854775807) ==> 9.223372036854776e+18
        double(18446744073709551615u) ==> 1.8446744073709552e+19
        double('0') ==> 0.0
        double('-0.0') ==> -0.0
        double('123.456') ==> 123.456
        double('6.02214e23') ==> 6.02214e+23
        double('-5.43e-21') ==> -5.43e-21
        double('abc') ==> !invalid_argument
        double('0x1p3') ==> !invalid_argument
        type(dyn([1, 'one'])) ==> type list
        int(42u) ==> 42
        int(18446744073709551615u) ==> !range_error
        int(-123.456) ==> -123
        int(1.9) ==> 1
        int(-7.9) ==> -7
        int(11.5) ==> 11
        int(1e99) ==> !range_error
        int(9223372036854775807.0) ==> !range_error
        int('987') ==> 987
        int('-987') ==> -987
        int('1.5') ==> !invalid_argument
        int('') ==> !invalid_argument
        int(timestamp('2004-09-16T23:59:59Z')) ==> 1095379199
        int(true) ==> !no_such_overload
        string(123) ==> '123'
        string(-456) ==> '-456'
        string(9876u) ==> '9876'
        string(123.456) ==> '123.456'
        string(-4.5e-3) ==> '-0.0045'
        string(1e21) ==> '1000000000000000000000'
        string(1.25e18) ==> '1250000000000000000'
        string(1.25e1) ==> '12.5'
        string(12.5e-20) ==> '0.000000000000000000125'
        string(-1.5e-7) ==> '-0.00000015'
        string(-0.0) ==> '-0'
        string(1e-300).size() ==> 302
        string(true) ==> 'true'
        string(b'abc') ==> 'abc'
        string(b'\303\277') ==> 'ÿ'
        string(b'\000\xff') ==> !invalid_argument
        string('s') ==> 's'
        string([]) ==> !no_such_overload
        type(true) ==> type bool
        bool ==> type bool
        dyn ==> !undeclared_reference
        type(0) ==> type int
        type(64u) ==> type uint
        type(3.14) ==> type double
        type(null) ==> type null_type
        null_type ==> type null_type
        type('foo') ==> type string
        type(b'\xff') ==> type bytes
        type([1, 2, 3]) ==> type list
        type({4: 16}) ==> type map
        type(7) == type(7u) ==> false
        type(0.0) != type(-0.0) ==> false
        type(type(7)) == type(type(7u)) ==> true
        type(int) ==> type type
        type(type) ==> type type
        type(1) == type('a') ==> false
        type(timestamp(0)) == google.protobuf.Timestamp ==> true
        uint(1729) ==> 1729u
        uint(-1) ==> !range_error
        uint(3.14159265) ==> 3u
        uint(25.5) ==> 25u
        uint(1e19) ==> 10000000000000000000u
        uint(6.022e23) ==> !range_error
        uint('300') ==> 300u
        uint('-1') ==> !invalid_argument
        math.greatest(1, 2.5, 2u) ==> 2.5
        math.least([3, 1, 2]) ==> 1
        math.abs(-5) ==> 5
        math.sign(-2.5) ==> -1.0
        math.ceil(1.2) ==> 2.0
        math.round(2.5) ==> 3.0
        math.floor(-1.5) ==> -2.0
        math.trunc(-1.5) ==> -1.0
        math.greatest('a') ==> !no_such_overload
        1e400 ==> !expression_syntax
        -1e400 ==> !expression_syntax
        double('1e400') ==> !range_error
        double('-1e400') ==> !range_error
        double('Infinity') ==> inf
        uint(-0.5) ==> !range_error
        uint(double('-0.5')) ==> !range_error
        uint(decimal('-0.5')) ==> !range_error
        uint(-0.0) ==> 0u
        """#

    static let timestamps = #"""
        int(timestamp('2009-02-13T23:31:30Z')) ==> 1234567890
        timestamp(1234567890) == timestamp('2009-02-13T23:31:30Z') ==> true
        string(timestamp('2009-02-13T23:31:30Z')) ==> '2009-02-13T23:31:30Z'
        string(timestamp('9999-12-31T23:59:59.999999999Z')) ==> '9999-12-31T23:59:59.999999999Z'
        string(timestamp('2009-02-13T23:31:30.5+01:00')) ==> '2009-02-13T22:31:30.5Z'
        type(timestamp('2009-02-13T23:31:30Z')) ==> type google.protobuf.Timestamp
        string(duration('1000000s')) ==> '1000000s'
        string(duration('-1.5s')) ==> '-1.5s'
        string(duration('1h2m3s4ms')) ==> '3723.004s'
        type(duration('1000000s')) ==> type google.protobuf.Duration
        timestamp('2009-02-13T23:31:30Z').getDate() ==> 13
        timestamp('2009-02-13T23:31:30Z').getDayOfMonth() ==> 12
        timestamp('2009-02-13T23:31:30Z').getDayOfWeek() ==> 5
        timestamp('2009-02-15T23:31:30Z').getDayOfWeek() ==> 0
        timestamp('2009-02-13T23:31:30Z').getDayOfYear() ==> 43
        timestamp('2009-02-13T23:31:30Z').getFullYear() ==> 2009
        timestamp('2009-02-13T23:31:30Z').getHours() ==> 23
        timestamp('2009-02-13T23:31:20.123456789Z').getMilliseconds() ==> 123
        timestamp('2009-02-13T23:31:30Z').getMinutes() ==> 31
        timestamp('2009-02-13T23:31:30Z').getMonth() ==> 1
        timestamp('2009-02-13T23:31:30Z').getSeconds() ==> 30
        timestamp('2009-02-13T23:31:30Z').getDate('Australia/Sydney') ==> 14
        timestamp('2009-02-13T23:31:30Z').getDayOfMonth('US/Central') ==> 12
        timestamp('2009-02-13T23:31:30Z').getDayOfYear('US/Central') ==> 43
        timestamp('2009-02-13T23:31:30Z').getMinutes('Asia/Kathmandu') ==> 16
        timestamp('2009-02-13T23:31:30Z').getHours('Europe/Berlin') ==> 0
        timestamp('2009-07-13T23:31:30Z').getHours('Europe/Berlin') ==> 1
        timestamp('2009-02-13T23:31:30Z').getHours('Europe/Atlantis') ==> !invalid_argument
        timestamp('2009-02-13T23:31:30Z').getHours('GMT+3') ==> !invalid_argument
        timestamp('2009-02-13T23:31:30Z').getHours('../etc/passwd') ==> !invalid_argument
        timestamp('2009-02-13T23:31:30Z').getHours('CET') ==> 0
        timestamp('2009-02-13T23:31:30Z').getHours('EST5EDT') ==> 18
        timestamp('2009-02-13T23:31:30Z').getMinutes('America/St_Johns') ==> 1
        timestamp('2009-02-13T23:31:30Z').getHours('Etc/GMT+3') ==> 20
        timestamp('2009-02-13T23:31:30Z').getHours('GMT-03:00') ==> !invalid_argument
        timestamp('2009-02-13T23:31:30Z').getHours('UTC+3') ==> !invalid_argument
        timestamp('2009-02-13T23:31:30Z').getHours('Europe/ Berlin') ==> !invalid_argument
        timestamp('2009-02-13T23:31:30Z').getHours('') ==> !invalid_argument
        timestamp('0001-06-15T12:00:00Z').getFullYear('America/St_Johns') ==> 1
        timestamp('0001-06-15T12:00:00Z').getHours('Europe/Berlin') ==> 12
        timestamp('9999-12-31T12:00:00Z').getHours('CET') ==> 13
        timestamp('9999-06-15T12:00:00Z').getHours('Europe/Berlin') ==> 14
        timestamp('2009-02-13T23:31:30Z').getDayOfMonth('+11:00') ==> 13
        timestamp('2009-02-13T02:00:00Z').getDayOfMonth('-02:30') ==> 11
        timestamp('2009-02-13T23:31:30Z').getDayOfWeek('UTC') ==> 5
        timestamp('2009-02-13T23:31:30Z').getFullYear('-09:30') ==> 2009
        timestamp('2009-02-13T23:31:30Z').getHours('02:00') ==> 1
        timestamp('2009-02-13T23:31:30Z').getSeconds('-00:00') ==> 30
        timestamp('2009-02-13T23:31:30Z') == timestamp('2009-02-13T23:31:30Z') ==> true
        timestamp('2009-02-13T23:31:29Z') == timestamp('2009-02-13T23:31:30Z') ==> false
        timestamp('1945-05-07T02:41:00Z') != timestamp('1945-05-07T02:41:00Z') ==> false
        timestamp('2000-01-01T00:00:00Z') != timestamp('2001-01-01T00:00:00Z') ==> true
        duration('123s') == duration('123s') ==> true
        duration('60s') == duration('3600s') ==> false
        duration('604800s') != duration('604800s') ==> false
        duration('86400s') != duration('86164s') ==> true
        timestamp('2009-02-13T23:00:00Z') + duration('240s') == timestamp('2009-02-13T23:04:00Z') ==> true
        duration('120s') + timestamp('2009-02-13T23:01:00Z') == timestamp('2009-02-13T23:03:00Z') ==> true
        duration('600s') + duration('50s') == duration('650s') ==> true
        timestamp('0001-01-01T00:00:01.000000001Z') + duration('-999999999ns') == timestamp('0001-01-01T00:00:00.000000002Z') ==> true
        timestamp('0001-01-01T00:00:01.999999999Z') + duration('999999999ns') == timestamp('0001-01-01T00:00:02.999999998Z') ==> true
        timestamp('2009-02-13T23:10:00Z') - duration('600s') == timestamp('2009-02-13T23:00:00Z') ==> true
        timestamp('2009-02-13T23:31:00Z') - timestamp('2009-02-13T23:29:00Z') == duration('120s') ==> true
        duration('900s') - duration('42s') == duration('858s') ==> true
        timestamp('2009-02-13T23:00:00Z') <= timestamp('2009-02-13T23:00:00Z') ==> true
        timestamp('2009-02-13T23:00:00Z') <= timestamp('2009-02-13T22:59:59Z') ==> false
        duration('200s') <= duration('200s') ==> true
        duration('300s') <= duration('200s') ==> false
        timestamp('2009-02-13T23:00:00Z') < timestamp('2009-03-13T23:00:00Z') ==> true
        duration('200s') < duration('300s') ==> true
        timestamp('2009-02-13T22:58:00Z') >= timestamp('2009-02-13T23:00:00Z') ==> false
        duration('120s') >= duration('200s') ==> false
        timestamp('2009-02-13T23:59:00Z') > timestamp('2009-02-13T23:00:00Z') ==> true
        duration('300s') > duration('200s') ==> true
        duration('10000s').getHours() ==> 2
        duration('123.321456789s').getMilliseconds() ==> 321
        duration('3730s').getMinutes() ==> 62
        duration('3730s').getSeconds() ==> 3730
        timestamp('0000-01-01T00:00:00Z') ==> !range_error
        timestamp('10000-01-01T00:00:00Z') ==> !range_error
        timestamp('2009-02-13') ==> !range_error
        timestamp('2009-02-30T00:00:00Z') ==> !range_error
        timestamp('0001-01-01T00:00:00Z') + duration('-1s') ==> !range_error
        timestamp('9999-12-31T23:59:59Z') + duration('1s') ==> !range_error
        timestamp('9999-12-31T23:59:59.999999999Z') + duration('1ns') ==> !range_error
        timestamp('0001-01-01T00:00:00Z') + duration('-1ns') ==> !range_error
        timestamp('9999-12-31T23:59:59Z') - timestamp('0001-01-01T00:00:00Z') ==> !range_error
        timestamp('0001-01-01T00:00:00Z') - timestamp('9999-12-31T23:59:59Z') ==> !range_error
        duration('-320000000000s') ==> !range_error
        duration('320000000000s') ==> !range_error
        duration('9000000000s') + duration('9000000000s') ==> !range_error
        duration('-9000000000s') - duration('9000000000s') ==> !range_error
        duration('') ==> !invalid_argument
        duration('5') ==> !invalid_argument
        duration('5x') ==> !invalid_argument
        -duration('5s') == duration('-5s') ==> true
        timestamp('2009-02-13T23:00:00Z') + 1 ==> !no_such_overload
        date('2026-03-01') == doc.posting_date ==> true
        string(date('2026-03-01')) ==> '2026-03-01'
        date('2026-13-01') ==> !invalid_argument
        """#

    static let math = #"""
        math.ceil(dyn(1)) ==> !no_such_overload
        math.floor(dyn(1)) ==> !no_such_overload
        math.round(dyn(1)) ==> !no_such_overload
        math.trunc(dyn(1)) ==> !no_such_overload
        math.ceil(1u) ==> !no_such_overload
        math.round(1u) ==> !no_such_overload
        math.ceil(-1.2) ==> -1.0
        math.floor(1.2) ==> 1.0
        math.floor(-1.2) ==> -2.0
        math.round(-1.6) ==> -2.0
        math.round(-1.4) ==> -1.0
        math.round(-1.5) ==> -2.0
        math.round(1.2) ==> 1.0
        math.round(1.5) ==> 2.0
        math.trunc(1.2) ==> 1.0
        math.isNaN(math.round(0.0/0.0)) ==> true
        math.isNaN(math.trunc(0.0/0.0)) ==> true
        math.abs(1u) ==> 1u
        math.abs(-11) ==> 11
        math.abs(1.5) ==> 1.5
        math.abs(-11.5) ==> 11.5
        math.abs(-9223372036854775808) ==> !overflow
        math.sign(100u) ==> 1u
        math.sign(0u) ==> 0u
        math.sign(100) ==> 1
        math.sign(-11) ==> -1
        math.sign(0) ==> 0
        math.sign(100.5) ==> 1.0
        math.sign(-32.0) ==> -1.0
        math.sign(0.0) ==> 0.0
        math.sign(dyn(true)) ==> !no_such_overload
        math.isNaN(0.0/0.0) ==> true
        !math.isNaN(1.0/0.0) ==> true
        math.isNaN(dyn(true)) ==> !no_such_overload
        math.isInf(1.0/0.0) ==> true
        !math.isInf(0.0/0.0) ==> true
        math.isInf(dyn(true)) ==> !no_such_overload
        math.isFinite(1.0/1.5) ==> true
        !math.isFinite(0.0/0.0) ==> true
        !math.isFinite(-1.0/0.0) ==> true
        math.isFinite(dyn(true)) ==> !no_such_overload
        math.bitAnd(1, 2) ==> 0
        math.bitAnd(1, 3) ==> 1
        math.bitAnd(1, -1) ==> 1
        math.bitAnd(1u, 2u) ==> 0u
        math.bitAnd(1u, 3u) ==> 1u
        math.bitAnd(2u, dyn('')) ==> !no_such_overload
        math.bitAnd(1, 1u) ==> !no_such_overload
        math.bitOr(1, 2) ==> 3
        math.bitOr(4, -2) ==> -2
        math.bitOr(1u, 4u) ==> 5u
        math.bitOr(dyn(1.2), 1) ==> !no_such_overload
        math.bitXor(1, 3) ==> 2
        math.bitXor(4, -2) ==> -6
        math.bitXor(1u, 3u) ==> 2u
        math.bitXor(dyn([]), dyn([1])) ==> !no_such_overload
        math.bitNot(1) ==> -2
        math.bitNot(-1) ==> 0
        math.bitNot(0) ==> -1
        math.bitNot(1u) ==> 18446744073709551614u
        math.bitNot(0u) ==> 18446744073709551615u
        math.bitNot(dyn('')) ==> !no_such_overload
        math.bitShiftLeft(1, 2) ==> 4
        math.bitShiftLeft(1, 200) ==> 0
        math.bitShiftLeft(-1, 200) ==> 0
        math.bitShiftLeft(1u, 2) ==> 4u
        math.bitShiftLeft(1u, 200) ==> 0u
        math.bitShiftLeft(1u, -1) ==> !invalid_argument
        math.bitShiftLeft(dyn(4.3), 1) ==> !no_such_overload
        math.bitShiftRight(1024, 2) ==> 256
        math.bitShiftRight(1024, 64) ==> 0
        math.bitShiftRight(-1024, 3) ==> -128
        math.bitShiftRight(-1024, 64) ==> -1
        math.bitShiftRight(1024u, 2) ==> 256u
        math.bitShiftRight(1024u, 200) ==> 0u
        math.bitShiftRight(1u, -1) ==> !invalid_argument
        math.bitShiftRight(dyn(b'123'), 1) ==> !no_such_overload
        math.bitShiftRight(1, 9223372036854775807) ==> 0
        math.sqrt(81) ==> 9.0
        math.sqrt(4u) ==> 2.0
        math.sqrt(2.25) ==> 1.5
        math.isNaN(math.sqrt(-1)) ==> true
        math.sqrt(decimal('4')) ==> !no_such_overload
        math.sqrt('4') ==> !no_such_overload
        math.greatest(5.4, 10, 3u, -5.0, 9223372036854775807) == 9223372036854775807 ==> true
        math.greatest([dyn(5.4), dyn(10), dyn(3u), dyn(-5.0), dyn(3.5)]) == 10 ==> true
        math.greatest(-9223372036854775808, 1) ==> 1
        math.greatest(1.797693e308, 1) ==> 1.797693e+308
        math.greatest(1u, 18446744073709551615u) ==> 18446744073709551615u
        math.least(5.4, 10, 3u, -5.0, 1.797693e308) == -5.0 ==> true
        math.least([5.4, 10u, 3u, 1u, 3.5]) == 1u ==> true
        math.least(1, -9223372036854775808) ==> -9223372036854775808
        """#
}
