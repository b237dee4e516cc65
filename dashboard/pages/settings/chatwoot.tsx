import {
  Button,
  Group,
  NumberInput,
  PasswordInput,
  Select,
  SimpleGrid,
  Stack,
  TextInput,
} from '@mantine/core';
import { IconPlugConnected } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Chatwoot, ConnectionTest } from '../../../src/contract/connection.ts';
import { send } from '../../api/client.ts';
import { chatwootQuery, directoryQuery } from '../../api/connections.ts';
import { ApiProblem } from '../../api/problem.ts';
import { settingKeys } from '../../api/query-keys.ts';
import { ConnectionTestResult } from '../../elements/connection-test.tsx';
import { FailureNotice } from '../../elements/failure-notice.tsx';
import { Loaded } from '../../elements/loaded.tsx';
import { Surface } from '../../elements/surface.tsx';
import { toastDone } from '../../elements/toasts.ts';
import { useSaving } from '../../elements/use-saving.ts';

/** The connection to Chatwoot: where it is, with which token, and whether it works. */
export default function ChatwootSettings() {
  return (
    <Loaded of={useQuery(chatwootQuery)} rows={4}>
      {(chatwoot) => <ChatwootForm chatwoot={chatwoot} />}
    </Loaded>
  );
}

const NO_TEAM = '';

function ChatwootForm({ chatwoot }: { chatwoot: Chatwoot }) {
  const [url, setUrl] = useState(chatwoot.url);
  const [accountId, setAccountId] = useState<number | string>(chatwoot.account_id);
  const [team, setTeam] = useState(chatwoot.team_id?.toString() ?? NO_TEAM);
  const [token, setToken] = useState('');
  const [secret, setSecret] = useState('');
  const directory = useQuery(directoryQuery);
  const queryClient = useQueryClient();
  const moved = url !== chatwoot.url || Number(accountId) !== chatwoot.account_id;
  const given = () => ({
    ...(moved && { url, account_id: Number(accountId) }),
    ...(token && { token }),
    team_id: team === NO_TEAM ? null : Number(team),
    ...(secret && { webhook_secret: secret }),
  });
  const test = useMutation({
    mutationFn: (trial: object) => send<ConnectionTest>('POST', '/v1/chatwoot/test', trial),
  });
  const saving = useSaving({
    values: { url, accountId, team, token, secret },
    emptied: { token: '', secret: '' },
    save: () => send('PATCH', '/v1/chatwoot', given()),
    onSaved: async () => {
      await queryClient.invalidateQueries({ queryKey: settingKeys.chatwoot });
      setToken('');
      setSecret('');
      toastDone('Conexão com o Chatwoot salva. Veja abaixo se ela funciona.');
      test.mutate({});
    },
  });
  const problem = [saving.error, test.error].find((error) => error instanceof ApiProblem);
  const teams = (directory.data?.teams ?? []).map(({ id, name }) => ({ value: String(id), label: name }));
  if (team !== NO_TEAM && !teams.some(({ value }) => value === team)) {
    teams.push({ value: team, label: `Time ${team}` });
  }
  return (
    <Surface
      title="Chatwoot"
      description="Onde os contatos e as conversas são criados e os consultores atendem. Trocar de endereço ou de conta pede um token novo."
    >
      <form onSubmit={saving.submit} noValidate>
        <Stack maw={720}>
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <TextInput
              label="Endereço"
              placeholder="https://chat.suaempresa.com.br"
              required
              value={url}
              error={problem?.fieldError('url')}
              onChange={(event) => setUrl(event.currentTarget.value)}
            />
            <NumberInput
              clampBehavior="none"
              label="Número da conta"
              description="O que vem depois de /accounts/ nos endereços."
              inputWrapperOrder={['label', 'input', 'description', 'error']}
              required
              hideControls
              allowDecimal={false}
              value={accountId}
              error={problem?.fieldError('account_id')}
              onChange={setAccountId}
            />
            <PasswordInput
              label="Token de acesso"
              description={moved ? 'De um administrador da conta nova.' : 'Vazio: continua o atual.'}
              inputWrapperOrder={['label', 'input', 'description', 'error']}
              required={moved}
              autoComplete="off"
              value={token}
              error={problem?.fieldError('token')}
              onChange={(event) => setToken(event.currentTarget.value)}
            />
            <PasswordInput
              label="Segredo do webhook"
              description={chatwoot.has_webhook_secret ? 'Vazio: continua o atual.' : 'Ainda não há nenhum.'}
              inputWrapperOrder={['label', 'input', 'description', 'error']}
              autoComplete="off"
              value={secret}
              error={problem?.fieldError('webhook_secret')}
              onChange={(event) => setSecret(event.currentTarget.value)}
            />
            <Select
              label="Time que recebe o resto"
              description="Os leads cujo consultor não é agente, ou está fora."
              inputWrapperOrder={['label', 'input', 'description', 'error']}
              data={[{ value: NO_TEAM, label: 'Nenhum' }, ...teams]}
              allowDeselect={false}
              value={team}
              error={problem?.fieldError('team_id')}
              onChange={(value) => setTeam(value ?? NO_TEAM)}
            />
          </SimpleGrid>
          {problem && problem.fields.length === 0 && <FailureNotice error={problem} />}
          <Group gap="xs">
            <Button type="submit" loading={saving.isSaving}>
              Salvar
            </Button>
            <Button
              variant="default"
              leftSection={<IconPlugConnected size={17} />}
              loading={test.isPending}
              // Without changes the stored connection is tried, secrets included.
              onClick={() => test.mutate(moved || token ? given() : {})}
            >
              Testar
            </Button>
          </Group>
          {test.data && <ConnectionTestResult test={test.data} />}
        </Stack>
      </form>
    </Surface>
  );
}
