
"use strict";
// What both pages are made of: they ask for what is new, and tell the server what to do.
// Text of the user's reaches the page by textContent only.
// An editor or a proxy may have put us below a path of its own.
const BASE = location.pathname.replace(/\/_coverage(\/file)?$/, "") + "/_coverage";
const POLL = 1000, POLL_HIDDEN = 10000, PATIENCE = 10000, SAID_FOR = 8000;
const AWAY = "The server does not answer.";
const NOT_HERE = "Coverage is not measured here any more: start the server with --coverage.";
const THOUSANDS = new Intl.NumberFormat("en");
const $ = id => document.getElementById(id);

// What a person is told as it is; any other error is a fault of the page.
class Trouble extends Error {}

function put(node, text) { if (node.textContent !== text) node.textContent = text; }
function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}
function number(value) { return THOUSANDS.format(value); }
function count(amount, one, many) { return number(amount) + " " + (amount === 1 ? one : many); }
// As in coverage.py's reports, 100 and 0 are said only where they are exact.
function percent(value) {
  const shown = value > 0 && value < 0.1 ? 0.1 : value < 100 && value > 99.9 ? 99.9 : value;
  return shown.toFixed(1);
}
function clock(at) { return new Date(at).toLocaleTimeString("en-GB"); }
function spectrum(bar, of) {
  const parts = [of.requests, of.imports, of.missing];
  for (const [at, part] of parts.entries())
    bar.children[at].style.width = of.statements ? 100 * part / of.statements + "%" : "0";
}
function named(file, folder, base) {
  const at = file.name.lastIndexOf("/") + 1;
  put(folder, file.name.slice(0, at));
  put(base, file.name.slice(at));
}
function moves() { return !matchMedia("(prefers-reduced-motion: reduce)").matches; }
function flash(nodes, tint) {
  if (!moves()) return;
  const from = getComputedStyle(document.documentElement).getPropertyValue(tint).trim();
  for (const node of nodes)
    node.animate([{backgroundColor: from}, {backgroundColor: from, offset: .3}, {}], {duration: 1800, easing: "ease-out"});
}
function icon(share) {
  const ring = 2 * Math.PI * 6, dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const [full, rest] = dark ? ["#7cc79a", "#4a4741"] : ["#24734a", "#d9d5cb"];
  const drawn = "data:image/svg+xml," + encodeURIComponent(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" fill="none" stroke-width="3.5">`
    + `<circle cx="8" cy="8" r="6" stroke="${rest}"/><circle cx="8" cy="8" r="6" stroke="${full}" `
    + `stroke-dasharray="${ring * Math.round(share) / 100} ${ring}" transform="rotate(-90 8 8)"/></svg>`);
  const link = document.querySelector("link[rel=icon]");
  if (link.href !== drawn) link.href = drawn;
}

async function ask(address, options) {
  const answer = await fetch(address, {cache: "no-store", signal: AbortSignal.timeout(PATIENCE), ...options})
    .catch(() => { throw new Trouble(AWAY); });
  if (answer.ok) return answer;
  // Without --coverage it is the application that answers, with a page of its own.
  const isOurs = (answer.headers.get("Content-Type") || "").startsWith("text/plain");
  throw new Trouble(isOurs ? (await answer.text()).trim() : NOT_HERE);
}
async function news(address) {
  const answer = await ask(address);
  return answer.json().catch(error => { throw new Trouble(error instanceof SyntaxError ? NOT_HERE : AWAY); });
}

// Asks for ever, one question at a time: `address` is called with what is known already.
class Follower {
  constructor(address, take) {
    this.address = address;
    this.take = take;
    this.known = {since: 0, run: ""};
    this.timer = this.lastAt = 0;
    this.asks = this.again = false;
    this.why = null; // it is not connected; '' while it is
    document.addEventListener("visibilitychange", () => this.now());
  }
  async now() {
    this.again = this.asks;
    if (this.asks) return;
    clearTimeout(this.timer);
    this.asks = true;
    try {
      const told = await news(this.address(this.known));
      this.take(told);
      this.known = {since: told.seq, run: told.run};
      this.lastAt = Date.now();
      this.connected("");
    } catch (error) {
      const isFault = !(error instanceof Trouble);
      if (isFault) console.error(error);
      this.connected(isFault ? "This page has a fault: " + error.message + "." : error.message);
    }
    this.asks = false;
    if (this.again) this.now();
    else this.timer = setTimeout(() => this.now(), document.hidden ? POLL_HIDDEN : POLL);
  }
  connected(why) {
    if (why === this.why) return;
    this.why = why;
    $("link").className = "link " + (why ? "lost" : "live");
    put($("link-text"), why ? "not live" : "live");
    put($("lost"), why && this.lastAt ? why + " What you see is as of " + clock(this.lastAt) + "." : why);
    $("lost").hidden = !why;
    $("all").classList.toggle("as-of-before", Boolean(why && this.lastAt));
    for (const name of ["pause", "reset"]) $(name).disabled = Boolean(why);
  }
}

// What is done to the measurement; the server says in a sentence how that went.
class Controls {
  constructor(follower) {
    this.follower = follower;
    this.timer = 0;
    this.isPaused = false;
    $("pause").addEventListener("click", () => this.order(this.isPaused ? "resume" : "pause"));
    $("reset").addEventListener("click", () => this.order("reset"));
  }
  take(state) {
    this.isPaused = state.paused;
    put($("pause"), state.paused ? "Resume" : "Pause");
    $("paused").hidden = !state.paused;
    put($("problem"), state.problem);
    $("problem").hidden = !state.problem;
  }
  async order(name) {
    const buttons = [$("pause"), $("reset")], said = $("said"), focused = document.activeElement;
    clearTimeout(this.timer);
    for (const button of buttons) button.disabled = true;
    said.className = "said";
    try {
      put(said, (await (await ask(BASE + "/" + name, {method: "POST"})).text()).trim());
    } catch (error) {
      put(said, error instanceof Trouble ? error.message : String(error));
      said.classList.add("bad");
    }
    for (const button of buttons) button.disabled = false;
    if (buttons.includes(focused)) focused.focus();
    this.timer = setTimeout(() => put(said, ""), SAID_FOR);
    this.follower.now();
  }
}

function isTyping(event) {
  return event.ctrlKey || event.altKey || event.metaKey
    || Boolean(event.target.closest?.("input, select, textarea"));
}
