/**
 * A 64-bit fingerprint of a text as 16 hex digits, without any library. It tells texts apart but is
 * easy to forge: where an attacker chooses the text, pass a cryptographic hash instead.
 */
export function fingerprint(text: string): string {
  let high = 0x811c9dc5;
  let low = 0x9e3779b1;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    high = Math.imul(high ^ unit, 0x01000193);
    low = Math.imul(low ^ unit ^ (high >>> 15), 0x85ebca6b);
  }
  return hex(high ^ (low >>> 16)) + hex(low ^ (high >>> 13));
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
