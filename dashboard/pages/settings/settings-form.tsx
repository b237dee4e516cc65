import { Button, Group, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ComponentType, ReactNode } from 'react';
import type { TenantSettings } from '../../../src/domain/settings.ts';
import { settingsQuery } from '../../api/settings.ts';
import { FailureNotice } from '../../elements/failure-notice.tsx';
import { Loaded } from '../../elements/loaded.tsx';
import type { Saving } from '../../elements/use-saving.ts';

/** A part of the settings that waits for them; `rows` stand in for it until then. */
export function SettingsPart({
  form: Form,
  rows,
}: {
  form: ComponentType<{ settings: TenantSettings }>;
  rows: number;
}) {
  return (
    <Loaded of={useQuery(settingsQuery)} rows={rows}>
      {(settings) => <Form settings={settings} />}
    </Loaded>
  );
}

/** Fields, and the button that saves them; `known` are the fields that show their own errors. */
export function SettingsForm({
  saving,
  known,
  maw = 720,
  children,
}: {
  saving: Saving;
  known: readonly string[];
  maw?: number | string;
  children: ReactNode;
}) {
  return (
    <form onSubmit={saving.submit} noValidate>
      <Stack maw={maw}>
        {children}
        <SaveRow saving={saving} known={known} />
      </Stack>
    </form>
  );
}

/** The button that saves a form, and what went wrong where no field says it. */
export function SaveRow({
  saving: { isSaving, error, problem },
  known,
}: {
  saving: Saving;
  /** Fields that show their own errors. */
  known: readonly string[];
}) {
  const isShown = (field: string) => known.some((name) => field === name || field.startsWith(`${name}.`));
  const hidden = error && (!problem?.fields.length || problem.fields.some(({ field }) => !isShown(field)));
  return (
    <>
      {hidden ? <FailureNotice error={error} /> : null}
      <Group>
        <Button type="submit" loading={isSaving}>
          Salvar
        </Button>
      </Group>
    </>
  );
}
