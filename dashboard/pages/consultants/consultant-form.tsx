import { Select, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Consultant } from '../../../src/contract/listings.ts';
import { send } from '../../api/client.ts';
import { keys } from '../../api/query-keys.ts';
import { FormDialog } from '../../elements/form-dialog.tsx';
import { toastDone } from '../../elements/toasts.ts';
import { useSaving } from '../../elements/use-saving.ts';
import type { Agent } from './agent.ts';

/** Adds a consultant, or changes one. `agents` are Chatwoot's; empty where it was not reached. */
export function ConsultantForm({
  consultant,
  agents,
  onClose,
}: {
  consultant: Consultant | null;
  agents: readonly Agent[];
  onClose: () => void;
}) {
  const [nome, setNome] = useState(consultant?.nome ?? '');
  const [email, setEmail] = useState(consultant?.email ?? '');
  const [agent, setAgent] = useState(consultant?.chatwoot_agent_id?.toString() ?? null);
  const queryClient = useQueryClient();
  const saving = useSaving({
    values: { nome, email, agent },
    save: async () => {
      const given = { nome, email: email.trim() || null };
      const saved = consultant ?? (await send<Consultant>('POST', '/v1/consultants', given));
      const chatwoot_agent_id = agent === null ? null : Number(agent);
      if (!consultant && chatwoot_agent_id === null) return;
      await send('PATCH', `/v1/consultants/${saved.id}`, { ...given, chatwoot_agent_id });
    },
    onSaved: async () => {
      await queryClient.invalidateQueries({ queryKey: keys.consultants });
      toastDone(consultant ? 'Consultor alterado.' : 'Consultor adicionado.');
      onClose();
    },
  });
  const { problem } = saving;
  return (
    <FormDialog
      title={consultant ? 'Alterar consultor' : 'Adicionar consultor'}
      saving={saving}
      onClose={onClose}
    >
      <TextInput
        label="Nome"
        description="Como ele aparece nas indicações."
        required
        data-autofocus
        value={nome}
        error={problem?.fieldError('nome')}
        onChange={(event) => setNome(event.currentTarget.value)}
      />
      <TextInput
        label="E-mail"
        type="email"
        description="O mesmo do Chatwoot, para as conversas irem para o agente certo."
        value={email}
        error={problem?.fieldError('email')}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <Select
        label="Agente no Chatwoot"
        description="Só se o e-mail de lá for outro."
        placeholder="Pelo e-mail"
        clearable
        searchable
        nothingFoundMessage="Nenhum agente com este nome"
        data={agents.map(({ id, name, email: address }) => ({
          value: String(id),
          label: `${name} (${address})`,
        }))}
        value={agent}
        error={problem?.fieldError('chatwoot_agent_id')}
        onChange={setAgent}
      />
    </FormDialog>
  );
}
