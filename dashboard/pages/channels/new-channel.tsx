import { Modal, PasswordInput, SegmentedControl, Select, Stack, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { send } from '../../api/client.ts';
import { directoryQuery } from '../../api/connections.ts';
import { ApiProblem } from '../../api/problem.ts';
import { keys } from '../../api/query-keys.ts';
import { FormFooter } from '../../elements/form-footer.tsx';
import { ShownOnce } from '../../elements/shown-once.tsx';

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
  const add = useMutation({
    mutationFn: () =>
      send<Added>('POST', '/v1/channels', {
        kind,
        ...Object.fromEntries(
          FIELDS[kind].map(({ name, initial = '' }) => [name, (values[name] ?? initial).trim()]),
        ),
        chatwoot_inbox_id: inbox === null ? undefined : Number(inbox),
      }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: keys.channels }),
  });
  const problem = add.error instanceof ApiProblem ? add.error : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate();
  };
  if (add.data) {
    return (
      <ShownOnce
        title="Número adicionado"
        warning="Copie agora: isto aparece só desta vez"
        text={WHERE[kind]}
        secret={JSON.stringify(add.data.webhook, null, 2)}
        onClose={onClose}
      />
    );
  }
  return (
    <Modal opened onClose={onClose} title="Adicionar número" size="lg">
      <form onSubmit={submit} noValidate>
        <Stack>
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
          <FormFooter error={add.error} isSending={add.isPending} action="Adicionar" onClose={onClose} />
        </Stack>
      </form>
    </Modal>
  );
}

const WHERE: Record<Kind, string> = {
  whatsapp_cloud:
    'Na página de webhooks do app da Meta, informe este endereço (depois do endereço público do Lead Flow) e o token de verificação, e assine messages, message_template_status_update, phone_number_quality_update, account_update e user_preferences.',
  evolution: 'Configure o webhook da instância com estes dados.',
};
