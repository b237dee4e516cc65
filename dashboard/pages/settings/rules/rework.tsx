import { Checkbox, NumberInput, Select, SimpleGrid, Switch, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { TenantSettings } from '../../../../src/domain/settings.ts';
import { Surface } from '../../../elements/surface.tsx';
import { SettingsForm, SettingsPart } from '../settings-form.tsx';
import { useSettingsSaving } from '../use-settings.ts';
import { BRAZILIAN_ZONES, STATES } from './brazil.ts';

/** When a lead that has not converted is written to again. */
export default function ReworkSettings() {
  return <SettingsPart form={ReworkForm} rows={5} />;
}

const NO_STATE = '';

function ReworkForm({ settings }: { settings: TenantSettings }) {
  const [rework, setRework] = useState(settings.rework);
  const [zone, setZone] = useState(settings.zone);
  const [followReworkDays, setFollow] = useState<number | string>(settings.followReworkDays);
  const { holidays } = rework;
  const saving = useSettingsSaving({ rework, zone, followReworkDays: Number(followReworkDays) });
  const { problem } = saving;
  const zones = BRAZILIAN_ZONES.some(({ value }) => value === zone)
    ? BRAZILIAN_ZONES
    : [...BRAZILIAN_ZONES, { value: zone, label: zone }];
  return (
    <Surface
      title="Retrabalho"
      description="O lead que não converteu até esta hora recebe uma mensagem nova. Vale para os leads que entrarem daqui em diante."
    >
      <SettingsForm
        saving={saving}
        known={['rework.days', 'rework.time', 'rework.holidays', 'zone', 'followReworkDays']}
      >
        <SimpleGrid cols={{ base: 1, sm: 3 }}>
          <NumberInput
            clampBehavior="none"
            label="Dias depois da indicação"
            min={1}
            max={365}
            allowDecimal={false}
            value={rework.days}
            error={problem?.fieldError('rework.days')}
            onChange={(days) => setRework({ ...rework, days: Number(days) })}
          />
          <TextInput
            label="Horário"
            type="time"
            value={rework.time}
            error={problem?.fieldError('rework.time')}
            onChange={(event) => setRework({ ...rework, time: event.currentTarget.value })}
          />
          <Select
            label="Fuso horário"
            data={zones}
            searchable
            allowDeselect={false}
            value={zone}
            error={problem?.fieldError('zone')}
            onChange={(value) => setZone(value ?? zone)}
          />
        </SimpleGrid>
        <Switch
          label="Só em dias úteis"
          description="O que cairia em fim de semana ou feriado passa para o próximo dia útil."
          checked={rework.businessDaysOnly}
          onChange={(event) => setRework({ ...rework, businessDaysOnly: event.currentTarget.checked })}
        />
        {rework.businessDaysOnly && (
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <Checkbox
              label="Considerar os feriados do Brasil"
              checked={holidays !== null}
              onChange={(event) =>
                setRework({ ...rework, holidays: event.currentTarget.checked ? { country: 'BR' } : null })
              }
            />
            {holidays && (
              <Select
                label="Feriados estaduais"
                data={[{ value: NO_STATE, label: 'Só os nacionais' }, ...STATES]}
                searchable
                allowDeselect={false}
                value={holidays.state ?? NO_STATE}
                error={problem?.fieldError('rework.holidays')}
                onChange={(state) =>
                  setRework({
                    ...rework,
                    holidays: state ? { ...holidays, state } : { country: holidays.country },
                  })
                }
              />
            )}
          </SimpleGrid>
        )}
        <Switch
          label="Adiar um dia quando houve conversa"
          description="Se a pessoa ou um agente escreveu nas últimas 24 horas, o retrabalho espera mais um dia e o consultor é lembrado."
          checked={rework.deferWhenActive}
          onChange={(event) => setRework({ ...rework, deferWhenActive: event.currentTarget.checked })}
        />
        <NumberInput
          clampBehavior="none"
          label="Acompanhar a mensagem do retrabalho por quantos dias"
          description="O lead é encerrado quando a pessoa lê ou responde, ou o mais tardar depois destes dias."
          maw={420}
          min={1}
          max={30}
          allowDecimal={false}
          value={followReworkDays}
          error={problem?.fieldError('followReworkDays')}
          onChange={setFollow}
        />
      </SettingsForm>
    </Surface>
  );
}
