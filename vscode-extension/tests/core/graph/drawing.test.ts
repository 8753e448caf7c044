import { describe, expect, it } from 'vitest';
import { found, labelOf, sentenceOn, spokenOf, tiesOf } from '../../../src/core/graph/about';
import { type Drawing, concernedBy, drawingOf } from '../../../src/core/graph/drawing';
import {
  closedAtFirst,
  openedFor,
  packageAround,
  packagesOf,
  viewOf,
} from '../../../src/core/graph/packages';
import { begun, fitted, showing, zoomed } from '../../../src/core/graph/viewport';

function drawing(names: string, edges: string): Drawing {
  return {
    application: 'app',
    nodes: names
      .split(' ')
      .map((name) => ({ name, file: `/s/${name.replaceAll('.', '/')}.py`, cycle: 0 })),
    edges: edges
      .split(' ')
      .filter(Boolean)
      .map((edge) => {
        const [importer = '', imported = ''] = edge.split('>');
        return { importer, imported };
      }),
  };
}

const SHOP = drawing(
  'app shop shop.views shop.orders shop.orders.models shop.orders.mail tools.text',
  'app>shop.views shop.views>shop.orders.models shop.orders.mail>tools.text shop.views>shop shop.orders.models>shop.orders',
);

describe('a drawing', () => {
  it('is read as spawnctl prints it', () => {
    const told = {
      application: 'app',
      nodes: [
        { name: 'app', file: 'app.py', cycle: 0 },
        { name: 'json', file: '/lib/json.py', cycle: 0 },
        { name: 'sys', file: '', cycle: 0 },
        { name: 3 },
        null,
      ],
      edges: [{ importer: 'app', imported: 'gone' }, { importer: 'app', imported: 'app' }, 'x'],
    };
    expect(drawingOf(told, '/s')).toEqual({
      application: 'app',
      nodes: [
        { name: 'app', file: '/s/app.py', cycle: 0 },
        { name: 'json', file: '/lib/json.py', cycle: 0 },
        { name: 'sys', file: '', cycle: 0 },
      ],
      edges: [{ importer: 'app', imported: 'app' }],
    });
    for (const other of [null, 'x', {}, { application: 'app', nodes: [] }]) {
      expect(drawingOf(other, '/s')).toBeUndefined();
    }
  });

  it('tells what a save concerns: all that import it, however far', () => {
    expect([...concernedBy(SHOP, 'shop.orders')].sort()).toEqual([
      'app',
      'shop.orders',
      'shop.orders.models',
      'shop.views',
    ]);
    const circle = drawing('a b', 'a>b b>a');
    expect([...concernedBy(circle, 'a')].sort()).toEqual(['a', 'b']);
  });
});

describe('packages', () => {
  it('are those with more than one module, the outer ones first', () => {
    expect(packagesOf(SHOP)).toEqual(['shop', 'shop.orders']);
  });

  it('that are closed are one box, the outermost', () => {
    const view = viewOf(SHOP, new Set(['shop', 'shop.orders']));
    expect(view.boxes.map(({ id, modules, isPackage }) => [id, modules.length, isPackage])).toEqual(
      [
        ['app', 1, false],
        ['shop', 5, true],
        ['tools.text', 1, false],
      ],
    );
    expect(view.edges).toEqual([
      ['app', 'shop'],
      ['shop', 'tools.text'],
    ]);
    expect(view.boxOf.get('shop.orders.mail')).toBe('shop');
  });

  it('that are open show what is in them', () => {
    const view = viewOf(SHOP, new Set(['shop.orders']));
    expect(view.boxes.map(({ id }) => id)).toEqual([
      'app',
      'shop',
      'shop.views',
      'shop.orders',
      'tools.text',
    ]);
    expect(view.boxes.find(({ id }) => id === 'shop')?.isPackage).toBe(false);
  });

  it('are closed at first where there is no room for their modules', () => {
    expect(closedAtFirst(SHOP)).toEqual(new Set());
    expect(closedAtFirst(SHOP, 5)).toEqual(new Set(['shop.orders']));
    // All of one depth or none: what is open beside what is closed seems to be in circles.
    const both = drawing('app a.x a.y a.z b.x b.y', '');
    expect(closedAtFirst(both, 5)).toEqual(new Set());
    const more = drawing('p q r s a.x a.y b.x b.y', '');
    expect(closedAtFirst(more, 7)).toEqual(new Set(['a', 'b']));
    const flat = drawing(
      ['app', ...Array.from({ length: 99 }, (_, n) => `shop.m${n}`)].join(' '),
      '',
    );
    // Two boxes would tell nothing.
    expect(closedAtFirst(flat)).toEqual(new Set());
  });

  it('are opened for a module, and closed around it', () => {
    const closed = new Set(['shop', 'shop.orders', 'tools']);
    expect(openedFor(closed, 'shop.orders.mail')).toEqual(new Set(['tools']));
    expect(packageAround(SHOP, 'shop.orders.mail')).toBe('shop.orders');
    expect(packageAround(SHOP, 'shop.orders')).toBe('shop.orders');
    expect(packageAround(SHOP, 'shop.views')).toBe('shop');
    expect(packageAround(SHOP, 'tools.text')).toBeUndefined();
  });
});

