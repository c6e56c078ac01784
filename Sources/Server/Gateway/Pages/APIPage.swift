internal import HTTPTypes
internal import Identity
internal import Values

/// `/api/docs`: the description of the API to read and to try, drawn in the browser from `/openapi.json`. What is sent from it
/// is sent as whoever is signed in.
enum APIPage {
    static func reply(siteTitle: String) -> Reply {
        var reply = Reply(content: .none, body: Array(page(siteTitle).source.utf8))
        reply.headers = [
            (.contentType, "text/html; charset=utf-8"), (.cacheControl, "no-store"), (.xContentTypeOptions, "nosniff"),
            (.contentSecurityPolicy, securityPolicy),
        ]
        return reply
    }

    private static func page(_ siteTitle: String) -> HTML {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>API · \(siteTitle)</title>
        <link rel="icon" href="data:,">
        <style>\(PageFrame.style)</style>
        <style>\(style)</style>
        </head>
        <body>
        <a class="skip" href="#content">Skip to the content</a>
        <header class="banner"><a class="brand" href="/">\(siteTitle)</a><a href="/openapi.json">openapi.json</a></header>
        <main id="content" tabindex="-1">
        <h1>API</h1>
        <p class="lead" id="about">Reading the description.</p>
        <p><label for="find">Find by path, method or sentence</label>
        <input id="find" type="search" autocomplete="off"> <span id="count" role="status"></span></p>
        <div id="operations"></div>
        <noscript><p class="note">This page needs scripts. The description itself is at <a href="/openapi.json">/openapi.json</a>.</p></noscript>
        </main>
        <script>\(script)</script>
        </body>
        </html>

        """
    }

    /// The page's own style and script, and requests to this site.
    private static let securityPolicy =
        "default-src 'none'; style-src \(hash(PageFrame.style)) \(hash(style)); script-src \(hash(script)); "
        + "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    private static func hash(_ text: HTML) -> String { "'sha256-\(Base64.text(Secret.digest(text.source)))'" }

    private static let style: HTML = """
        main{max-width:1100px;margin:0 auto}#find{width:min(420px,100%)}\
        details.op{background:var(--paper);border:1px solid var(--line);border-radius:8px;margin:0 0 6px}\
        details.op>summary{cursor:pointer;padding:7px 12px;display:flex;gap:10px;flex-wrap:wrap;align-items:baseline}\
        details.op>div{padding:4px 14px 14px;border-top:1px solid var(--line)}\
        .verb{font:600 12px/1.6 ui-monospace,monospace;min-width:58px;text-transform:uppercase}\
        code,pre,textarea{font:13px/1.45 ui-monospace,SFMono-Regular,Menlo,monospace}\
        pre{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--back);padding:10px;border-radius:6px;max-height:420px;overflow:auto}\
        textarea{width:100%;min-height:110px;color:inherit;background:var(--paper);border:1px solid var(--soft);border-radius:6px;padding:8px}\
        .params{display:grid;grid-template-columns:repeat(auto-fill,minmax(240px,1fr));gap:10px;margin:8px 0}\
        .params input{width:100%}
        """

    private static let script = HTML(
        stringLiteral: #"""
            "use strict";
            (function () {
              const $ = (id) => document.getElementById(id);
              function make(tag, text, attributes) {
                const element = document.createElement(tag);
                if (text !== undefined && text !== null) element.textContent = text;
                for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, value);
                return element;
              }
              let api = null;
              let ids = 0;
              // Follows a reference; one that leads in a circle ends where it comes again.
              function resolve(json, seen) {
                seen = seen || [];
                if (!json || typeof json !== "object" || !json.$ref) return json || {};
                if (seen.includes(json.$ref)) return {};
                const found = json.$ref.slice(2).split("/").reduce((at, key) => at && at[key], api);
                return resolve(found, seen.concat(json.$ref));
              }
              // An example of what a schema asks for.
              function example(schema, depth) {
                const one = resolve(schema);
                if (one.const !== undefined) return one.const;
                if (one.default !== undefined) return one.default;
                if (one.enum) return one.enum[0];
                const type = Array.isArray(one.type) ? one.type[0] : one.type;
                if (one.properties && depth < 3) {
                  const result = {};
                  const asked = one.required && one.required.length ? one.required : Object.keys(one.properties).slice(0, 6);
                  for (const key of asked) {
                    const part = resolve(one.properties[key]);
                    if (!part.readOnly) result[key] = example(part, depth + 1);
                  }
                  return result;
                }
                if (type === "array") return depth < 3 && one.items ? [example(one.items, depth + 1)] : [];
                if (type === "object") return {};
                if (type === "integer" || type === "number") return 0;
                if (type === "boolean") return false;
                return "";
              }
              function field(parent, label, value, isRequired) {
                const id = "f" + (ids += 1);
                const box = make("div");
                box.append(make("label", label + (isRequired ? " (required)" : ""), { for: id }));
                const input = make("input", null, { id: id, autocomplete: "off" });
                input.value = value || "";
                box.append(input);
                parent.append(box);
                return input;
              }
              function show(into, path, verb, operation, shared) {
                const parameters = shared.concat(operation.parameters || []).map((one) => resolve(one));
                if (operation.description) into.append(make("p", operation.description));
                const grid = make("div", null, { class: "params" });
                const inputs = parameters.map((one) => {
                  const input = field(grid, one.name + " · " + one.in, "", one.required);
                  if (one.description) {
                    const id = "d" + (ids += 1);
                    input.setAttribute("aria-describedby", id);
                    input.parentNode.append(make("small", one.description, { id: id }));
                  }
                  return { one: one, input: input };
                });
                if (inputs.length) into.append(grid);
                let body = null;
                const content = operation.requestBody && operation.requestBody.content;
                if (content && content["application/json"]) {
                  const id = "b" + (ids += 1);
                  into.append(make("label", "Body, as JSON", { for: id }));
                  body = make("textarea", null, { id: id, spellcheck: "false" });
                  body.value = JSON.stringify(example(content["application/json"].schema, 0), null, 2);
                  into.append(body);
                }
                const row = make("p");
                const send = make("button", "Send", { type: "button" });
                row.append(send);
                into.append(row);
                const answer = make("div", null, { "aria-live": "polite" });
                into.append(answer);
                const list = make("ul");
                for (const [status, one] of Object.entries(operation.responses || {})) {
                  list.append(make("li", status + ": " + (resolve(one).description || "")));
                }
                into.append(make("h3", "Answers"), list);
                send.addEventListener("click", async () => {
                  let target = path;
                  const query = new URLSearchParams();
                  const headers = {};
                  for (const { one, input } of inputs) {
                    const value = input.value;
                    if (one.in === "path") target = target.replace("{" + one.name + "}", encodeURIComponent(value));
                    else if (value === "") continue;
                    else if (one.in === "header") headers[one.name] = value;
                    else query.append(one.name, value);
                  }
                  if (query.size) target += "?" + query;
                  const options = { method: verb.toUpperCase(), headers: headers, credentials: "same-origin" };
                  if (body) {
                    headers["Content-Type"] = "application/json";
                    options.body = body.value;
                  }
                  answer.replaceChildren(make("p", "Waiting for the answer."));
                  try {
                    const response = await fetch(target, options);
                    let text = (await response.text()).slice(0, 200000);
                    try { text = JSON.stringify(JSON.parse(text), null, 2); } catch (error) { /* No JSON: shown as it is. */ }
                    answer.replaceChildren(
                      make("p", options.method + " " + target + " → " + response.status), make("pre", text, { tabindex: "0" }));
                  } catch (error) {
                    answer.replaceChildren(make("p", "The request was not sent: " + error.message, { role: "alert" }));
                  }
                });
              }
              function draw() {
                const words = $("find").value.toLowerCase().split(/\s+/).filter(Boolean);
                const groups = new Map();
                let count = 0;
                for (const [path, item] of Object.entries(api.paths)) {
                  const shared = item.parameters || [];
                  for (const [verb, operation] of Object.entries(item)) {
                    if (verb === "parameters") continue;
                    const text = (verb + " " + path + " " + decodeURIComponent(path) + " " + operation.summary).toLowerCase();
                    if (!words.every((word) => text.includes(word))) continue;
                    const tag = (operation.tags || ["Other"])[0];
                    if (!groups.has(tag)) groups.set(tag, []);
                    groups.get(tag).push([path, verb, operation, shared]);
                    count += 1;
                  }
                }
                const all = $("operations");
                all.replaceChildren();
                for (const [tag, found] of groups) {
                  all.append(make("h2", tag));
                  for (const [path, verb, operation, shared] of found) {
                    const details = make("details", null, { class: "op" });
                    const summary = make("summary");
                    summary.append(make("span", verb, { class: "verb" }), make("code", decodeURIComponent(path)));
                    summary.append(make("span", operation.summary));
                    details.append(summary);
                    details.addEventListener("toggle", () => {
                      if (!details.open || details.childElementCount > 1) return;
                      const inside = make("div");
                      show(inside, path, verb, operation, shared);
                      details.append(inside);
                    });
                    all.append(details);
                  }
                }
                $("count").textContent = count + " operations";
              }
              fetch("/openapi.json", { credentials: "same-origin" }).then((answer) => answer.json()).then((json) => {
                api = json;
                $("about").textContent = json.info.description;
                draw();
                $("find").addEventListener("input", draw);
              }).catch((error) => { $("about").textContent = "The description could not be read: " + error.message; });
            })();
            """#)
}
