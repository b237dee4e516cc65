import { NumberInput, PasswordInput, Select, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Channel } from '../../../src/contract/listings.ts';
import { send } from '../../api/client.ts';
import { keys } from '../../api/query-keys.ts';
import { FormDialog } from '../../elements/form-dialog.tsx';
import { toastDone } from '../../elements/toasts.ts';
import { useSaving } from '../../elements/use-saving.ts';

/** Changes a number; what is left empty of its secrets stays as it is. */
export function ChannelForm({ channel, onClose }: { channel: Channel; onClose: () => void }) {
  const isOfficial = channel.kind === 'whatsapp_cloud';
  const [name, setName] = useState(channel.name);
  const [rate, setRate] = useState<number | string>(channel.messages_per_second);
  const [relay, setRelay] = useState(channel.relay_url ?? '');
  const [token, setToken] = useState('');
  const [secret, setSecret] = useState('');
  const [numbering, setNumbering] = useState<string | null>(channel.status_numbering);
  const queryClient = useQueryClient();
  const saving = useSaving({
    values: { name, rate, relay, token, secret, numbering },
    save: () =>
      send('PATCH', `/v1/channels/${channel.id}`, {
        name,
        messages_per_second: Number(rate),
        ...(isOfficial && { relay_url: relay.trim() || null }),
        ...(!isOfficial && numbering && { status_numbering: numbering }),
        ...(token && { token }),
        ...(secret && { secret }),
      }),
    onSaved: async () => {
      await queryClient.invalidateQueries({ queryKey: keys.channels });
      toastDone('Número alterado. Vale em até 5 segundos.');
      onClose();
    },
  });
  const { problem } = saving;
  return (
    <FormDialog title={`Alterar ${channel.name}`} saving={saving} onClose={onClose}>
      <TextInput
        label="Nome"
        data-autofocus
        value={name}
        error={problem?.fieldError('name')}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <NumberInput
        clampBehavior="none"
        label="Mensagens por segundo"
        description={
          isOfficial
            ? 'A Meta aceita 80 por número (20 no modo de coexistência).'
            : 'Devagar: enviar rápido demais leva ao bloqueio do número.'
        }
        value={rate}
        min={0.01}
        max={1000}
        decimalScale={2}
        decimalSeparator=","
        error={problem?.fieldError('messages_per_second')}
        onChange={setRate}
      />
      {isOfficial ? (
        <TextInput
          label="Repasse dos webhooks ao Chatwoot"
          description="O endereço de callback que o Chatwoot mostra na caixa do WhatsApp. Vazio: não repassa."
          placeholder="https://"
          value={relay}
          error={problem?.fieldError('relay_url')}
          onChange={(event) => setRelay(event.currentTarget.value)}
        />
      ) : (
        <Select
          label="Numeração dos status"
          data={[
            { value: 'documented', label: 'Documentada: 1 enviada, 2 entregue, 3 lida' },
            { value: 'baileys', label: 'Baileys: 2 enviada, 3 entregue, 4 lida' },
          ]}
          allowDeselect={false}
          value={numbering}
          error={problem?.fieldError('status_numbering')}
          onChange={setNumbering}
        />
      )}
      <PasswordInput
        label={isOfficial ? 'Novo token de acesso' : 'Novo token da instância'}
        description="Vazio: continua o atual."
        autoComplete="off"
        value={token}
        error={problem?.fieldError('token')}
        onChange={(event) => setToken(event.currentTarget.value)}
      />
      <PasswordInput
        label={isOfficial ? 'Nova chave secreta do app' : 'Novo segredo do webhook'}
        description="Vazio: continua a atual. A anterior vale junto até a próxima troca."
        autoComplete="off"
        value={secret}
        error={problem?.fieldError('secret')}
        onChange={(event) => setSecret(event.currentTarget.value)}
      />
    </FormDialog>
  );
}