describe('a chosen box', () => {
  const view = viewOf(SHOP, new Set());
  const box = (id: string) =>
    view.boxes.find((one) => one.id === id) ?? { id, modules: [], isPackage: false };

  it('shows what a save of it concerns, and what it imports', () => {
    const ties = tiesOf(SHOP, view, box('shop.views'));
    expect(Object.fromEntries(ties.of)).toEqual({
      app: 'concerned',
      shop: 'imported',
      'shop.views': 'self',
      'shop.orders': 'none',
      'shop.orders.models': 'imported',
      'shop.orders.mail': 'none',
      'tools.text': 'none',
    });
    expect(sentenceOn(SHOP, box('shop.views'), ties)).toBe(
      'shop.views: imported by 1, imports 2. A save runs 2 of 7 modules anew.',
    );
  });

  it('may be a package', () => {
    const closed = viewOf(SHOP, new Set(['shop.orders']));
    const orders = closed.boxes.find(({ id }) => id === 'shop.orders') ?? box('');
    const ties = tiesOf(SHOP, closed, orders);
    expect(sentenceOn(SHOP, orders, ties)).toBe(
      'shop.orders, 3 modules: imported by 1, imports 1. A save of all its modules runs 5 of 7 modules anew.',
    );
    expect(ties.of.get('tools.text')).toBe('imported');
    expect([labelOf(orders), labelOf(box('shop'))]).toEqual(['shop.orders  (3)', 'shop']);
    expect(spokenOf(orders)).toBe('shop.orders, closed package of 3 modules');
    expect(spokenOf(box('shop'))).toBe('shop');
  });

  it('is found by letters of its name', () => {
    expect(found(SHOP, 'ORDERS')).toEqual([
      'shop.orders',
      'shop.orders.mail',
      'shop.orders.models',
    ]);
    expect(found(SHOP, ' ')).toEqual([]);
    expect(found(SHOP, 'nothing')).toEqual([]);
  });
});

describe('the view of a drawing', () => {
  const screen = { width: 800, height: 600 };
  it('shows all of it, never enlarged', () => {
    expect(fitted({ width: 400, height: 100 }, screen)).toEqual({ x: 200, y: 250, scale: 1 });
    expect(fitted({ width: 1552, height: 100 }, screen).scale).toBe(0.5);
  });
  it('begins with as much as can be read, beside the application', () => {
    const box = { x: 24, y: 500, width: 80, height: 26 };
    expect(begun({ width: 400, height: 100 }, box, screen).scale).toBe(1);
    expect(begun({ width: 4000, height: 100 }, box, screen)).toEqual({ x: 12, y: 260, scale: 0.8 });
    const tall = begun({ width: 4000, height: 2000 }, box, screen);
    expect(tall.y).toBeCloseTo(300 - 513 * 0.8);
    expect(begun({ width: 4000, height: 100 }, undefined, screen).scale).toBeLessThan(0.8);
  });
  it('zooms around a point, within bounds', () => {
    const at = { x: 100, y: 50 };
    const view = zoomed({ x: 20, y: 10, scale: 1 }, 2, at);
    expect(view).toEqual({ x: -60, y: -30, scale: 2 });
    expect(zoomed(view, 100, at).scale).toBe(3);
  });
  it('moves as little as it takes to show a box', () => {
    const view = { x: 0, y: 0, scale: 1 };
    const box = { x: 100, y: 100, width: 80, height: 26 };
    expect(showing(view, box, screen)).toEqual(view);
    expect(showing(view, { ...box, x: 900 }, screen)).toEqual({ x: -192, y: 0, scale: 1 });
    expect(showing(view, { ...box, y: -50 }, screen)).toEqual({ x: 0, y: 62, scale: 1 });
    expect(showing({ ...view, scale: 0.1 }, box, screen).scale).toBe(0.8);
  });
});
