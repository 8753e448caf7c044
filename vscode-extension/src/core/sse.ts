/** Server-sent events, as the HTML standard reads them (9.2.6): bytes in, messages out. */

export interface Message {
  /** `message` where the stream names none. */
  readonly event: string;
  readonly data: string;
  /** The last id that the stream has told, with this message or before it. */
  readonly id: string;
}

const LINE_END = /\r\n|\n|\r/;
/** Characters of one line or one message; what is longer is no stream of ours. */
const LIMIT = 16 * 1024 * 1024;

export class Parser {
  /** Milliseconds that the server asks for before the next connection. */
  retry: number | undefined;
  /** The id to ask with again: that of the last message that was complete. */
  lastId: string;

  // Takes a byte order mark from the beginning, and waits for the rest of a split character.
  readonly #decoder = new TextDecoder('utf-8');
  #line = '';
  #skipsLineFeed = false;
  #event = '';
  #data: string[] = [];
  #length = 0;
  #id: string;

  constructor(lastId = '') {
    this.lastId = lastId;
    this.#id = lastId;
  }

  /** The messages that are complete with these bytes; throws RangeError where one is too long. */
  feed(bytes: Uint8Array): Message[] {
    let text = this.#decoder.decode(bytes, { stream: true });
    if (this.#skipsLineFeed && text !== '') {
      this.#skipsLineFeed = false;
      text = text.startsWith('\n') ? text.slice(1) : text;
    }
    // A line that ends with CR is complete, though its LF may be yet to come.
    this.#skipsLineFeed ||= text.endsWith('\r');
    const [first = '', ...others] = text.split(LINE_END);
    const lines = [this.#line + first, ...others];
    this.#line = lines.pop() ?? '';
    const messages = lines.map((line) => this.#take(line)).filter((one) => one !== undefined);
    if (this.#line.length + this.#length > LIMIT) {
      throw new RangeError(`an event of more than ${LIMIT} characters`);
    }
    return messages;
  }

  #take(line: string): Message | undefined {
    if (line === '') {
      return this.#dispatch();
    }
    const colon = line.indexOf(':');
    if (colon === 0) {
      return undefined; // a comment
    }
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    this.#set(name, value);
    return undefined;
  }

  #set(name: string, value: string): void {
    switch (name) {
      case 'event':
        this.#event = value;
        break;
      case 'data':
        this.#data.push(value);
        this.#length += value.length;
        break;
      case 'id':
        this.#id = value.includes('\0') ? this.#id : value;
        break;
      case 'retry':
        this.retry = /^\d+$/.test(value) ? Number(value) : this.retry;
        break;
    }
  }

  #dispatch(): Message | undefined {
    const [event, data] = [this.#event || 'message', this.#data];
    this.#event = '';
    this.#data = [];
    this.#length = 0;
    this.lastId = this.#id;
    return data.length === 0 ? undefined : { event, data: data.join('\n'), id: this.lastId };
  }
}
