import { Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { LeadPage } from '../../../src/contract/lead.ts';
import { useZone } from '../../api/session.ts';
import { settingsQuery } from '../../api/settings.ts';
import { useNow } from '../../elements/use-now.ts';
import { fullWhen, shortWhen } from '../../words/formatting.ts';
import { statusLabel } from '../../words/status-label.ts';
import classes from './lead.module.css';

/** Each referral as it was typed, the newest first. */
export function Referrals({ lead }: { lead: LeadPage }) {
  const zone = useZone();
  const now = useNow(60_000);
  const { data: settings } = useQuery(settingsQuery);
  const referrals = [...lead.referrals].sort((a, b) => b.created_at.localeCompare(a.created_at));
  return (
    <section className={`surface ${classes.card}`} aria-labelledby="indicacoes">
      <Title order={2} id="indicacoes" className={classes.cardTitle}>
        Indicações
      </Title>
      <ol className={classes.referrals}>
        {referrals.map((referral) => (
          <li key={referral.id}>
            <Text size="sm" fw={600}>
              {referral.consultant || 'Sem consultor'}
            </Text>
            <Text size="xs" c="dimmed" className="tabular">
              <time dateTime={referral.created_at} title={fullWhen(referral.created_at, zone)}>
                {shortWhen(referral.created_at, zone, now)}
              </time>{' '}
              · {statusLabel(settings, referral.status_indicacao)}
              {referral.name !== lead.name && ` · como ${referral.name}`}
            </Text>
            {referral.notes && (
              <Text size="sm" className={classes.notes}>
                {referral.notes}
              </Text>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}
