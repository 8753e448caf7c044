/** What answers `/_coverage` over HTTP. */

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that answers as it is told to, and keeps what it was asked. */
export class Site {
  readonly asked: string[] = [];
  answer: (url: URL) => unknown = () => ({ status: 404 });
  private server: Server | undefined;

  /** At a port of this machine, or at a unix socket. */
  async open(path?: string): Promise<string> {
    this.server = createServer((request, response) => {
      const url = new URL(request.url ?? '', 'http://localhost');
      this.asked.push(`${request.method ?? ''} ${url.pathname}`);
      const told = this.answer(url);
      const { status, text } = (told ?? {}) as { status?: number; text?: string };
      const isText = status !== undefined;
      response.writeHead(status ?? 200, {
        'Content-Type': isText ? 'text/plain; charset=utf-8' : 'application/json',
      });
      response.end(isText ? (text ?? '') : JSON.stringify(told));
    });
    const at = path === undefined ? { port: 0, host: '127.0.0.1' } : { path };
    await new Promise<void>((resolve) => this.server?.listen(at, resolve));
    const { port } = this.server.address() as AddressInfo;
    return path ?? `http://127.0.0.1:${port}/_coverage`;
  }

  close(): void {
    this.server?.closeAllConnections();
    this.server?.close();
  }
}
