/** Words of a command line: taken apart as a shell would, and quoted for one. */

/** Returns the words of a text, with quotes and backslashes as in a shell; nothing is expanded. */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  const pieces = /\s+|'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)|[^\s'"\\]+|["'\\]/g;
  let word: string | undefined;
  for (const found of text.matchAll(pieces)) {
    const [piece, single, double, escaped] = found;
    if (/^\s/.test(piece)) {
      words.push(...(word === undefined ? [] : [word]));
      word = undefined;
    } else {
      word = (word ?? '') + (single ?? double?.replace(/\\([\\"$`])/g, '$1') ?? escaped ?? piece);
    }
  }
  return word === undefined ? words : [...words, word];
}

/** Returns a command line for a shell: of sh's kind, fish included, or PowerShell. */
export function commandLine(words: readonly string[], shell = ''): string {
  if (shell === 'pwsh') {
    const quoted = words.map((word) => (isPlain(word) ? word : `'${word.replaceAll("'", "''")}'`));
    return `& ${quoted.join(' ')}`;
  }
  const backslashes = shell === 'fish' ? /[\\']/g : /'/g;
  const replacement = shell === 'fish' ? '\\$&' : `'\\''`;
  return words
    .map((word) => (isPlain(word) ? word : `'${word.replace(backslashes, replacement)}'`))
    .join(' ');
}

function isPlain(word: string): boolean {
  return /^[\w@%+=:,./-]+$/.test(word) && !/^[=~]/.test(word);
}
