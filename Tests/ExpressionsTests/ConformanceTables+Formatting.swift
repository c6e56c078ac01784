/// The cases of string_ext.textproto about quote and format, the rest that the other table lacks, and some of our own.
extension ConformanceTables {
    static let formatting = #"""
        strings.quote("first\nsecond") == "\"first\\nsecond\"" ==> true
        strings.quote("bell\a") == "\"bell\\a\"" ==> true
        strings.quote("\bbackspace") == "\"\\bbackspace\"" ==> true
        strings.quote("\fform feed") == "\"\\fform feed\"" ==> true
        strings.quote("carriage \r return") == "\"carriage \\r return\"" ==> true
        strings.quote("horizontal tab\t") == "\"horizontal tab\\t\"" ==> true
        strings.quote("vertical \v tab") == "\"vertical \\v tab\"" ==> true
        strings.quote("double \\\\ slash") == "\"double \\\\\\\\ slash\"" ==> true
        strings.quote("two escape sequences \\a\\n") == "\"two escape sequences \\\\a\\\\n\"" ==> true
        strings.quote("verbatim") == "\"verbatim\"" ==> true
        strings.quote("ends with \\") == "\"ends with \\\\\"" ==> true
        strings.quote("\\ starts with") == "\"\\\\ starts with\"" ==> true
        strings.quote("printable unicode😀") == "\"printable unicode😀\"" ==> true
        strings.quote("mid string \" quote") == "\"mid string \\\" quote\"" ==> true
        strings.quote('single-quote with "double quote"') == "\"single-quote with \\\"double quote\\\"\"" ==> true
        strings.quote("size('ÿ')") == "\"size('ÿ')\"" ==> true
        strings.quote("size('πέντε')") == "\"size('πέντε')\"" ==> true
        strings.quote("завтра") == "\"завтра\"" ==> true
        strings.quote("\U0001F431\U0001F600\U0001F61B") ==> '"🐱😀😛"'
        strings.quote("ta©o©αT") == "\"ta©o©αT\"" ==> true
        strings.quote("") ==> '""'
        strings.quote(1) ==> !no_such_overload
        "no substitution".format([]) ==> 'no substitution'
        "str is %s and some more".format(["filler"]) ==> 'str is filler and some more'
        "%% and also %%".format([]) ==> '% and also %'
        "%%%s%%".format(["text"]) ==> '%text%'
        "%s%%".format(["percent on the right"]) ==> 'percent on the right%'
        "%%%s".format(["percent on the left"]) ==> '%percent on the left'
        "%d %d %d, %s %s %s, %d %d %d, %s %s %s".format([1, 2, 3, "A", "B", "C", 4, 5, 6, "D", "E", "F"]) ==> '1 2 3, A B C, 4 5 6, D E F'
        "%%escaped %s%%".format(["percent"]) ==> '%escaped percent%'
        "%.3f".format([1.2345]) ==> '1.234'
        "this is 5 in binary: %b".format([5]) ==> 'this is 5 in binary: 101'
        "unsigned 64 in binary: %b".format([uint(64)]) ==> 'unsigned 64 in binary: 1000000'
        "bit set from bool: %b".format([true]) ==> 'bit set from bool: 1'
        "%o".format([11]) ==> '13'
        "this is an unsigned octal: %o".format([uint(65535)]) ==> 'this is an unsigned octal: 177777'
        "%x is 20 in hexadecimal".format([30]) ==> '1e is 20 in hexadecimal'
        "%X is 20 in hexadecimal".format([30]) ==> '1E is 20 in hexadecimal'
        "%X is 6000 in hexadecimal".format([uint(6000)]) ==> '1770 is 6000 in hexadecimal'
        "%x".format(["Hello world!"]) ==> '48656c6c6f20776f726c6421'
        "%X".format(["Hello world!"]) ==> '48656C6C6F20776F726C6421'
        "%x".format([b"byte string"]) ==> '6279746520737472696e67'
        "%X".format([b"byte string"]) ==> '6279746520737472696E67'
        "%.6e".format([1052.032911275]) ==> '1.052033e+03'
        "%f".format([2.71828]) ==> '2.718280'
        "%e".format([2.71828]) ==> '2.718280e+00'
        "%e".format([double("NaN")]) ==> 'NaN'
        "%e".format([double("Infinity")]) ==> 'Infinity'
        "%e".format([double("-Infinity")]) ==> '-Infinity'
        "%d".format([double("NaN")]) ==> 'NaN'
        "%d".format([double("Infinity")]) ==> 'Infinity'
        "%d".format([double("-Infinity")]) ==> '-Infinity'
        "%f".format([double("NaN")]) ==> 'NaN'
        "%f".format([double("Infinity")]) ==> 'Infinity'
        "%f".format([double("-Infinity")]) ==> '-Infinity'
        "%d".format([uint(64)]) ==> '64'
        "%s".format([null]) ==> 'null'
        "%s".format([999999999999]) ==> '999999999999'
        "%s".format([b"xyz"]) ==> 'xyz'
        "%s".format([type("test string")]) ==> 'string'
        "%s".format([timestamp("2023-02-03T23:31:20+00:00")]) ==> '2023-02-03T23:31:20Z'
        "%s".format([duration("1h45m47s")]) ==> '6347s'
        "%s".format([["abc", 3.14, null, [9, 8, 7, 6], timestamp("2023-02-03T23:31:20Z")]]) ==> '[abc, 3.14, null, [9, 8, 7, 6], 2023-02-03T23:31:20Z]'
        "%s".format([{"key1": b"xyz", "key5": null, "key2": duration("2h"), "key4": true, "key3": 2.71828}]) ==> '{key1: xyz, key2: 7200s, key3: 2.71828, key4: true, key5: null}'
        "%s".format([{1: "value1", uint(2): "value2", true: double("NaN")}]) ==> '{1: value1, 2: value2, true: NaN}'
        "%s, %s".format([true, false]) ==> 'true, false'
        "%s".format([dyn("a string")]) ==> 'a string'
        "%s, %s".format([dyn(32), dyn(56.8)]) ==> '32, 56.8'
        "%d".format([dyn(128)]) ==> '128'
        "%d".format([dyn(256u)]) ==> '256'
        "%x".format([dyn(22)]) ==> '16'
        "%X".format([dyn(26)]) ==> '1A'
        "%x".format([dyn(500u)]) ==> '1f4'
        "%.3f".format([dyn(4.5)]) ==> '4.500'
        "%e".format([dyn(2.71828)]) ==> '2.718280e+00'
        "%s".format([[double("NaN"), double("Infinity"), double("-Infinity")]]) ==> '[NaN, Infinity, -Infinity]'
        "%s".format([dyn(timestamp("2009-11-10T23:00:00Z"))]) ==> '2009-11-10T23:00:00Z'
        "%s".format([dyn(duration("8747s"))]) ==> '8747s'
        "%s".format([dyn([6, 4.2, "a string"])]) ==> '[6, 4.2, a string]'
        "%s".format([{"strKey":"x", 6:duration("422s"), true:42}]) ==> '{6: 422s, strKey: x, true: 42}'
        cel.bind(s, "%s", s.format(["filler"])) ==> 'filler'
        cel.bind(s, "%d %d %d, %s %s %s, %d %d %d, %s %s %s", s.format([1, 2, 3, "A", "B", "C", 4, 5, 6, "D", "E", "F"])) ==> '1 2 3, A B C, 4 5 6, D E F'
        cel.bind(s, "%%%s%%", s.format(["text"])) ==> '%text%'
        cel.bind(s, "%.3f", s.format([1.2345])) ==> '1.234'
        cel.bind(s, "%b", s.format([5])) ==> '101'
        cel.bind(s, "%.6e", s.format([1052.032911275])) ==> '1.052033e+03'
        cel.bind(s, "%f", s.format([2.71828])) ==> '2.718280'
        "%a".format([1]) ==> !invalid_argument
        "%d %d %d".format([0, 1]) ==> !index_out_of_bounds
        "string is %b".format(["abc"]) ==> !no_such_overload
        "%d".format([duration("30m2s")]) ==> !no_such_overload
        "octal: %o".format(["a string"]) ==> !no_such_overload
        "double is %x".format([0.5]) ==> !no_such_overload
        "double is %E".format([0.5]) ==> !invalid_argument
        "null: %d".format([null]) ==> !no_such_overload
        "null: %e".format([null]) ==> !no_such_overload
        "null: %f".format([null]) ==> !no_such_overload
        "null: %x".format([null]) ==> !no_such_overload
        "null: %X".format([null]) ==> !no_such_overload
        "null: %b".format([null]) ==> !no_such_overload
        "null: %o".format([null]) ==> !no_such_overload
        "%".format([1]) ==> !invalid_argument
        "%.f".format([1.0]) ==> !invalid_argument
        "%.101f".format([1.0]) ==> !invalid_argument
        "%.99999999999999999999f".format([1.0]) ==> !invalid_argument
        "%.0f".format([2.5]) ==> '2'
        "%.0e".format([2.5]) ==> '2e+00'
        "%.20f".format([0.1]) ==> '0.10000000000000000555'
        "%f".format([1]) ==> !no_such_overload
        "%d".format([1.5]) ==> !no_such_overload
        "%x".format([-30]) ==> '-1e'
        "%d".format([-9223372036854775808]) ==> '-9223372036854775808'
        "%s".format([optional.of(1)]) ==> !no_such_overload
        "%s".format([old]) ==> !no_such_overload
        "%s".format([doc.posting_date]) ==> '2026-03-01'
        "%s".format(1) ==> !no_such_overload
        1.format([1]) ==> !no_such_overload
        "%s %.2f %f".format([doc.grand_total, doc.grand_total, doc.rate]) ==> '12500.5 12500.50 0.100000'
        "%.1f|%.0f|%.2f".format([decimal('0.25'), decimal('2.5'), decimal('-0.005')]) ==> '0.3|3|-0.01'
        "%.25f".format([decimal('0.1')]) ==> '0.1000000000000000000000000'
        "%e|%.2e|%.0e".format([decimal('12500.5'), decimal('-0.00123456'), decimal('99')]) ==> '1.250050e+04|-1.23e-03|1e+02'
        "%.2e|%.3e|%.1e".format([decimal('0'), decimal('9.9996'), decimal('123456789012345678901234567890')]) ==> '0.00e+00|1.000e+01|1.2e+29'
        "%d".format([doc.grand_total]) ==> !no_such_overload
        '©αT'.charAt(0) == '©' && '©αT'.charAt(1) == 'α' && '©αT'.charAt(2) == 'T' ==> true
        'tacocat'.indexOf('', 3) == 3 ==> true
        'tacocat'.indexOf('at', 3) == 5 ==> true
        'ta©o©αT'.indexOf('©', 3) == 4 ==> true
        'ta©o©αT'.indexOf('©αT', 3) == 4 ==> true
        'ta©o©αT'.indexOf('©α', 5) == -1 ==> true
        'ijk'.indexOf('k') == 2 ==> true
        'hello wello'.indexOf('hello wello') == 0 ==> true
        'hello wello'.indexOf('ello', 6) == 7 ==> true
        'hello wello'.indexOf('elbo room!!') == -1 ==> true
        ''.lastIndexOf('@@') == -1 ==> true
        'tacocat'.lastIndexOf('', 3) == 3 ==> true
        'tacocat'.lastIndexOf('a', 3) == 1 ==> true
        'ta©o©αT'.lastIndexOf('©') == 4 ==> true
        'ta©o©αT'.lastIndexOf('©', 3) == 2 ==> true
        'ta©o©αT'.lastIndexOf('©α', 4) == 4 ==> true
        'hello wello'.lastIndexOf('ello', 6) == 1 ==> true
        'hello wello'.lastIndexOf('low') == -1 ==> true
        'hello wello'.lastIndexOf('elbo room!!') == -1 ==> true
        'hello wello'.lastIndexOf('hello wello') == 0 ==> true
        'bananananana'.lastIndexOf('nana', 7) == 6 ==> true
        'tacocat'.lastIndexOf('a', -1) == -1 ==> !index_out_of_bounds
        'tacocat'.lastIndexOf('a', 30) == -1 ==> !index_out_of_bounds
        '{0} days {0} hours'.replace('{0}', '2', 1).replace('{0}', '23') == '2 days 23 hours' ==> true
        '1 ©αT taco'.replace('αT', 'o©α') == '1 ©o©α taco' ==> true
        'tacocat'.substring(4, 4) == '' ==> true
        'ta©o©αT'.substring(7, 7) == '' ==> true
        'tacocat'.substring(-1) == 'cat' ==> !index_out_of_bounds
        'tacocat'.substring(1, 50) == 'cat' ==> !index_out_of_bounds
        ' \f\n\r\t\vtext  '.trim() == 'text' ==> true
        'text\u2000\u2001\u2002\u2003\u2004\u2004\u2006\u2007\u2008\u2009'.trim() == 'text' ==> true
        '\u200atext\u2028\u2029\u202F\u205F\u3000'.trim() == 'text' ==> true
        '\u180etext\u200b\u200c\u200d\u2060\ufeff'.trim() == '\u180etext\u200b\u200c\u200d\u2060\ufeff' ==> true
        """#
}
