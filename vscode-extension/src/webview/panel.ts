/**
 * Shows in a panel what the extension posts, and says which place was clicked.
 *
 * Nodes are made one by one and kept where they fit, so the focus, a selection and the scroll
 * position outlast a change; and nothing is ever read as markup.
 */

import { age } from '../core/age';
import type { Element as Shown, View } from '../core/view';

interface Posted {
  readonly view: Shown;
  /** Seconds since the epoch, by the clock of the server's machine. */
  readonly now: number;
}

declare function acquireVsCodeApi(): { postMessage(message: unknown): void };

const TICK = 1000;
const editor = acquireVsCodeApi();
let ahead = 0;
let timer: ReturnType<typeof setInterval> | undefined;

window.addEventListener('message', ({ data }: MessageEvent<Posted>) => {
  ahead = data.now - Date.now() / 1000;
  patch(document.body, [data.view]);
  keepTime();
});

document.addEventListener('click', ({ target }) => {
  const place = target instanceof Element ? target.closest('[data-place]') : null;
  if (place !== null) {
    editor.postMessage({ kind: 'open', place: Number(place.getAttribute('data-place')) });
  }
});

editor.postMessage({ kind: 'ready' });

function patch(parent: Element, views: readonly View[]): void {
  views.forEach((view, index) => {
    const there = parent.childNodes.item(index) as ChildNode | null;
    const fits = there !== null && isLike(there, view);
    const node = fits ? there : make(view);
    if (!fits) {
      if (there === null) {
        parent.append(node);
      } else {
        there.replaceWith(node);
      }
    }
    fill(node, view);
  });
  while (parent.childNodes.length > views.length) {
    parent.lastChild?.remove();
  }
}

function isLike(node: ChildNode, view: View): boolean {
  return typeof view === 'string'
    ? node.nodeType === Node.TEXT_NODE
    : node instanceof Element && node.localName === view.tag;
}

function make(view: View): ChildNode {
  return typeof view === 'string'
    ? document.createTextNode(view)
    : document.createElement(view.tag);
}

function fill(node: ChildNode, view: View): void {
  if (typeof view === 'string') {
    if (node.textContent !== view) {
      node.textContent = view;
    }
    return;
  }
  const element = node as Element;
  for (const name of element.getAttributeNames().filter((one) => !(one in view.attributes))) {
    element.removeAttribute(name);
  }
  for (const [name, value] of Object.entries(view.attributes)) {
    if (element.getAttribute(name) !== value) {
      element.setAttribute(name, value);
    }
  }
  patch(element, view.children);
}

/** Ages go on between two messages, as long as one is shown. */
function keepTime(): void {
  const isNeeded = document.querySelector('[data-since]') !== null;
  if (isNeeded && timer === undefined) {
    timer = setInterval(grow, TICK);
  } else if (!isNeeded) {
    clearInterval(timer);
    timer = undefined;
  }
}

function grow(): void {
  for (const element of document.querySelectorAll('[data-since]')) {
    const since = Number(element.getAttribute('data-since'));
    element.textContent = age(Date.now() / 1000 + ahead - since);
  }
}
