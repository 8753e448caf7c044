
const LAST = "spawning.coverage.index", MANY = 200;
// What a column shows first when it is chosen; all others show the most first.
const UPWARDS = ["name", "percent"];
const SHOWN = {
  "": () => true,
  requests: file => file.requests > 0,
  imports: file => !file.pending && file.requests === 0,
  missing: file => !file.pending && (file.missing > 0 || file.partial > 0),
  never: file => !file.pending && file.statements > 0 && file.requests + file.imports === 0,
};
const entries = new Map();
const asked = fromAddress();
let state = null, order = [], isHeld = false;

const follower = new Follower(known => BASE + "/live.json?" + new URLSearchParams(known), take);
const controls = new Controls(follower);

// ---------------------------------------------------------------- what is new

function take(told) {
  const isOther = told.whole || !state || told.epoch !== state.epoch;
  const gone = new Set(told.gone);
  if (told.whole) {
    const there = new Set(told.files.map(file => file.path));
    for (const path of entries.keys()) if (!there.has(path)) gone.add(path);
  }
  for (const path of gone) entries.delete(path);
  const fresh = [];
  state = told;
  document.body.classList.toggle("no-branches", !told.branch);
  for (const file of told.files) {
    const entry = entries.get(file.path) || newEntry(file), before = entry.file;
    entry.file = file;
    renderRow(entry);
    // A first analysis tells nothing that has just happened.
    const hasRun = before && !before.pending && !file.pending
      && (file.requests !== before.requests || file.imports !== before.imports || file.partial !== before.partial);
    if (hasRun && !isOther) fresh.push(entry.row);
  }
  renderHead();
  if (told.files.length || gone.size || told.whole) arrange(told.whole);
  if (fresh.length < MANY) flash(fresh, "--flash");
}

// ---------------------------------------------------------------- the whole

function renderHead() {
  const totals = state.totals, isKnown = totals.statements > 0, share = percent(totals.percent);
  put($("app"), state.app ? "of " + state.app : "");
  put($("percent"), isKnown ? share + " %" : totals.pending ? "…" : "–");
  $("state").className = "dot " + (state.paused ? "warn" : "good");
  put($("sentence"), sentence(totals));
  spectrum($("spectrum"), totals);
  for (const name of ["requests", "imports", "missing"]) {
    const part = totals.statements ? 100 * totals[name] / totals.statements : 0;
    amount($(name), totals[name], isKnown ? percent(part) + " %" : "");
  }
  $("branches").hidden = !state.branch;
  amount($("partial"), totals.partial, "of " + number(totals.branches));
  renderFacts(totals);
  controls.take(state);
  document.title = (isKnown ? $("percent").textContent + " – " : "") + "Coverage" + (state.app ? " – " + state.app : "");
  put($("who"), "coverage.py " + state.coverage + ", Python " + state.python);
  icon(isKnown ? totals.percent : 0);
}
function sentence(totals) {
  if (!totals.statements) return totals.pending ? "The files are being analysed."
    : "Nothing has run yet that is measured.";
  const ran = totals.requests + totals.imports;
  return number(ran) + " of " + count(totals.statements, "line has run, ", "lines have run, ")
    + (totals.requests ? number(totals.requests) + " of them in requests." : "none of them in a request yet.");
}
function renderFacts(totals) {
  const facts = [state.reason, count(state.workers, "worker", "workers")];
  if (state.branch) facts.push("branches are measured");
  if (state.contexts) facts.push("requests are told apart");
  if (totals.pending) facts.push(count(totals.pending, "file is", "files are") + " being analysed");
  const key = JSON.stringify(facts), node = $("facts");
  if (node.dataset.key === key) return;
  node.dataset.key = key;
  node.replaceChildren(...facts.map(fact => make("span", "", fact)));
}
function amount(node, value, unit) {
  const text = number(value) + " " + unit;
  if (node.dataset.text === text) return;
  node.dataset.text = text;
  node.replaceChildren(document.createTextNode(number(value) + " "), make("small", "", unit));
}

// ---------------------------------------------------------------- a row

function newEntry(file) {
  const row = $("row").content.firstElementChild.cloneNode(true), cells = row.children;
  const [link, why] = cells[0].children, [bar, share] = cells[6].firstElementChild.children;
  named(file, ...link.children);
  link.href = BASE + "/file?" + new URLSearchParams({path: file.path});
  const entry = {row, link, why, bar, share, cells, file: null, name: file.name.toLowerCase()};
  entries.set(file.path, entry);
  return entry;
}
function renderRow({row, why, bar, share, cells, file}) {
  const isNew = file.pending && !file.statements || Boolean(file.error), isUnknown = isNew || file.stale;
  row.className = file.pending ? "pending" : "";
  amounts(cells[1], file.statements, isNew);
  amounts(cells[2], file.requests, isUnknown);
  amounts(cells[3], file.imports, isUnknown);
  amounts(cells[4], file.missing, isUnknown);
  put(cells[5], isUnknown || !file.branches ? "–" : number(file.branches - file.partial) + " of " + number(file.branches));
  cells[5].classList.toggle("none", isUnknown || !file.branches);
  spectrum(bar, file);
  const hasShare = !isUnknown && file.statements > 0;
  put(share, hasShare ? percent(file.percent) + " %" : file.pending ? "being analysed" : "–");
  bar.hidden = !hasShare;
  put(why, file.error || (file.stale ? "has changed since it ran" : ""));
  why.className = file.error ? "why bad" : "why";
}
function amounts(cell, value, isUnknown) {
  put(cell, isUnknown ? "–" : number(value));
  cell.classList.toggle("none", isUnknown || !value);
}

