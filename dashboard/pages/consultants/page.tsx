import { ActionIcon, Alert, Anchor, Badge, Button, Group, Stack, Table, Text, Tooltip } from '@mantine/core';
import { IconAlertTriangle, IconPencil, IconUserPlus, IconUsers } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import type { Consultant } from '../../../src/contract/listings.ts';
import { directoryQuery } from '../../api/connections.ts';
import { writeFilters } from '../../api/lead-filters.ts';
import { consultantsQuery } from '../../api/settings.ts';
import { EmptyState } from '../../elements/empty-state.tsx';
import { FailureNotice } from '../../elements/failure-notice.tsx';
import { PageHeader } from '../../elements/page-header.tsx';
import { RowSkeletons } from '../../elements/row-skeletons.tsx';
import { Surface } from '../../elements/surface.tsx';
import { type Agent, agentOf } from './agent.ts';
import { ConsultantForm } from './consultant-form.tsx';

const AVAILABILITY: Readonly<Record<string, { name: string; color: string }>> = {
  online: { name: 'disponível', color: 'verde' },
  busy: { name: 'ocupado', color: 'yellow' },
  offline: { name: 'fora', color: 'gray' },
};

/** Who refers leads, and the agent of Chatwoot each one is. */
export function ConsultantsPage() {
  const { data, error, refetch } = useQuery(consultantsQuery);
  const consultants = data?.consultants;
  const directory = useQuery(directoryQuery);
  const [editing, setEditing] = useState<Consultant | 'new' | null>(null);
  const agents = directory.data?.agents ?? [];
  return (
    <>
      <PageHeader
        title="Consultores"
        description="Quem indica leads, e a quem a conversa é entregue no Chatwoot."
        actions={
          <Button leftSection={<IconUserPlus size={18} />} onClick={() => setEditing('new')}>
            Adicionar
          </Button>
        }
      />
      <Stack gap="md">
        {error && <FailureNotice error={error} onRetry={() => void refetch()} />}
        {directory.error && (
          <Alert color="yellow" variant="light" icon={<IconAlertTriangle size={20} />}>
            <Text size="sm">
              Não foi possível ler os agentes do Chatwoot: {directory.error.message}{' '}
              <Anchor component={Link} to="/configuracoes/chatwoot" size="sm" underline="always">
                Testar a conexão
              </Anchor>
            </Text>
          </Alert>
        )}
        {!consultants && !error && <RowSkeletons />}
        {consultants?.length === 0 && (
          <Surface>
            <EmptyState
              icon={IconUsers}
              title="Nenhum consultor ainda"
              text="Adicione quem indica leads. Sem isso, a conversa de cada lead fica com o time."
            />
          </Surface>
        )}
        {consultants && consultants.length > 0 && (
          <Surface>
            <Table.ScrollContainer minWidth={560}>
              <Table verticalSpacing="sm">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Nome</Table.Th>
                    <Table.Th>E-mail</Table.Th>
                    <Table.Th>Agente no Chatwoot</Table.Th>
                    <Table.Th w={150}>
                      <span className="visually-hidden">Ações</span>
                    </Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {consultants.map((consultant) => (
                    <Table.Tr key={consultant.id}>
                      <Table.Td fw={500}>{consultant.nome}</Table.Td>
                      <Table.Td>{consultant.email ?? '–'}</Table.Td>
                      <Table.Td>
                        <AgentCell consultant={consultant} agents={agents} isKnown={directory.isSuccess} />
                      </Table.Td>
                      <Table.Td>
                        <Group gap="xs" justify="flex-end" wrap="nowrap">
                          <Anchor
                            component={Link}
                            size="sm"
                            to={`/leads/tabela?${writeFilters({ consultant: consultant.nome })}`}
                            aria-label={`Leads de ${consultant.nome}`}
                          >
                            Leads
                          </Anchor>
                          <Tooltip label="Alterar">
                            <ActionIcon
                              aria-label={`Alterar ${consultant.nome}`}
                              onClick={() => setEditing(consultant)}
                            >
                              <IconPencil size={17} stroke={1.7} />
                            </ActionIcon>
                          </Tooltip>
                        </Group>
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          </Surface>
        )}
      </Stack>
      {editing && (
        <ConsultantForm
          consultant={editing === 'new' ? null : editing}
          agents={agents}
          onClose={() => setEditing(null)}
        />
      )}
    </>
  );
}

function AgentCell({
  consultant,
  agents,
  isKnown,
}: {
  consultant: Consultant;
  agents: readonly Agent[];
  isKnown: boolean;
}) {
  if (!isKnown)
    return (
      <Text size="sm" c="dimmed">
        –
      </Text>
    );
  const agent = agentOf(consultant, agents);
  if (!agent) {
    return (
      <Tooltip
        label="A conversa fica com o time. Informe o e-mail que ele tem no Chatwoot."
        multiline
        maw={260}
      >
        <Badge color="orange" variant="light" tt="none">
          sem agente
        </Badge>
      </Tooltip>
    );
  }
  const availability = AVAILABILITY[agent.availability ?? ''];
  return (
    <Group gap="xs" wrap="nowrap">
      <Text size="sm">{agent.name}</Text>
      {availability && (
        <Badge size="sm" variant="light" color={availability.color} tt="none" flex="none">
          {availability.name}
        </Badge>
      )}
    </Group>
  );
}
