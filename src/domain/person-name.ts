import { nameKey } from './consultant.ts';

/**
 * The name to keep of a person: the new one, unless it only says the stored one shorter, as `Maria`, `Maria A.` or
 * `MARIA APARECIDA` do of `Maria Aparecida da Silva`. Case and accents do not count.
 */
export function fullerName(stored: string | null, given: string): string {
  if (stored === null) return given;
  const whole = words(stored);
  const isShorter = words(given).every((word, index) => {
    const whose = whole[index];
    return whose !== undefined && (word === whose || (isInitial(word) && whose.startsWith(word)));
  });
  return isShorter ? stored : given;
}

function words(name: string): string[] {
  return nameKey(name)
    .split(' ')
    .map((word) => word.replace(/[.,;]+$/, ''))
    .filter((word) => word !== '');
}

const isInitial = (word: string) => [...word].length === 1;
