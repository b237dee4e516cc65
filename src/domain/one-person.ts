/** The WhatsApp accounts a person is known to have: each has one phone at a time, and a phone has one of each kind. */
export type Accounts = { bsuid: string[]; lid: string[] };

/** Somebody whom a sighting may be about. */
export type Candidate = {
  accounts: Accounts;
  /** Something else than the names tells that it is about this person. */
  hinted: boolean;
};

/**
 * Which of the candidates, the oldest first, are one person with the account that was seen, and which are not: a
 * phone with another account than the one that was known has passed to somebody else, as a new account comes with a
 * new owner of the number.
 *
 * @param seen the accounts that were seen, of which those they belong to are certain
 * @param renamed the account itself said that its number, and with it its ids, are others now
 */
export function tellApart<Known extends Candidate>(
  seen: Accounts,
  candidates: readonly Known[],
  renamed: boolean,
): { one: Known[]; others: Known[] } {
  const certain = candidates.filter(
    (candidate) => shares(candidate.accounts, seen) || (renamed && candidate.hinted),
  );
  const uncertain = candidates.filter((candidate) => !certain.includes(candidate));
  const one = [...certain];
  const others: Known[] = [];
  // Whom something else points at, before those who only have a number or a contact in common.
  for (const candidate of [...uncertain].sort((a, b) => Number(b.hinted) - Number(a.hinted))) {
    const against = [seen, ...one.map(({ accounts }) => accounts)];
    if (
      KINDS.some((kind) =>
        differ(
          candidate.accounts[kind],
          against.flatMap((has) => has[kind]),
        ),
      )
    ) {
      others.push(candidate);
    } else {
      one.push(candidate);
    }
  }
  return { one: candidates.filter((candidate) => one.includes(candidate)), others };
}

const KINDS = ['bsuid', 'lid'] as const;

const shares = (one: Accounts, other: Accounts) =>
  KINDS.some((kind) => one[kind].some((value) => other[kind].includes(value)));

const differ = (one: readonly string[], other: readonly string[]) =>
  one.length > 0 && other.length > 0 && !one.some((value) => other.includes(value));
