import Tenancy
import Testing

@Suite struct ParentPathTests {
    @Test(arguments: [
        ("d", ""), ("", ""), ("/", "/"), ("/d", "/"), ("d/n", "d"), ("d/n/", "d"), ("/d/n", "/d"), ("d//n", "d"),
        ("//n", "/"), ("data/northwind", "data"), ("../d", ".."), ("./d", "."),
    ])
    func `a path of any length has a folder`(path: String, folder: String) {
        #expect(path.parentPath == folder)
    }
}
