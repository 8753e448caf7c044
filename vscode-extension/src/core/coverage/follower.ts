/**
 * Keeps what is known of one server's coverage up to date, one question at a time.
 *
 * It never asks while nobody looks; see `pace` for when it does.
 */

import { linesOf, liveOf } from './answers';
import { type Ask, CoverageTrouble } from './asking';
import { type Known, NOTHING } from './known';
import * as known from './known';
import { due } from './pace';

const FOREIGN = 'the server speaks of coverage as this version of the extension does not know.';

/** Who looks at what. */
export interface Looks {
  readonly isSeen: boolean;
  /** The files in visible editors. */
  readonly paths: readonly string[];
}

export class Follower {
  known: Known = NOTHING;
  /** Why nothing is known, or nothing new: a sentence; empty where it is. */
  trouble = '';
  private looks: Looks = { isSeen: false, paths: [] };
  private asked = 0;
  private sign = 0;
  private isBusy = false;
  private isAsking = false;
  private isOver = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `changed` is called when something is shown otherwise now. */
  constructor(
    private readonly ask: Ask,
    private readonly hasSigns: () => boolean,
    private readonly changed: () => void,
  ) {}

  /** Somebody looks at something else, or nobody looks any more. */
  look(looks: Looks): void {
    const isNew =
      (looks.isSeen && !this.looks.isSeen) ||
      looks.paths.some((path) => !this.looks.paths.includes(path));
    this.looks = looks;
    if (isNew) this.sign = Date.now();
    this.plan();
  }

  /** Lines may have run; `isBusy`: requests are in flight, so more may. */
  hear(isBusy: boolean): void {
    this.sign = Date.now();
    this.isBusy = isBusy;
    this.plan();
  }

  /** Asks as soon as it may: something was ordered. */
  now(): void {
    this.hear(this.isBusy);
  }

  dispose(): void {
    this.isOver = true;
    clearTimeout(this.timer);
  }

  private plan(): void {
    clearTimeout(this.timer);
    if (this.isAsking || this.isOver) return;
    const at = due({
      isSeen: this.looks.isSeen,
      hasEditor: this.looks.paths.some(
        (path) => this.known === NOTHING || this.known.rows.has(path),
      ),
      hasSigns: this.hasSigns(),
      isUnsettled: this.isBusy || this.isPending(),
      isTroubled: this.trouble !== '',
      asked: this.asked,
      sign: this.sign,
    });
    if (at === undefined) return;
    this.timer = setTimeout(() => void this.turn(), Math.max(0, at - Date.now()));
  }

  private isPending(): boolean {
    return (this.known.totals?.pending ?? 0) > 0;
  }

  private async turn(): Promise<void> {
    this.isAsking = true;
    this.asked = Date.now();
    const before = [this.known, this.trouble] as const;
    try {
      await this.askAll();
      this.trouble = '';
    } catch (error) {
      if (!(error instanceof CoverageTrouble)) throw error;
      this.trouble = error.message;
    } finally {
      this.isAsking = false;
      this.plan();
    }
    if (before[0] !== this.known || before[1] !== this.trouble) this.changed();
  }

  private async askAll(): Promise<void> {
    const live = liveOf(await this.ask(known.liveQuestion(this.known)));
    if (!live) throw new CoverageTrouble(FOREIGN);
    this.known = known.withLive(this.known, live);
    for (const path of known.wanted(this.known, this.looks.paths)) await this.askLines(path);
  }

  private async askLines(path: string): Promise<void> {
    try {
      const answer = linesOf(await this.ask(known.linesQuestion(this.known, path)));
      if (!answer) throw new CoverageTrouble(FOREIGN);
      this.known = known.withLines(this.known, path, answer);
    } catch (error) {
      if (!(error instanceof CoverageTrouble && error.isMissing)) throw error;
      this.known = known.without(this.known, path);
    }
  }
}
