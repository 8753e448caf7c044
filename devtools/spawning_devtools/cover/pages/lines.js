
// The source of a file, a row for each line, and what is known of the lines.
const KINDS = ["excluded", "missing", "import", "request"];
const SPOKEN = {excluded: ", excluded", missing: ", missing", import: ", run at import only", request: ", run by requests"};
const BLOCK = 50; // rows that the browser lays out together, once they come into view

class Sheet {
  constructor(node, moved) {
    this.node = node;
    this.moved = moved; // is called when somebody has gone to a line
    this.rows = []; // of each line: its nodes and what they show
    this.current = 0;
    node.addEventListener("click", event => this.click(event));
  }
  // ---------------------------------------------------------------- writing
  write(source, isPython) {
    const drawn = isPython ? pieces(source) : source.map(line => [["", line]]);
    this.rows = drawn.map((found, at) => this.newRow(at + 1, found));
    const blocks = [];
    for (let at = 0; at < this.rows.length; at += BLOCK) {
      const block = make("div", "block");
      block.append(...this.rows.slice(at, at + BLOCK).map(row => row.node));
      blocks.push(block);
    }
    this.node.replaceChildren(...blocks);
    this.point(this.current);
  }
  newRow(line, found) {
    const node = make("div", "row"), link = make("a"), code = make("code");
    node.id = "L" + line;
    link.href = "#L" + line;
    link.tabIndex = -1;
    link.dataset.n = line;
    link.setAttribute("aria-label", "Line " + line);
    code.append(...found.map(([kind, text]) => kind ? make("span", kind, text) : document.createTextNode(text)));
    node.append(link, make("i"), code);
    return {node, link, code, line, kind: "", partial: "", who: [], ran: "[]", button: null, note: null, whom: null};
  }
  // Shows what is known of the lines; returns the nodes of those that have run just now.
  mark(told, by) {
    const kinds = [], fresh = [];
    for (const kind of KINDS) for (const line of told[kind]) kinds[line] = kind;
    for (const row of this.rows) {
      const kind = kinds[row.line] || "", partial = told.partial[row.line] || "";
      const who = (told.contexts[row.line] || []).map(index => told.labels[index]), ran = JSON.stringify(who);
      if (kind === "request" && (row.kind !== kind || row.ran !== ran)) fresh.push(row.code);
      row.node.classList.toggle("theirs", who.includes(by));
      if (kind === row.kind && partial === row.partial && ran === row.ran) continue;
      row.node.classList.remove(...KINDS);
      if (kind) row.node.classList.add(kind);
      row.link.setAttribute("aria-label", "Line " + row.line + (SPOKEN[kind] || ""));
      row.node.classList.toggle("partial", Boolean(partial));
      Object.assign(row, {kind, partial, who, ran});
      this.note(row);
      this.offer(row);
    }
    this.node.classList.toggle("with-requests", told.labels.length > 0);
    this.node.classList.toggle("by-one", told.labels.includes(by));
    return fresh;
  }
  note(row) {
    row.note?.remove();
    row.note = row.partial ? make("span", "note", row.partial) : null;
    if (row.note) row.node.append(row.note);
  }
  // ---------------------------------------------------------------- the requests of a line
  offer(row) {
    if (!row.who.length) {
      row.button?.remove();
      row.whom?.remove();
      row.button = row.whom = null;
      return;
    }
    if (!row.button) {
      row.button = make("button");
      row.button.type = "button";
      row.button.tabIndex = -1;
      row.code.after(row.button);
    }
    put(row.button, count(row.who.length, "request", "requests"));
    row.button.setAttribute("aria-expanded", String(Boolean(row.whom)));
    row.whom?.replaceChildren(...row.who.map(label => make("span", "", label)));
  }
  toggle(row) {
    if (!row.button) return;
    row.whom?.remove();
    row.whom = row.whom ? null : make("div", "whom");
    if (row.whom) row.node.append(row.whom);
    this.offer(row);
  }
  click(event) {
    const node = event.target.closest(".row"), row = node && this.rows[node.id.slice(1) - 1];
    if (!row || event.target.closest(".whom")) return;
    if (event.target.closest("a")) {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault(); // which would scroll
      this.point(row.line);
      this.moved();
    } else if (getSelection().isCollapsed) { // who marks text to copy it does not ask for requests
      this.toggle(row);
    }
  }
  // ---------------------------------------------------------------- going about
  go(line, block) {
    if (!this.rows[line - 1]) return;
    this.point(line);
    this.rows[line - 1].node.scrollIntoView({block});
  }
  point(line) {
    this.rows[this.current - 1]?.node.classList.remove("current");
    this.current = line;
    this.rows[line - 1]?.node.classList.add("current");
  }
  // Where one is: the current line if it can be seen, else the first one that can; before all, 0.
  here() {
    const current = this.rows[this.current - 1]?.node.getBoundingClientRect();
    if (current && current.bottom > 0 && current.top < innerHeight) return this.current;
    let low = 0, high = this.rows.length;
    while (low < high) {
      const middle = low + high >> 1;
      if (this.rows[middle].node.getBoundingClientRect().top < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
  // Returns the first lines of each run of lines of a kind: other statements part them.
  runs(kind) {
    const is = row => kind === "partial" ? Boolean(row.partial) : row.kind === kind;
    const statements = this.rows.filter(row => row.kind);
    return statements.filter((row, at) => is(row) && !(at && is(statements[at - 1]))).map(row => row.line);
  }
  goToNext(kind, isBack) {
    const lines = this.runs(kind), here = this.here();
    const line = isBack ? lines.findLast(one => one < here) ?? lines.at(-1) : lines.find(one => one > here) ?? lines[0];
    if (line) this.go(line, "center");
  }
}

// What of the file is missing, along the edge of the window.
function drawMap(canvas, sheet, isUnknown) {
  const scale = devicePixelRatio, height = canvas.clientHeight * scale, width = canvas.clientWidth * scale;
  const style = getComputedStyle(document.documentElement), pen = canvas.getContext("2d");
  canvas.width = width;
  canvas.height = height;
  if (isUnknown || sheet.node.clientHeight < innerHeight) return;
  const step = height / sheet.rows.length;
  for (const row of sheet.rows) {
    if (row.kind !== "missing" && !row.partial) continue;
    pen.fillStyle = style.getPropertyValue(row.partial ? "--half" : "--bad").trim();
    pen.fillRect(width * .25, step * (row.line - 1), width * .75, Math.max(step, 2 * scale));
  }
}
