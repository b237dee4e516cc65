import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ApiProblem } from '../api/problem.ts';
import { useUnsaved } from './unsaved.ts';

/** How the saving of a form stands; `problem`: what the API found wrong with its fields. */
export type Saving = {
  submit(event: FormEvent): void;
  isSaving: boolean;
  error: Error | null;
  problem: ApiProblem | undefined;
};

/**
 * Saves a form that holds `values`, as JSON can say them. As long as they differ from what was saved last, or stood
 * there first, nobody leaves without being asked.
 */
export function useSaving<Values extends object, Answer>({
  values,
  emptied,
  save,
  onSaved,
}: {
  values: Values;
  /** What of them stands empty again once it was saved: secrets. */
  emptied?: Partial<Values>;
  save: (values: Values) => Promise<Answer>;
  onSaved: (answer: Answer) => unknown;
}): Saving {
  const [saved, setSaved] = useState(() => JSON.stringify(values));
  const { mutate, isPending, error } = useMutation({
    mutationFn: save,
    onSuccess: (answer, given) => {
      setSaved(JSON.stringify({ ...given, ...emptied }));
      return onSaved(answer);
    },
  });
  useUnsaved(JSON.stringify(values) !== saved);
  return {
    submit(event) {
      event.preventDefault();
      mutate(values);
    },
    isSaving: isPending,
    error,
    problem: error instanceof ApiProblem ? error : undefined,
  };
}
