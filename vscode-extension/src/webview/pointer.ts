/** What is done to a drawing by a mouse, a pen or a finger. */

export interface Gestures {
  pan(x: number, y: number): void;
  zoom(factor: number, at: { x: number; y: number }): void;
  click(target: Element): void;
}

/** Pixels that are no drag yet. */
const STILL = 4;
/** Pixels of the wheel that make a drawing e times as large. */
const ZOOM = 300;
const LINE = 16;

export function hearPointer(stage: HTMLElement, gestures: Gestures): void {
  let drag: { x: number; y: number; far: boolean } | undefined;
  stage.addEventListener('pointerdown', (event) => {
    if (event.button === 0) drag = { x: event.clientX, y: event.clientY, far: false };
  });
  window.addEventListener('pointermove', (event) => {
    if (!drag) return;
    const [x, y] = [event.clientX - drag.x, event.clientY - drag.y];
    if (!drag.far && Math.hypot(x, y) < STILL) return;
    drag = { x: event.clientX, y: event.clientY, far: true };
    stage.classList.add('dragged');
    gestures.pan(x, y);
  });
  window.addEventListener('pointerup', (event) => {
    const isClick = drag !== undefined && !drag.far;
    drag = undefined;
    stage.classList.remove('dragged');
    if (isClick && event.target instanceof Element && stage.contains(event.target)) {
      gestures.click(event.target);
    }
  });
  window.addEventListener('pointercancel', () => {
    drag = undefined;
    stage.classList.remove('dragged');
  });
  stage.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      turn(stage, event, gestures);
    },
    { passive: false },
  );
}

/** As in a map of a trackpad: the wheel moves, and with Ctrl, as a pinch says it, it zooms. */
function turn(stage: HTMLElement, event: WheelEvent, gestures: Gestures): void {
  const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1;
  const [x, y] = [event.deltaX * unit, event.deltaY * unit];
  if (event.ctrlKey || event.metaKey) {
    const rect = stage.getBoundingClientRect();
    const at = { x: event.clientX - rect.left, y: event.clientY - rect.top };
    gestures.zoom(Math.exp(-y / ZOOM), at);
  } else if (event.shiftKey && x === 0) gestures.pan(-y, 0);
  else gestures.pan(-x, -y);
}
