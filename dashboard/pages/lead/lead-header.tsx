import { Group, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { Link } from 'react-router';
import type { LeadPage } from '../../../src/contract/lead.ts';
import { ColumnBadge } from '../../elements/column-badge.tsx';
import { phone } from '../../words/formatting.ts';
import classes from './lead.module.css';
import { LeadActions } from './lead-actions.tsx';

/** Who it is and where they stand, and what can be done. */
export function LeadHeader({ lead }: { lead: LeadPage }) {
  useDocumentTitle(`${lead.name} · Lead Flow`);
  return (
    <header className={classes.header}>
      <div>
        <Group gap={12} mb={2}>
          <Title order={1} className={classes.name}>
            {lead.name}
          </Title>
          <ColumnBadge lead={lead} />
        </Group>
        <Text c="dimmed" size="sm" className="tabular">
          {phone(lead.phone)} · {lead.consultant ? `com ${lead.consultant}` : 'sem consultor'}
        </Text>
        {lead.merged_into && (
          <Text size="sm" mt={4}>
            Este lead foi unido a outro da mesma pessoa.{' '}
            <Link to={`/leads/${lead.merged_into}`}>Abrir o outro</Link>
          </Text>
        )}
      </div>
      <LeadActions lead={lead} />
    </header>
  );
}
