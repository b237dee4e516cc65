import { Button, Select, Skeleton } from '@mantine/core';
import { IconDeviceMobileOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useSearchParams } from 'react-router';
import { testPhoneQuery } from '../../api/test-phone.ts';
import { EmptyState } from '../../elements/empty-state.tsx';
import { FailureNotice } from '../../elements/failure-notice.tsx';
import { PageHeader } from '../../elements/page-header.tsx';
import { phone } from '../../words/formatting.ts';
import { FakePhone } from './fake-phone.tsx';
import { PhoneList } from './phone-list.tsx';
import classes from './test-phone.module.css';

/** The sandbox's fake phones: one reads what was sent as the person would, and answers. */
export function TestPhonePage() {
  const { data, error, refetch } = useQuery(testPhoneQuery);
  const [search, setSearch] = useSearchParams();
  const asked = search.get('telefone');
  const phones = data?.phones ?? [];
  const shown = phones.find(({ wa_id }) => wa_id === asked) ?? phones[0];
  const choose = (waId: string) => setSearch({ telefone: waId }, { replace: true });

  return (
    <>
      <PageHeader
        title="Telefone de teste"
        description="O que a pessoa vê no WhatsApp, sem WhatsApp: nada sai desta máquina. Responda como ela."
      />
      {error && !data && <FailureNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && (
        <div role="status" aria-label="Carregando os telefones">
          <Skeleton h={620} w={350} radius={36} />
        </div>
      )}
      {data && !shown && (
        <div className="surface">
          <EmptyState
            icon={IconDeviceMobileOff}
            title="Nenhum telefone recebeu mensagem ainda"
            text="Indique um lead: assim que a mensagem sair, o telefone dele aparece aqui."
          >
            <Button component={Link} to="/importar" variant="light" mt="xs">
              Importar um lead
            </Button>
          </EmptyState>
        </div>
      )}
      {shown && (
        <div className={classes.page}>
          <PhoneList phones={phones} shown={shown.wa_id} onChoose={choose} />
          <Select
            className={classes.select}
            label="Telefone"
            data={phones.map(({ wa_id, name }) => ({ value: wa_id, label: `${name} · ${phone(wa_id)}` }))}
            value={shown.wa_id}
            allowDeselect={false}
            searchable
            onChange={(waId) => waId && choose(waId)}
          />
          <FakePhone key={shown.wa_id} phone={shown} />
        </div>
      )}
    </>
  );
}
