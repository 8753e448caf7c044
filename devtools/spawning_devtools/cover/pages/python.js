
// Enough of Python to draw its words apart: keywords, strings, comments.
const PREFIX = "(?<!\\w)[rbuftRBUFT]{0,2}";
const KEYWORDS = "False None True and as assert async await break class continue def del elif else except"
  + " finally for from global if import in is lambda nonlocal not or pass raise return try while with yield";
const TOKEN = new RegExp([
  "(?<comment>#.*)",
  `(?<long>${PREFIX}(?<quotes>"""|'''))`,
  `(?<string>${PREFIX}(?:"(?:[^"\\\\]|\\\\.)*(?:"|\\\\?$)|'(?:[^'\\\\]|\\\\.)*(?:'|\\\\?$)))`,
  `(?<keyword>\\b(?:${KEYWORDS.replaceAll(" ", "|")})\\b)`,
].join("|"), "g");

// Returns for each line its pieces: [kind, text], where kind is "k", "s", "c" or "".
function pieces(lines) {
  let open = ""; // the quotes that will end a string of several lines
  return lines.map(line => {
    const found = [];
    let at = 0;
    const add = (kind, end) => {
      if (end > at) found.push([kind, line.slice(at, end)]);
      at = end;
    };
    const rest = from => { // of a string of several lines, read from here on
      const end = endOf(line, from, open);
      if (end >= 0) open = "";
      add("s", end < 0 ? line.length : end);
    };
    if (open) rest(0);
    while (at < line.length) {
      TOKEN.lastIndex = at;
      const token = TOKEN.exec(line);
      if (!token) break;
      add("", token.index);
      const {comment, long, quotes, string} = token.groups, end = at + token[0].length;
      if (long) { open = quotes; rest(end); }
      else add(comment ? "c" : string ? "s" : "k", end);
    }
    add("", line.length);
    return found;
  });
}
function endOf(line, from, quotes) {
  for (let at = from; at < line.length; at += 1) {
    if (line[at] === "\\") at += 1;
    else if (line.startsWith(quotes, at)) return at + quotes.length;
  }
  return -1;
}
