internal import Identity
internal import Values

/// What all pages have in common: the frame around their content.
struct PageFrame: Sendable {
    let siteTitle: String
    /// Who is signed in, and the token of the session's forms.
    let user: (name: String, token: String)?
    /// The groups of the navigation: a heading and what it leads to.
    let navigation: [Group]

    struct Group: Sendable {
        let title: String
        let links: [Link]
    }

    struct Link: Sendable {
        let title: String
        let path: String
    }

    /// The whole page. `current` is the path to be marked in the navigation.
    func page(_ title: String, current: String = "", _ content: HTML) -> HTML {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(title) · \(siteTitle)</title>
        <link rel="icon" href="data:,">
        <style>\(Self.style)</style>
        </head>
        <body>
        <a class="skip" href="#content">Skip to the content</a>
        \(banner)
        <div class="frame\(user == nil ? " narrow" : "" as HTML)">
        \(sidebar(current))
        <main id="content" tabindex="-1">
        \(content)
        </main>
        </div>
        </body>
        </html>

        """
    }

    private var banner: HTML {
        guard let user else {
            return "<header class=\"banner\"><a class=\"brand\" href=\"/\">\(siteTitle)</a></header>"
        }
        return """
            <header class="banner">
            <a class="brand" href="/">\(siteTitle)</a>
            <form method="post" action="/logout">
            <input type="hidden" name="csrf_token" value="\(user.token)">
            <span class="who">\(user.name)</span>
            <button class="quiet">Sign out</button>
            </form>
            </header>
            """
    }

    private func sidebar(_ current: String) -> HTML {
        guard !navigation.isEmpty else { return "" }
        let groups = navigation.map { group -> HTML in
            let isOpen = group.links.contains { $0.path == current }
            let links = group.links.map { link -> HTML in
                let mark: HTML = link.path == current ? " aria-current=\"page\"" : ""
                return "<li><a href=\"\(link.path)\"\(mark)>\(link.title)</a></li>"
            }
            return """
                <details\(isOpen ? " open" : "" as HTML)><summary>\(group.title)</summary><ul>\(HTML(links))</ul></details>
                """
        }
        return "<nav class=\"modules\" aria-label=\"Modules\">\(HTML(groups))</nav>"
    }

    /// Nothing but this page's own style sheet, and forms to this site.
    static let securityPolicy =
        "default-src 'none'; style-src 'sha256-\(Base64.text(Secret.digest(style.source)))='; img-src data:; "
        + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

    static let style: HTML = """
        :root{color-scheme:light dark;--ink:#1b1f24;--soft:#57606a;--line:#d8dee4;--paper:#fff;--back:#f6f8fa;--accent:#0b57d0;\
        --on-accent:#fff;--good:#116329;--good-back:#dafbe1;--warn:#7d4e00;--warn-back:#fff1c2;--bad:#a40e26;--bad-back:#ffebe9}\
        @media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9da7b1;--line:#30363d;--paper:#161b22;--back:#0d1117;\
        --accent:#79b0ff;--on-accent:#0d1117;--good:#7ee2a8;--good-back:#12361f;--warn:#f2cc60;--warn-back:#3b2e00;\
        --bad:#ff9d96;--bad-back:#4a1216}}\
        *{box-sizing:border-box}\
        body{margin:0;background:var(--back);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}\
        a{color:var(--accent);text-decoration:none}a:hover{text-decoration:underline}\
        :focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:4px}\
        main:focus{outline:none}\
        .skip{position:absolute;left:-999px;top:0;padding:8px 16px;background:var(--accent);color:var(--on-accent);z-index:2}\
        .skip:focus{left:8px;top:8px}\
        .banner{display:flex;justify-content:space-between;align-items:center;gap:16px;padding:10px 24px;background:var(--paper);\
        border-bottom:1px solid var(--line)}\
        .banner form{display:flex;align-items:center;gap:12px;margin:0}\
        .brand{font-weight:650;font-size:17px;color:var(--ink)}.who{color:var(--soft)}\
        .frame{display:grid;grid-template-columns:230px minmax(0,1fr);max-width:1500px;margin:0 auto}\
        .frame.narrow{display:block;max-width:400px}\
        .modules{padding:20px 8px 40px 24px}.modules ul{list-style:none;margin:2px 0 10px;padding:0}\
        .modules summary{cursor:pointer;font-weight:600;padding:4px 8px;border-radius:6px}\
        .modules li a{display:block;padding:3px 8px 3px 22px;border-radius:6px;color:var(--ink)}\
        .modules li a:hover{background:var(--line);text-decoration:none}\
        .modules li a[aria-current]{background:var(--accent);color:var(--on-accent)}\
        main{padding:20px 24px 60px;min-width:0}\
        h1{font-size:24px;line-height:1.25;margin:0 0 4px;overflow-wrap:anywhere}h2{font-size:17px;margin:28px 0 10px}\
        .lead{color:var(--soft);margin:0 0 18px}\
        .crumbs{color:var(--soft);margin:0 0 6px;font-size:14px}\
        .card{background:var(--paper);border:1px solid var(--line);border-radius:10px;padding:16px;margin:0 0 16px}\
        .cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(260px,1fr));gap:16px}\
        .cards .card{margin:0}.cards h2{margin:0 0 8px}.cards ul{list-style:none;margin:0;padding:0}\
        .cards li{display:flex;justify-content:space-between;gap:8px;padding:2px 0}.count{color:var(--soft);font-variant-numeric:tabular-nums}\
        .cards h3{font-size:13px;color:var(--soft);margin:10px 0 2px;font-weight:600}\
        .scroll{overflow-x:auto;background:var(--paper);border:1px solid var(--line);border-radius:10px}\
        table{border-collapse:collapse;width:100%;font-size:14px}caption{text-align:left;padding:8px 12px;color:var(--soft)}\
        th,td{text-align:left;padding:7px 12px;border-bottom:1px solid var(--line);vertical-align:top}\
        tbody tr:last-child td,tbody tr:last-child th{border-bottom:0}tbody tr:hover{background:var(--back)}\
        thead th{font-weight:600;color:var(--soft);white-space:nowrap}thead th a{color:inherit}\
        th[scope=row]{font-weight:500;min-width:185px}th.no{min-width:0}.time{white-space:nowrap}.num{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}\
        .no{width:1%}td.first{min-width:220px}.scroll+.card{margin-top:16px}\
        .i1{padding-left:28px}.i2{padding-left:44px}.i3{padding-left:60px}.i4{padding-left:76px}.i5{padding-left:92px}\
        .strong td,.strong th{font-weight:650}\
        .tag{display:inline-block;padding:1px 9px;border-radius:99px;font-size:13px;background:var(--line);white-space:nowrap}\
        .tag.good{background:var(--good-back);color:var(--good)}.tag.warn{background:var(--warn-back);color:var(--warn)}\
        .tag.bad{background:var(--bad-back);color:var(--bad)}\
        dl.fields{display:grid;grid-template-columns:repeat(auto-fill,minmax(220px,1fr));gap:12px 24px;margin:0}\
        dl.fields dt{color:var(--soft);font-size:13px}dl.fields dd{margin:0;overflow-wrap:anywhere;white-space:pre-line}\
        form.filters{display:flex;flex-wrap:wrap;gap:12px;align-items:flex-end;margin:0 0 14px}\
        label{display:block;font-size:13px;color:var(--soft)}\
        input,select{font:inherit;color:inherit;background:var(--paper);border:1px solid var(--soft);border-radius:6px;padding:0 9px;\
        height:36px;min-width:0;width:170px}\
        .narrow input{width:100%;margin-bottom:14px}\
        button{font:inherit;font-weight:600;background:var(--accent);color:var(--on-accent);border:1px solid var(--accent);\
        border-radius:6px;padding:6px 14px;cursor:pointer;white-space:nowrap}\
        button.quiet{background:transparent;color:var(--ink);border-color:var(--soft);font-weight:500}\
        .actions{display:flex;flex-wrap:wrap;gap:8px;margin:12px 0 18px}.actions form{margin:0}\
        .pages{display:flex;gap:16px;align-items:center;margin:14px 0;color:var(--soft)}\
        .note{border-left:4px solid var(--accent);padding:10px 14px;background:var(--paper);border-radius:6px;margin:0 0 16px}\
        .note.bad{border-color:var(--bad)}\
        .figures{display:flex;flex-wrap:wrap;gap:16px;margin:0 0 16px}.figures .card{margin:0;min-width:160px}\
        .figures b{display:block;font-size:20px;font-variant-numeric:tabular-nums}\
        .links{display:flex;flex-wrap:wrap;gap:8px;list-style:none;margin:0;padding:0}\
        .links a{display:inline-block;padding:4px 12px;border:1px solid var(--line);border-radius:99px;background:var(--paper)}\
        .hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}\
        @media (max-width:800px){.frame{display:block}.modules{padding:12px 24px 0}main{padding:16px}}\
        @media print{.modules,.banner,.filters,.actions,.pages{display:none}.frame{display:block}}
        """
}