// ---------------------------------------------------------------- search and order

function arrange(isNow) {
  const words = asked.q.toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = [...entries.values()].filter(entry =>
    words.every(word => entry.name.includes(word)) && SHOWN[asked.show](entry.file));
  const falling = asked.sort.startsWith("-"), by = asked.sort.replace("-", "");
  const names = (a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
  const way = falling ? -1 : 1;
  wanted.sort(by === "name" ? (a, b) => way * names(a, b)
    : (a, b) => a.file.pending - b.file.pending || way * (a.file[by] - b.file[by]) || names(a, b));
  const rows = wanted.map(entry => entry.row);
  // What somebody points at, or has the focus on, does not jump away.
  if (!isNow && (isHeld || $("files").contains(document.activeElement))) {
    const before = new Map(order.map((row, at) => [row, at]));
    rows.sort((a, b) => (before.get(a) ?? order.length) - (before.get(b) ?? order.length));
  }
  if (rows.length !== order.length || rows.some((row, at) => row !== order[at])) {
    const focused = document.activeElement;
    $("files").replaceChildren(...rows);
    order = rows;
    if (focused !== document.activeElement && focused.isConnected) focused.focus({preventScroll: true});
  }
  renderCount();
}
function renderCount() {
  const all = entries.size;
  put($("count"), order.length === all ? count(all, "file", "files")
    : number(order.length) + " of " + count(all, "file", "files"));
  $("empty").hidden = order.length > 0;
  put($("empty"), all ? "No file is like that." : "No file has run yet that is measured: "
    + "the options source, include and omit of coverage.py say which are.");
}
function renderColumns() {
  const by = asked.sort.replace("-", "");
  for (const cell of $("columns").children) {
    if (cell.firstElementChild.dataset.sort !== by) cell.removeAttribute("aria-sort");
    else cell.setAttribute("aria-sort", asked.sort.startsWith("-") ? "descending" : "ascending");
  }
}
function fromAddress() {
  const fields = new URLSearchParams(location.search), sort = fields.get("sort") || "name";
  const isKnown = /^-?(name|statements|requests|imports|missing|partial|percent)$/.test(sort);
  const show = fields.get("show") || "";
  return {q: fields.get("q") || "", show: Object.hasOwn(SHOWN, show) ? show : "", sort: isKnown ? sort : "name"};
}
function toAddress() {
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries(asked)) if (value && value !== "name") fields.set(name, value);
  const query = fields.toString(), address = location.pathname + (query && "?" + query);
  try {
    history.replaceState(null, "", address);
    sessionStorage.setItem(LAST, address);
  } catch { /* no storage here, or too many changes at once */ }
}
function choose(changes) {
  Object.assign(asked, changes);
  renderColumns();
  arrange(true);
  toAddress();
}

// ---------------------------------------------------------------- hands

$("search").value = asked.q;
$("show").value = asked.show;
$("search").addEventListener("input", () => choose({q: $("search").value}));
$("show").addEventListener("change", () => choose({show: $("show").value}));
$("tools").addEventListener("submit", event => event.preventDefault());
$("columns").addEventListener("click", event => {
  const by = event.target.dataset.sort;
  if (!by) return;
  const first = UPWARDS.includes(by) ? by : "-" + by, other = UPWARDS.includes(by) ? "-" + by : by;
  choose({sort: asked.sort === first ? other : first});
});
$("files").addEventListener("pointerenter", () => { isHeld = true; });
$("files").addEventListener("pointerleave", () => { isHeld = false; });
document.addEventListener("keydown", event => {
  if (event.key === "/" && !isTyping(event)) {
    event.preventDefault();
    $("search").select();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    step(event, event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Escape" && event.target === $("search")) {
    $("search").value = "";
    choose({q: ""});
  }
});
function step(event, by) {
  const row = event.target.closest?.("#files tr");
  if (!row && !(event.target === $("search") && by > 0)) return;
  const next = row ? (by > 0 ? row.nextElementSibling : row.previousElementSibling) : order[0];
  event.preventDefault();
  (next ? next.querySelector("a") : by < 0 ? $("search") : event.target).focus();
}

renderColumns();
toAddress();
follower.now();
