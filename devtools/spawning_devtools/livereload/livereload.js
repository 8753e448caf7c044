// Refreshes this page when what it shows has changed, and says why new code does not start.
// One question at a time waits at the server, and none while nobody looks at the page.
(() => {
  "use strict";
  const script = document.currentScript;
  const mark = Symbol.for("spawning.livereload");
  if (!script || window !== window.top || window[mark]) return;
  window[mark] = true;

  const own = new URL(script.src);
  const question = new URL("livereload", own);
  const wasPosted = own.searchParams.has("posted"); // a reload would post it again
  const KEY = "spawning.livereload";
  const ATTEMPTS = 3; // for one version: a cache may go on giving us the old page
  const STAYED = 15000; // a page that is still here after so long was not left
  const PAUSES = [250, 500, 1000, 2000, 4000, 8000];

  let seen = Number(own.searchParams.get("seen"));
  let isFirst = true;
  let isAsking = false;
  let isLeaving = false;
  let hasGivenUp = false;
  let opensEditor = false; // which a browser takes for leaving the page
  let asking = new AbortController();

  // ---------------------------------------------------------------- questions

  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  const may = () => document.visibilityState === "visible" && !isLeaving && !hasGivenUp;

  async function listen() {
    if (isAsking) return;
    isAsking = true;
    let failures = 0;
    while (may()) {
      const news = await ask();
      if (news) take(news);
      else if (may()) await wait(PAUSES[Math.min(failures, PAUSES.length - 1)]);
      failures = news ? 0 : failures + 1;
    }
    isAsking = false;
  }

  async function ask() {
    asking = new AbortController();
    question.search = `?seen=${seen}${isFirst ? "&first" : ""}`;
    try {
      const answer = await fetch(question, { cache: "no-store", signal: asking.signal });
      if (answer.ok) return await answer.json();
      hasGivenUp = answer.status < 500; // which may be a proxy's, while the server is started anew
    } catch {
      // The server is not there, or we have hung up ourselves.
    }
    return null;
  }

  function take(news) {
    // A question that has waited long is answered though nothing is new: what was hidden stays so.
    const isNew = isFirst || news.version !== seen;
    isFirst = false;
    seen = news.version;
    if (news.reload || (news.styles.length && !restyle(news.styles))) refresh();
    else if (isNew) show(news.failure);
  }

  document.addEventListener("visibilitychange", () => {
    if (may()) listen();
    else asking.abort();
  });
  // Whoever follows a link or presses F5 is on the way already: a refresh would call them back.
  addEventListener("beforeunload", () => {
    if (!opensEditor) leave();
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) stay();
  });
  document.addEventListener("securitypolicyviolation", (event) => {
    if (event.blockedURI.startsWith(question.origin + question.pathname)) hasGivenUp = true;
  });

  function leave() {
    isLeaving = true;
    asking.abort();
    setTimeout(stay, STAYED); // it was a download, or the user chose to stay
  }

  function stay() {
    isLeaving = false;
    listen();
  }

  // ---------------------------------------------------------------- refreshing

  function refresh() {
    if (wasPosted) return offer();
    if (attempts() >= ATTEMPTS) return;
    leave();
    location.reload();
  }

  function attempts() {
    try {
      const before = JSON.parse(sessionStorage.getItem(KEY));
      const isSame = before?.href === location.href && before.version === seen;
      const made = isSame ? before.made : 0;
      const now = { href: location.href, version: seen, made: made + 1 };
      sessionStorage.setItem(KEY, JSON.stringify(now));
      return made;
    } catch {
      return 0; // no storage here
    }
  }

  function restyle(names) {
    const links = [...document.querySelectorAll('link[rel~="stylesheet"][href]')];
    const named = (name) => links.filter((link) => nameOf(link) === name && !link.integrity);
    if (!names.every((name) => named(name).length)) return false;
    for (const link of new Set(names.flatMap(named))) {
      const fresh = link.cloneNode();
      const address = new URL(link.href);
      address.searchParams.set("spawning", seen);
      fresh.href = address;
      fresh.onload = fresh.onerror = () => link.remove(); // no moment without styles
      link.after(fresh);
    }
    return true;
  }

  function nameOf(link) {
    const address = new URL(link.href);
    return address.origin === location.origin ? address.pathname.split("/").pop() : "";
  }

  // ---------------------------------------------------------------- what is shown over the page

  let host = null;

  function show(failure) {
    if (!failure) return hide();
    const title = [failure.type, failure.message].filter(Boolean).join(": ");
    const excerpt = failure.source.length
      ? [make("pre", { className: "source" }, ...failure.source.map((line) => sourceLine(line, failure)))]
      : [];
    const frames = failure.frames.map((frame) =>
      make("li", {}, link(frame), frame.function && ` in ${frame.function}`, make("code", { textContent: frame.source })),
    );
    lay(
      "The new code does not start",
      make("h1", { textContent: title }),
      ...(failure.place ? [make("p", { className: "place" }, link(failure))] : []),
      ...excerpt,
      ...(frames.length ? [make("ol", {}, ...frames)] : []),
      make("footer", { textContent: "Old code goes on serving. This goes away with the next good save; Esc hides it." }),
    );
  }

  function sourceLine(line, failure) {
    const row = make("div", { className: line.meant ? "line meant" : "line" });
    row.append(make("span", { className: "number", textContent: line.line }));
    const at = line.meant && failure.column ? failure.column - 1 : -1;
    if (at < 0 || at >= line.text.length) row.append(line.text || "\n");
    else row.append(line.text.slice(0, at), make("mark", { textContent: line.text.slice(at, at + 1) }), line.text.slice(at + 1));
    return row;
  }

  function offer() {
    const again = make("button", { textContent: "Send it again", className: "again" });
    again.onclick = () => location.reload();
    lay(
      "New code serves",
      make("p", { textContent: "This page answers a form, so it was not refreshed by itself." }),
      again,
    );
    host.className = "aside"; // there is nothing to mend
  }

  function link({ place, editor }) {
    if (!editor) return make("span", { textContent: place });
    const element = make("a", { href: editor, textContent: place });
    element.onclick = () => {
      opensEditor = true;
      setTimeout(() => (opensEditor = false), 1000);
    };
    return element;
  }

  function make(name, properties, ...children) {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  }

  function lay(label, ...content) {
    hide();
    host = make("spawning-livereload", { popover: "manual" });
    const close = make("button", { textContent: "\u00d7", title: "Hide (Esc)", ariaLabel: "Hide", className: "close" });
    close.onclick = hide;
    const panel = make("section", {}, make("header", {}, make("span", { textContent: label }), close), ...content);
    panel.setAttribute("role", "alert");
    const shadow = host.attachShadow({ mode: "open" });
    // Not an element: a policy that forbids styles in the page does not mean these.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    shadow.adoptedStyleSheets = [sheet];
    shadow.append(panel);
    document.documentElement.append(host);
    host.showPopover?.(); // above all that the page has on top
    addEventListener("keydown", onKey, true);
  }

  function hide() {
    host?.remove();
    host = null;
    removeEventListener("keydown", onKey, true);
  }

  function onKey(event) {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    hide();
  }

  const STYLE = `
    :host { all: initial; position: fixed; inset: 0; z-index: 2147483647; width: 100%; height: 100%;
      margin: 0; padding: 0; border: 0; background: rgb(0 0 0 / 45%); overflow: auto;
      color-scheme: light dark; display: block; box-sizing: border-box;
      --paper: #fff; --ink: #1c1e21; --quiet: #5c6370; --line: #dfe2e6; --shade: #f5f6f8;
      --alarm: #b3261e; --meant: #fdecea; --mark: #f3b4ae; --link: #0b5cad; }
    @media (prefers-color-scheme: dark) { :host { --paper: #1d1f23; --ink: #e8eaed; --quiet: #a2a9b4;
      --line: #383c43; --shade: #26292e; --alarm: #ff8a80; --meant: #45262a; --mark: #8c3a3a;
      --link: #8ab8ff; } }
    :host(.aside) { inset: auto 1rem 1rem auto; width: auto; height: auto; max-width: calc(100% - 2rem);
      background: none; overflow: visible; --alarm: var(--link); }
    :host(.aside) section { margin: 0; min-height: 0; border-radius: 10px; }
    section { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
      max-width: 60rem; margin: min(6vh, 3rem) auto; padding: 0 1.5rem 1.25rem; border-radius: 10px;
      border-top: 5px solid var(--alarm); box-shadow: 0 12px 48px rgb(0 0 0 / 35%); box-sizing: border-box; }
    header { display: flex; justify-content: space-between; align-items: center; color: var(--alarm);
      font-weight: 600; padding-top: .75rem; }
    h1 { font-size: 1.3rem; line-height: 1.35; margin: .25rem 0 .75rem; overflow-wrap: anywhere;
      white-space: pre-wrap; }
    .place { margin: 0 0 .5rem; }
    a, .place, code, .source { font-family: ui-monospace, monospace; font-size: .9em; }
    a { color: var(--link); overflow-wrap: anywhere; text-underline-offset: .2em; }
    .source { background: var(--shade); border: 1px solid var(--line); border-radius: 6px;
      margin: 0 0 1rem; padding: .5rem 0; overflow-x: auto; line-height: 1.55; tab-size: 4; }
    .line { padding-right: 1rem; width: max-content; min-width: 100%; box-sizing: border-box; }
    .meant { background: var(--meant); }
    .number { display: inline-block; width: 3.5em; padding-right: 1em; box-sizing: border-box;
      text-align: right; color: var(--quiet); user-select: none; }
    .meant .number { color: var(--alarm); font-weight: 700; }
    mark { background: var(--mark); color: inherit; border-radius: 2px; }
    ol { margin: 0 0 1rem; padding: 0; list-style: none; border-top: 1px solid var(--line); }
    li { padding: .4rem 0; border-bottom: 1px solid var(--line); }
    code { display: block; color: var(--quiet); white-space: pre-wrap; overflow-wrap: anywhere; }
    footer { color: var(--quiet); font-size: .9em; }
    button { font: inherit; color: inherit; cursor: pointer; border: 1px solid var(--line);
      background: var(--shade); border-radius: 6px; padding: .3rem .9rem; }
    .close { border: 0; background: none; font-size: 1.5rem; line-height: 1; padding: .25rem .5rem;
      margin-right: -.5rem; color: var(--quiet); }
    :focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
    @media (max-width: 40rem) { section { margin: 0; border-radius: 0; min-height: 100%;
      padding: 0 1rem 1rem; } h1 { font-size: 1.15rem; } }
  `;

  listen();
})();
