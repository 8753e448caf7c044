/** JSON that others have written: taken as what is expected of it, or as nothing. */

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(told: unknown): told is Fields {
  return typeof told === 'object' && told !== null && !Array.isArray(told);
}

export function number(told: unknown): number {
  return typeof told === 'number' ? told : 0;
}

export function text(told: unknown): string {
  return typeof told === 'string' ? told : '';
}

export function numbers(told: unknown): number[] {
  return Array.isArray(told) ? told.filter((one) => typeof one === 'number') : [];
}

export function texts(told: unknown): string[] {
  return Array.isArray(told) ? told.filter((one) => typeof one === 'string') : [];
}
