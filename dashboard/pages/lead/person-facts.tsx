import { Anchor, CopyButton, Select, Title, UnstyledButton } from '@mantine/core';
import { IconCheck, IconCopy, IconExternalLink } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { LeadPage } from '../../../src/contract/lead.ts';
import { changeStatus } from '../../api/leads.ts';
import { settingsQuery } from '../../api/settings.ts';
import { cnpj, count, money, phone } from '../../words/formatting.ts';
import classes from './lead.module.css';
import { useLeadAction } from './use-lead-action.ts';

/** Who the person is, and where else the lead is to be seen. */
export function PersonFacts({ lead }: { lead: LeadPage }) {
  return (
    <section className={`surface ${classes.card}`} aria-labelledby="dados">
      <Title order={2} id="dados" className={classes.cardTitle}>
        Dados
      </Title>
      <StatusSelect lead={lead} />
      <dl className={classes.list}>
        <Fact name="Telefone">
          <Copyable text={lead.phone}>{phone(lead.phone)}</Copyable>
        </Fact>
        {lead.cnpj && (
          <Fact name="CNPJ">
            <Copyable text={lead.cnpj}>{cnpj(lead.cnpj)}</Copyable>
          </Fact>
        )}
        {lead.email && (
          <Fact name="E-mail">
            <Copyable text={lead.email}>{lead.email}</Copyable>
          </Fact>
        )}
        <Fact name="Consultor">
          {lead.consultant || 'Sem consultor'}
          {!lead.consultant_known && lead.consultant && (
            <span className={classes.aside}> (não cadastrado)</span>
          )}
        </Fact>
        <Fact name="Custo estimado">{money(lead.cost)}</Fact>
        {lead.rework.count > 0 && <Fact name="Retrabalhos">{count(lead.rework.count)}</Fact>}
      </dl>
      <div className={classes.links}>
        {lead.links.conversation && <Outside href={lead.links.conversation}>Conversa no Chatwoot</Outside>}
        <Outside href={lead.links.workflow}>Fluxo no Temporal</Outside>
      </div>
    </section>
  );
}

function StatusSelect({ lead }: { lead: LeadPage }) {
  const { data: settings } = useQuery(settingsQuery);
  const changing = useLeadAction(lead.id, async (status: string) => {
    await changeStatus(lead.id, status);
    return 'Status da indicação alterado.';
  });
  const statuses = settings?.referralStatuses ?? [];
  const options = statuses.map(({ value, label }) => ({ value, label }));
  const current = lead.status_indicacao;
  if (!options.some(({ value }) => value === current)) options.push({ value: current, label: current });
  const isQualified = statuses.find(({ value }) => value === current)?.qualified;
  return (
    <Select
      label="Status da indicação"
      description={isQualified === false ? 'Não qualificado: este lead não será retrabalhado.' : undefined}
      data={options}
      value={changing.isPending ? changing.variables : current}
      disabled={changing.isPending || lead.outcome === 'merged' || lead.outcome === 'erased'}
      allowDeselect={false}
      onChange={(status) => {
        if (status && status !== current) changing.mutate(status);
      }}
      mb="sm"
    />
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Copyable({ text, children }: { text: string; children: ReactNode }) {
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <UnstyledButton className={classes.copy} onClick={copy} title="Copiar">
          {children}
          {copied ? (
            <IconCheck size={14} aria-label="Copiado" />
          ) : (
            <IconCopy size={14} stroke={1.7} aria-label="Copiar" />
          )}
        </UnstyledButton>
      )}
    </CopyButton>
  );
}

function Outside({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Anchor href={href} target="_blank" rel="noreferrer" size="sm" className={classes.outside}>
      {children}
      <IconExternalLink size={14} stroke={1.8} aria-label="abre em outra aba" />
    </Anchor>
  );
}
