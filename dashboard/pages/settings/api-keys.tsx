import { ActionIcon, Badge, Button, Code, Group, Stack, Table, TextInput, Tooltip } from '@mantine/core';
import { IconKey, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { ApiKey, NewApiKey } from '../../../src/contract/connection.ts';
import { send } from '../../api/client.ts';
import { apiKeysQuery } from '../../api/connections.ts';
import { ApiProblem } from '../../api/problem.ts';
import { settingKeys } from '../../api/query-keys.ts';
import { useZone } from '../../api/session.ts';
import { Confirm } from '../../elements/confirm.tsx';
import { FailureNotice } from '../../elements/failure-notice.tsx';
import { RowSkeletons } from '../../elements/row-skeletons.tsx';
import { ShownOnce } from '../../elements/shown-once.tsx';
import { Surface } from '../../elements/surface.tsx';
import { toastDone, toastFailed } from '../../elements/toasts.ts';
import { fullWhen } from '../../words/formatting.ts';

/** The keys with which the extension and other systems come in. */
export default function ApiKeys() {
  const { data: apiKeys, error, refetch } = useQuery(apiKeysQuery);
  const zone = useZone();
  const [name, setName] = useState('');
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  const queryClient = useQueryClient();
  const readAgain = () => queryClient.invalidateQueries({ queryKey: settingKeys.apiKeys });
  const make = useMutation({
    mutationFn: () => send<NewApiKey>('POST', '/v1/api-keys', { name }),
    onSuccess: () => {
      setName('');
      return readAgain();
    },
  });
  const revoke = useMutation({
    mutationFn: (key: ApiKey) => send('DELETE', `/v1/api-keys/${key.id}`),
    onSuccess: () => {
      toastDone('Chave revogada. Ela deixa de valer em até 5 segundos.');
      return readAgain();
    },
    onError: toastFailed,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  const problem = make.error instanceof ApiProblem ? make.error : undefined;
  return (
    <Surface
      title="Chaves da API"
      description="Uma por sistema ou por navegador com a extensão, para que se possa revogar só uma."
    >
      <Stack>
        <form onSubmit={submit} noValidate>
          <Group align="flex-end" gap="xs">
            <TextInput
              label="Nome da chave nova"
              placeholder="Extensão da Ana"
              w={{ base: '100%', xs: 300 }}
              value={name}
              error={problem?.fieldError('name')}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Button type="submit" leftSection={<IconKey size={17} />} loading={make.isPending}>
              Criar chave
            </Button>
          </Group>
        </form>
        {make.error && !problem?.fields.length && <FailureNotice error={make.error} />}
        {error && <FailureNotice error={error} onRetry={() => void refetch()} />}
        {!apiKeys && !error && <RowSkeletons rows={3} />}
        {apiKeys && (
          <Table.ScrollContainer minWidth={560}>
            <Table verticalSpacing="sm">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Nome</Table.Th>
                  <Table.Th>Começa com</Table.Th>
                  <Table.Th>Criada</Table.Th>
                  <Table.Th>Usada por último</Table.Th>
                  <Table.Th w={90}>
                    <span className="visually-hidden">Ações</span>
                  </Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {apiKeys.map((key) => (
                  <Table.Tr key={key.id}>
                    <Table.Td fw={500}>{key.name}</Table.Td>
                    <Table.Td>
                      <Code>{key.prefix}…</Code>
                    </Table.Td>
                    <Table.Td className="tabular">{fullWhen(key.created_at, zone)}</Table.Td>
                    <Table.Td className="tabular">
                      {key.last_used_at ? fullWhen(key.last_used_at, zone) : 'nunca'}
                    </Table.Td>
                    <Table.Td ta="right">
                      {key.revoked_at ? (
                        <Badge color="gray" variant="light" tt="none">
                          revogada
                        </Badge>
                      ) : (
                        <Tooltip label="Revogar">
                          <ActionIcon aria-label={`Revogar ${key.name}`} onClick={() => setRevoking(key)}>
                            <IconTrash size={17} stroke={1.7} />
                          </ActionIcon>
                        </Tooltip>
                      )}
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
      </Stack>
      <Confirm
        opened={revoking !== null}
        title={`Revogar ${revoking?.name ?? ''}?`}
        text="Quem usa esta chave deixa de entrar em até 5 segundos. Não dá para desfazer: crie outra."
        action="Revogar"
        isDangerous
        onConfirm={() => revoking && revoke.mutate(revoking)}
        onClose={() => setRevoking(null)}
      />
      {make.data && (
        <ShownOnce
          title={make.data.name}
          warning="Copie agora: a chave aparece só desta vez"
          text="Cole-a na extensão ou no sistema que vai usá-la."
          secret={make.data.key}
          onClose={() => make.reset()}
        />
      )}
    </Surface>
  );
}
