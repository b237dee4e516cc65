import type { TenantRows } from './database.ts';
import { identitiesOf, isSuppressed } from './identities.ts';
import type { NewReferral } from './intake.ts';
import type { Sealing } from './sealing.ts';

/** What would come of a referral: `known` where it came before under its key. */
export type Foreseen = 'received' | 'joined' | 'opted_out' | 'known';

type Keyed = { key: string; referral: NewReferral };

/** Referrals looked at in one statement. */
const AT_ONCE = 500;

/** What `storeReferral` would make of these referrals, one after the other; nothing is written. */
export async function foreseeReferrals(
  { tenantId, query }: TenantRows,
  sealing: Sealing,
  referrals: readonly Keyed[],
): Promise<Foreseen[]> {
  const foreseen: Foreseen[] = [];
  const keys = new Set<string>();
  const phones = new Set<string>();
  for (let first = 0; first < referrals.length; first += AT_ONCE) {
    const some = referrals.slice(first, first + AT_ONCE);
    const named = some.map(({ referral }) => identitiesOf(sealing, tenantId, { phone: referral.phone }));
    const found = await query<{ known: boolean; opted_out: boolean; open: boolean }>(
      `select exists (select from idempotency_key k where k.key = n.key) as known,
         ${isSuppressed('p')} or exists (select from suppression where hash = decode(n.hash, 'hex')) as opted_out,
         exists (select from lead l join flow f on f.id = l.flow_id
                 where l.person_id = p.person_id and l.stage <> 'closed' and f.source = n.origin) as open
       from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) with ordinality
         as n(key, hash, phone, other, origin, place)
       left join lateral (
         select i.person_id from person_identity i
         where (i.kind = 'phone' and i.value in (n.phone, n.other))
            or (i.kind = 'wa_id' and i.value in (ltrim(n.phone, '+'), ltrim(n.other, '+')))
         order by i.created_at limit 1) p on true
       order by n.place`,
      [
        some.map(({ key }) => key),
        named.map(([phone]) => phone?.hash ?? ''),
        named.map(([phone]) => phone?.value ?? ''),
        named.map(([phone, other]) => (other ?? phone)?.value ?? ''),
        some.map(({ referral }) => referral.origin),
      ],
    );
    for (const [i, { key, referral }] of some.entries()) {
      const { known, opted_out, open } = found[i] ?? { known: false, opted_out: false, open: false };
      if (known || keys.has(key)) foreseen.push('known');
      else if (opted_out) foreseen.push('opted_out');
      else foreseen.push(open || phones.has(referral.phone) ? 'joined' : 'received');
      keys.add(key);
      phones.add(referral.phone);
    }
  }
  return foreseen;
}
