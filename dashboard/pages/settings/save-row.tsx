import { Button, Group } from '@mantine/core';
import type { ApiProblem } from '../../api/problem.ts';
import { FailureNotice } from '../../elements/failure-notice.tsx';

/** The button that saves a form, and what went wrong where no field says it. */
export function SaveRow({
  isSaving,
  error,
  problem,
  known,
}: {
  isSaving: boolean;
  error: unknown;
  problem?: ApiProblem | undefined;
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
