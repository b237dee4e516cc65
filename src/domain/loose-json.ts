/** A JSON object of somebody else's making: nothing about its members is known. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Longest id taken from outside; a longer one would not fit into a database index. */
const LONGEST_ID = 512;

/** Deepest nesting kept; recursion through a hostile body must end before the stack does. */
const DEEPEST = 100;

/**
 * A copy of parsed JSON that PostgreSQL can store: no NUL character, no half surrogate pair, keys in a
 * fixed order, nothing nested deeper than 100 levels (null stands there instead).
 */
export function storable(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return storableText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEEPEST) return null;
  if (Array.isArray(value)) return value.map((item) => storable(item, depth + 1));
  // Own entries only, made by fromEntries: a key "__proto__" stays an ordinary key.
  const entries = Object.entries(value).map(
    ([key, item]) => [storableText(key), storable(item, depth + 1)] as const,
  );
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Whether `value` is a JSON object, not an array or null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `value` if it is an object, else an empty one: reading a member of the unknown gives undefined. */
export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** `value` if it is an array, else an empty one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** `value` if it is a text, else null. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** An id written as a text or a number, as a text; null if empty or longer than 512 characters. */
export function idOf(value: unknown): string | null {
  const id = typeof value === 'number' && Number.isFinite(value) ? String(value) : textOf(value);
  return id !== null && id !== '' && id.length <= LONGEST_ID ? id : null;
}

/** A whole number written as a number or as digits; null for anything else. */
export function integerOf(value: unknown): number | null {
  const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : null;
}

function storableText(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}
