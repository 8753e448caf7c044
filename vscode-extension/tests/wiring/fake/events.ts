/** Events, what can be given back, and what can be called off. */

export type Listener<T> = (event: T) => unknown;

export class Disposable {
  constructor(private readonly callOnDispose: () => unknown) {}

  static from(...parts: { dispose(): unknown }[]): Disposable {
    return new Disposable(() => {
      for (const part of parts) part.dispose();
    });
  }

  dispose(): void {
    this.callOnDispose();
  }
}

export class EventEmitter<T> {
  private readonly listeners = new Set<Listener<T>>();

  readonly event = (
    listener: Listener<T>,
    receiver?: unknown,
    disposables?: { dispose(): unknown }[],
  ): Disposable => {
    const bound: Listener<T> = (event) => listener.call(receiver, event);
    this.listeners.add(bound);
    const given = new Disposable(() => this.listeners.delete(bound));
    disposables?.push(given);
    return given;
  };

  /** How many listen: zero after all was given back. */
  get size(): number {
    return this.listeners.size;
  }

  fire(event: T): void {
    for (const listener of [...this.listeners]) listener(event);
  }

  dispose(): void {
    this.listeners.clear();
  }
}

export class CancellationTokenSource {
  private readonly cancelled = new EventEmitter<undefined>();
  readonly token = {
    isCancellationRequested: false,
    onCancellationRequested: this.cancelled.event,
  };

  cancel(): void {
    if (this.token.isCancellationRequested) return;
    this.token.isCancellationRequested = true;
    this.cancelled.fire(undefined);
  }

  dispose(): void {
    this.cancelled.dispose();
  }
}

export class CancellationError extends Error {}
