import Expressions
import Testing
import Values

@Suite struct DecimalTests {
    static let cases = Case.table(
        #"""
        doc.grand_total ==> 12500.5d
        type(doc.grand_total) ==> type decimal
        doc.grand_total > 10000 ==> true
        doc.grand_total > 10000u ==> true
        doc.grand_total == 12500.5 ==> true
        doc.grand_total == 12500.50 ==> true
        doc.grand_total < 12500.51 ==> true
        doc.rate == 0.1 ==> true
        doc.rate * 3 == 0.3 ==> true
        doc.rate * 3 ==> 0.3d
        doc.rate * 1.19 ==> 0.119d
        1.19 * doc.rate ==> 0.119d
        doc.rate + 0.2 ==> 0.3d
        doc.rate - 1 ==> -0.9d
        1 - doc.rate ==> 0.9d
        -doc.rate ==> -0.1d
        doc.rate * (1.0 + 0.19) ==> 0.119d
        doc.rate * -0.5 ==> -0.05d
        doc.rate * (doc.qty > 2 ? 0.5 : 0.25) ==> 0.05d
        doc.rate in [0.2, 0.1] ==> true
        [0.2, 0.1].exists(r, r == doc.rate) ==> true
        doc.rate * double(2) ==> !no_such_overload
        doc.rate == double(2) ==> !no_such_overload
        doc.rate < 0.3 / 2.0 ==> !no_such_overload
        doc.grand_total / 3 ==> 4166.833333333d
        decimal(1) / 3 ==> 0.333333333d
        decimal(2) / 3 ==> 0.666666667d
        decimal('0.000000001') / 2 ==> 0d
        decimal('0.000000003') / 2 ==> 0.000000002d
        decimal('-0.000000003') / 2 ==> -0.000000002d
        doc.rate / 0 ==> !divide_by_zero
        doc.rate % 0 ==> !modulus_by_zero
        decimal('7.5') % 2 ==> 1.5d
        decimal('-7.5') % 2 ==> -1.5d
        decimal('1e30') * decimal('1e30') ==> !overflow
        decimal('123.450') ==> 123.45d
        decimal('abc') ==> !invalid_argument
        decimal('1e99') ==> !range_error
        decimal(double('0.1')) ==> 0.1d
        decimal(true) ==> !no_such_overload
        int(doc.grand_total) ==> 12500
        int(decimal('-1.9')) ==> -1
        uint(decimal('-1')) ==> !range_error
        double(doc.rate) ==> 0.1
        string(doc.grand_total) ==> '12500.5'
        math.round(doc.grand_total / 7, 2) ==> 1785.79d
        math.round(decimal('2.5')) ==> 3d
        math.floor(decimal('-2.5')) ==> -3d
        math.abs(decimal('-2.5')) ==> 2.5d
        math.greatest(doc.rate, 0.2, 0) ==> 0.2
        math.greatest(doc.rate, 0) ==> 0.1d
        {1: 'one'}[decimal('1.00')] ==> 'one'
        doc.items.map(i, i.qty * i.rate) ==> [19.98d, 0d]
        doc.items.filter(i, i.rate >= 100)[0].item ==> 'Y'
        doc.qty ==> 3
        doc.qty * 0.5 ==> !no_such_overload
        decimal(doc.qty) * 0.5 ==> 1.5d
        """#)

    @Test(arguments: cases)
    func `decimals are exact and never become binary unseen`(example: Case) {
        #expect(cel(example.source) == example.expected)
    }
}
