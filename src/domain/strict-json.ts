/** Deepest nesting taken: real deliveries stay under 20, and what reads or stores JSON by recursion ends at some depth. */
export const DEEPEST_JSON = 64;

/** Why a text is not taken as JSON, although some parser might take it. */
export type JsonFault =
  | 'not_json'
  | 'too_deep'
  | 'polluted_key'
  | 'duplicate_key'
  | 'nul'
  | 'half_surrogate'
  | 'number_too_large';

/** What a text holds, or why it is refused. */
export type StrictJson = { value: unknown } | { fault: JsonFault };

/**
 * Parses JSON that can be stored and read again as it is, the same by every parser: nothing nested deeper than
 * `DEEPEST_JSON`, no key twice in an object, no key that reaches a prototype (`__proto__`, `constructor.prototype`),
 * no NUL, no half of a surrogate pair, no number beyond a double. Never throws.
 *
 * Depth, NUL and numbers are looked at before the parser sees the text, so that its work is bounded.
 */
export function parseStrictJson(text: string): StrictJson {
  const fault = faultIn(text);
  if (fault) return { fault };
  try {
    return { value: JSON.parse(text) };
  } catch {
    return { fault: 'not_json' };
  }
}

/** An object or array that is open: the keys it has had (null for an array), and the key it stands under. */
type Level = { keys: Set<string> | null; under: string; key: string };

const [QUOTE, BACKSLASH, COLON, COMMA, MINUS] = [0x22, 0x5c, 0x3a, 0x2c, 0x2d];
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_ARRAY, CLOSE_ARRAY] = [0x7b, 0x7d, 0x5b, 0x5d];

/** One pass over the text, without recursion. What is no JSON at all is left to the parser to say. */
function faultIn(text: string): JsonFault | null {
  const levels: Level[] = [];
  let level: Level | undefined;
  let said: string | null = null; // the string just read, which a colon makes a key
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = endOfString(text, at);
      if (end === -1) return 'not_json';
      const fault = faultInString(text, at, end);
      if (fault) return fault;
      said = level?.keys ? text.slice(at, end + 1) : null;
      at = end;
    } else if (code === COLON) {
      if (!level?.keys || said === null) return 'not_json';
      const key = unescaped(said);
      if (key === null) return 'not_json';
      if (key === '__proto__' || (key === 'prototype' && level.under === 'constructor'))
        return 'polluted_key';
      if (level.keys.has(key)) return 'duplicate_key';
      level.keys.add(key);
      level.key = key;
      said = null;
    } else if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
      if (levels.length >= DEEPEST_JSON) return 'too_deep';
      level = { keys: code === OPEN_OBJECT ? new Set() : null, under: level?.key ?? '', key: '' };
      levels.push(level);
    } else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) {
      levels.pop();
      level = levels.at(-1);
    } else if (code === COMMA) {
      said = null;
    } else if (code === MINUS || (code >= 0x30 && code <= 0x39)) {
      const end = endOfNumber(text, at);
      if (!Number.isFinite(Number(text.slice(at, end)))) {
        return /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text.slice(at, end))
          ? 'number_too_large'
          : 'not_json';
      }
      at = end - 1;
    } else if (code === 0) {
      return 'nul';
    }
  }
  return null;
}

/** Where the string that begins at `from` ends; -1 where it does not. */
function endOfString(text: string, from: number): number {
  for (let at = text.indexOf('"', from + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return at;
  }
  return -1;
}

/** What no table keeps, as it stands or written as an escape. */
function faultInString(text: string, from: number, end: number): JsonFault | null {
  let high = false;
  for (let at = from + 1; at < end; at++) {
    let code = text.charCodeAt(at);
    if (code === BACKSLASH) {
      at++;
      const escaped = text.charCodeAt(at) === 0x75;
      code = escaped ? Number.parseInt(text.slice(at + 1, at + 5), 16) : 0x20;
      if (escaped) at += 4;
    }
    if (code === 0) return 'nul';
    const low = code >= 0xdc00 && code <= 0xdfff;
    if (low !== high) return 'half_surrogate';
    high = code >= 0xd800 && code <= 0xdbff;
  }
  return high ? 'half_surrogate' : null;
}

function endOfNumber(text: string, from: number): number {
  let end = from + 1;
  while (end < text.length && '0123456789+-.eE'.includes(text[end]!)) end++;
  return end;
}

/** The text of a quoted string; null where its escapes are none. */
function unescaped(quoted: string): string | null {
  if (!quoted.includes('\\')) return quoted.slice(1, -1);
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return null;
  }
}
