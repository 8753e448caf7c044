
const LAST = "spawning.coverage.index", WRITTEN_AFTER = 200;
const fields = new URLSearchParams(location.search), path = fields.get("path") || "";
const sheet = new Sheet($("source"), moved);
const follower = new Follower(known => BASE + "/lines.json?" + new URLSearchParams({...known, path, digest}), take);
const controls = new Controls(follower);
let digest = "", epoch = -1, by = fields.get("by") || "", lines = null, timer = 0;

// ---------------------------------------------------------------- what is new

function take(told) {
  const isFirst = !lines, isOther = told.state.epoch !== epoch;
  epoch = told.state.epoch;
  renderHead(told.state, told.file);
  $("all").hidden = false; // what has no size cannot be gone to
  if (!told.request) return;
  if (told.source) {
    sheet.write(told.source, /\.pyi?w?$/.test(told.file.name));
    digest = told.digest;
  }
  lines = told;
  renderBy(told.labels);
  renderEditor();
  const fresh = sheet.mark(told, by);
  if (!told.source && !isOther) flash(fresh, "--flash");
  renderLegend(told);
  draw();
  if (isFirst) goToHash();
}
function renderHead(state, file) {
  named(file, $("folder"), $("base"));
  put($("sentence"), sentence(file));
  spectrum($("spectrum"), file);
  put($("stale"), "This file has changed since it ran: which of its new lines run is not known yet.");
  $("stale").hidden = !file.stale || Boolean(file.error);
  put($("error"), file.error);
  $("error").hidden = !file.error;
  document.body.classList.toggle("unknown", file.stale || Boolean(file.error));
  controls.take(state);
  const isKnown = file.statements > 0 && !file.stale;
  document.title = (isKnown ? percent(file.percent) + " % – " : "") + $("base").textContent + " – Coverage";
  icon(isKnown ? file.percent : 0);
  kindButton("partial").hidden = !state.branch;
}
function sentence(file) {
  if (file.error) return "It cannot be analysed.";
  if (!file.statements) return file.pending ? "It is being analysed." : "It has no lines that can run.";
  if (file.stale) return "It has " + count(file.statements, "line", "lines") + " that can run.";
  const ran = file.requests + file.imports;
  return percent(file.percent) + " %: " + number(ran) + " of " + count(file.statements, "line has run", "lines have run")
    + (ran ? ", " + (file.requests ? number(file.requests) + " of them in requests." : "none of them in a request yet.") : ".");
}
function kindButton(kind) { return $("legend").querySelector(`[data-kind=${kind}]`); }
function renderLegend(told) {
  const amounts = {request: told.request.length, import: told.import.length, missing: told.missing.length,
    excluded: told.excluded.length, partial: Object.keys(told.partial).length};
  for (const [kind, amount] of Object.entries(amounts)) {
    const isUnknown = told.file.stale && kind !== "excluded";
    put(kindButton(kind).querySelector("b"), isUnknown ? "–" : number(amount));
    kindButton(kind).disabled = !amount || isUnknown;
  }
  kindButton("excluded").hidden = !amounts.excluded;
}
function renderBy(labels) {
  $("by-whom").hidden = $("key-enter").hidden = !labels.length;
  const key = JSON.stringify(labels), select = $("by");
  if (select.dataset.key === key) return;
  select.dataset.key = key;
  const options = ["", ...labels].map(label => {
    const option = make("option", "", label || "Lines of all requests");
    option.value = label;
    return option;
  });
  select.replaceChildren(...options);
  select.value = labels.includes(by) ? by : "";
}
function renderEditor() {
  $("editor").hidden = $("key-editor").hidden = !lines.editor;
  if (lines.editor) $("editor").href = lines.editor.replaceAll("{line}", sheet.current || 1);
}
function draw() {
  drawMap($("map"), sheet, document.body.classList.contains("unknown"));
}

// ---------------------------------------------------------------- going about

function goToHash() {
  const line = Number((/^#L(\d+)$/.exec(location.hash) || [])[1]);
  if (!line) return;
  sheet.go(line, "center");
  renderEditor();
}
function moved() {
  if (lines) renderEditor();
  clearTimeout(timer);
  timer = setTimeout(toAddress, WRITTEN_AFTER); // a key that is held moves often
}
function toAddress() {
  if (by) fields.set("by", by);
  else fields.delete("by");
  history.replaceState(null, "", "?" + fields + (sheet.current ? "#L" + sheet.current : ""));
}
const KEYS = {
  n: () => sheet.goToNext("missing", false),
  p: () => sheet.goToNext("missing", true),
  j: () => sheet.go(Math.min(sheet.here() + 1, sheet.rows.length), "nearest"),
  k: () => sheet.go(Math.max(sheet.here() - 1, 1), "nearest"),
  e: () => { if (!$("editor").hidden) $("editor").click(); },
  u: () => $("back").click(),
  Enter: () => { if (sheet.current) sheet.toggle(sheet.rows[sheet.current - 1]); },
};
document.addEventListener("keydown", event => {
  const isOurs = Object.hasOwn(KEYS, event.key) && !isTyping(event);
  if (!isOurs || event.key === "Enter" && event.target.closest?.("a, button")) return;
  event.preventDefault();
  KEYS[event.key]();
  moved();
});
$("legend").addEventListener("click", event => {
  const kind = event.target.closest("button")?.dataset.kind;
  if (!kind) return;
  sheet.goToNext(kind, event.shiftKey);
  moved();
});
$("by").addEventListener("change", () => {
  by = $("by").value;
  sheet.mark(lines, by);
  toAddress();
});
$("map").addEventListener("click", event => {
  const line = Math.ceil(sheet.rows.length * event.offsetY / $("map").clientHeight);
  sheet.rows[line - 1]?.node.scrollIntoView({block: "center"});
});
addEventListener("hashchange", goToHash);
addEventListener("resize", draw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
try {
  $("back").href = sessionStorage.getItem(LAST) || BASE;
} catch { /* no storage here: without the search */ }
put($("base"), path);
follower.now();
