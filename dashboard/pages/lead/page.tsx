import { Anchor, Button, Skeleton } from '@mantine/core';
import { IconArrowLeft, IconUserOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { leadQuery } from '../../api/leads.ts';
import { ApiProblem } from '../../api/problem.ts';
import { EmptyState } from '../../elements/empty-state.tsx';
import { FailureNotice } from '../../elements/failure-notice.tsx';
import { AttentionNotice } from './attention-notice.tsx';
import { Conversation } from './conversation.tsx';
import classes from './lead.module.css';
import { LeadHeader } from './lead-header.tsx';
import { NextStep } from './next-step.tsx';
import { PersonFacts } from './person-facts.tsx';
import { Referrals } from './referrals.tsx';
import { Timeline } from './timeline.tsx';

/** One lead: who it is, what was said, what happened, and what comes next. */
export function LeadPage() {
  const { id = '' } = useParams();
  const { data: lead, error, refetch } = useQuery(leadQuery(id));
  if (!lead && error instanceof ApiProblem && error.status === 404) return <NoLead />;
  return (
    <>
      <Anchor component={Link} to="/leads" size="sm" c="dimmed" className={classes.back}>
        <IconArrowLeft size={15} stroke={1.8} aria-hidden />
        Leads
      </Anchor>
      {!lead && error && <FailureNotice error={error} onRetry={() => void refetch()} />}
      {!lead && !error && <Loading />}
      {lead && (
        <>
          <LeadHeader lead={lead} />
          {lead.attention && <AttentionNotice lead={lead} code={lead.attention} />}
          <div className={classes.grid}>
            <div className={classes.facts}>
              <NextStep lead={lead} />
              <PersonFacts lead={lead} />
              <Referrals lead={lead} />
            </div>
            <Conversation lead={lead} />
            <Timeline lead={lead} />
          </div>
        </>
      )}
    </>
  );
}

function NoLead() {
  return (
    <EmptyState
      icon={IconUserOff}
      order={1}
      title="Este lead não existe"
      text="O endereço pode ter sido copiado pela metade, ou é de outra empresa."
    >
      <Button component={Link} to="/leads" mt="xs">
        Ver todos os leads
      </Button>
    </EmptyState>
  );
}

function Loading() {
  return (
    <div role="status" aria-label="Carregando o lead">
      <Skeleton h={30} w={240} radius="sm" mb={10} />
      <Skeleton h={16} w={180} radius="sm" mb="lg" />
      <div className={classes.grid}>
        <Skeleton h={320} radius="lg" className={classes.facts} />
        <Skeleton h={440} radius="lg" className={classes.conversation} />
        <Skeleton h={440} radius="lg" className={classes.timeline} />
      </div>
    </div>
  );
}
