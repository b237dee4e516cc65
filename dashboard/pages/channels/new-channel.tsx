import { PasswordInput, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { send } from '../../api/client.ts';
import { directoryQuery } from '../../api/connections.ts';
import { keys } from '../../api/query-keys.ts';
import { FormDialog } from '../../elements/form-dialog.tsx';
import { ShownOnce } from '../../elements/shown-once.tsx';
import { useSaving } from '../../elements/use-saving.ts';

type Kind = 'whatsapp_cloud' | 'evolution';

type Field = { name: string; label: string; description?: string; isSecret?: boolean; initial?: string };

const FIELDS: Record<Kind, readonly Field[]> = {
  whatsapp_cloud: [
    { name: 'name', label: 'Nome', description: 'Como você o chama aqui.' },
    {
      name: 'phone_number_id',
      label: 'Id do número',
      description: 'Meta: página do app, Configuração da API.',
    },
    {
      name: 'business_account_id',
      label: 'Id da conta do WhatsApp Business',
      description: 'Na mesma página.',
    },
    {
      name: 'token',
      label: 'Token permanente',
      description: 'De um usuário do sistema com whatsapp_business_messaging e _management.',
      isSecret: true,
    },
    {
      name: 'app_secret',
      label: 'Chave secreta do app',
      description: 'Meta: página do app, Configurações básicas.',
      isSecret: true,
    },
  ],
  evolution: [
    { name: 'name', label: 'Nome', description: 'Como você o chama aqui.' },
    { name: 'base_url', label: 'Endereço do gateway', initial: 'https://' },
    { name: 'instance', label: 'Instância' },
    { name: 'api_key', label: 'Token da instância', isSecret: true },
  ],
};

type Added = { webhook: Record<string, unknown> };

/** Adds a number; afterwards shows, this once, what its provider is to call. */
export function NewChannel({ onClose }: { onClose: () => void }) {
  const [kind, setKind] = useState<Kind>('whatsapp_cloud');
  const [values, setValues] = useState<Record<string, string>>({});
  const [inbox, setInbox] = useState<string | null>(null);
  const directory = useQuery(directoryQuery);
  const queryClient = useQueryClient();
  const [added, setAdded] = useState<Added | null>(null);
  const saving = useSaving({
    values: { values, inbox },
    save: () =>
      send<Added>('POST', '/v1/channels', {
        kind,
        ...Object.fromEntries(
          FIELDS[kind].map(({ name, initial = '' }) => [name, (values[name] ?? initial).trim()]),
        ),
        chatwoot_inbox_id: inbox === null ? undefined : Number(inbox),
      }),
    onSaved: async (answer) => {
      setAdded(answer);
      await queryClient.invalidateQueries({ queryKey: keys.channels });
    },
  });
  const { problem } = saving;
  if (added) {
    return (
      <ShownOnce
        title="Número adicionado"
        warning="Copie agora: isto aparece só desta vez"
        text={WHERE[kind]}
        secret={JSON.stringify(added.webhook, null, 2)}
        onClose={onClose}
      />
    );
  }
  return (
    <FormDialog title="Adicionar número" size="lg" action="Adicionar" saving={saving} onClose={onClose}>
      <SegmentedControl
        aria-label="Tipo de número"
        value={kind}
        onChange={(value) => setKind(value as Kind)}
        data={[
          { value: 'whatsapp_cloud', label: 'API oficial do WhatsApp' },
          { value: 'evolution', label: 'Evolution API' },
        ]}
      />
      {FIELDS[kind].map(({ name, label, description, isSecret, initial = '' }) => {
        const Input = isSecret ? PasswordInput : TextInput;
        return (
          <Input
            key={name}
            label={label}
            description={description}
            required
            autoComplete="off"
            value={values[name] ?? initial}
            error={problem?.fieldError(name)}
            onChange={(event) => setValues({ ...values, [name]: event.currentTarget.value })}
          />
        );
      })}
      <Select
        label="Caixa de entrada no Chatwoot"
        description="Onde ficam as conversas deste número."
        required
        data={(directory.data?.inboxes ?? []).map(({ id, name }) => ({ value: String(id), label: name }))}
        value={inbox}
        error={
          problem?.fieldError('chatwoot_inbox_id') ??
          (directory.error ? `Chatwoot: ${directory.error.message}` : undefined)
        }
        onChange={setInbox}
      />
    </FormDialog>
  );
}

const WHERE: Record<Kind, string> = {
  whatsapp_cloud:
    'Na página de webhooks do app da Meta, informe este endereço (depois do endereço público do Lead Flow) e o token de verificação, e assine messages, message_template_status_update, phone_number_quality_update, account_update e user_preferences.',
  evolution: 'Configure o webhook da instância com estes dados.',
};
