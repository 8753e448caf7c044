/**
 * What a page shows, as plain values: elements with attributes and children.
 *
 * The panel's script makes nodes of them, never markup, so text of clients stays text.
 */

export interface Element {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly View[];
}

export type View = Element | string;

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** An element; attributes that are false or undefined are left out, and true ones are empty. */
export function h(
  tag: string,
  attributes: Attributes = {},
  ...children: readonly (View | undefined)[]
): Element {
  const present = Object.entries(attributes).filter(
    ([, value]) => value !== undefined && value !== false,
  );
  return {
    tag,
    attributes: Object.fromEntries(
      present.map(([name, value]) => [name, value === true ? '' : String(value)]),
    ),
    children: children.filter((child): child is View => child !== undefined && child !== ''),
  };
}

/** Its text alone, as who listens to it hears it. */
export function textOf(view: View): string {
  return typeof view === 'string' ? view : view.children.map(textOf).join(' ');
}
