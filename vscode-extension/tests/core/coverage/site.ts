/** What answers `/_coverage` over HTTP. */

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that answers as it is told to, and keeps what it was asked. */
export class Site {
  readonly asked: string[] = [];
  answer: (url: URL) => unknown = () => ({ status: 404 });
  private server: Server | undefined;

  async open(): Promise<string> {
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
    await new Promise<void>((resolve) => this.server?.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/_coverage`;
  }

  close(): void {
    this.server?.closeAllConnections();
    this.server?.close();
  }
}
