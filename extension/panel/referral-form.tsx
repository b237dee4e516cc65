import { type FormEvent, useEffect, useRef, useState } from 'react';
import { type Field, FIELD_NAMES, FIELDS } from '../fields.ts';
import { ask } from '../messages.ts';
import type { Outgoing } from '../outbox/outgoing.ts';
import { personOf, type Reading } from '../reading/reading.ts';
import type { Directory } from '../server/server.ts';
import { save } from '../stored.ts';
import { checkDraft, type Draft, draftFrom, draftOf, type FieldErrors, firstWrong } from './draft.ts';
import { FormField } from './form-field.tsx';
import { Notice } from './notice.tsx';
import { OpenLeadNotice } from './open-lead-notice.tsx';

type Props = {
  reading: Reading;
  directory: Directory;
  consultant: string;
  /** A referral that the server refused, to be put right; null: a new one. */
  correcting: Outgoing | null;
  onSent: (key: string) => void;
  onGivenUp: () => void;
};

const OF_THE_PERSON: readonly Field[] = ['nome', 'telefone', 'cnpj'];

/** The five fields, filled from the page until somebody types, and the button that refers. */
export function ReferralForm({ reading, directory, consultant, correcting, onSent, onGivenUp }: Props) {
  const [edits, setEdits] = useState<Partial<Draft>>(correcting ? draftFrom(correcting.body) : {});
  // Once a person's data was typed over, the next call's must not mix with it.
  const [held, setHeld] = useState<Reading | null>(correcting ? {} : null);
  const [errors, setErrors] = useState<FieldErrors>(refusedFields(correcting));
  const [failure, setFailure] = useState<string | null>(null);
  const form = useRef<HTMLFormElement>(null);
  // Of one press, however often it is tried to be kept.
  const pressed = useRef<string | null>(correcting?.key ?? null);

  const shown = held ?? reading;
  const draft: Draft = { ...draftOf(shown, directory, consultant), ...edits };
  const pageTurned =
    held !== null && !correcting && personOf(reading) !== '' && personOf(reading) !== personOf(held);

  useEffect(() => {
    const { current } = form;
    const empty = Array.from(current?.querySelectorAll<HTMLElement>('[required]') ?? []).find(
      (field) => (field as HTMLInputElement).value === '',
    );
    (empty ?? current?.querySelector<HTMLElement>('[type=submit]'))?.focus();
  }, []);

  const edit = (field: Field, value: string) => {
    if (OF_THE_PERSON.includes(field)) setHeld((before) => before ?? reading);
    setEdits((before) => ({ ...before, [field]: value }));
    setErrors(({ [field]: _, ...others }) => others);
  };
  const readAgain = () => {
    setHeld(null);
    setEdits({});
    setErrors({});
  };
  const checkOne = (field: Field) => {
    if (draft[field] === '') return;
    const checked = checkDraft(draft, directory);
    const message = checked.ok ? undefined : checked.errors[field];
    if (message) setErrors((before) => ({ ...before, [field]: message }));
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const checked = checkDraft(draft, directory);
    if (!checked.ok) {
      setErrors(checked.errors);
      const wrong = firstWrong(checked.errors);
      if (wrong) form.current?.querySelector<HTMLElement>(`[name=${wrong}]`)?.focus();
      return;
    }
    pressed.current ??= crypto.randomUUID();
    const key = pressed.current;
    try {
      await ask(correcting ? 'correct' : 'refer', { key, body: checked.body });
    } catch {
      setFailure('A indicação não pôde ser guardada neste navegador. Aperte Enviar de novo.');
      return;
    }
    void save({ consultant: checked.body.consultor });
    onSent(key);
  };

  return (
    <form ref={form} className="referral" noValidate onSubmit={(event) => void submit(event)}>
      {correcting && <Notice kind="error">{correcting.refusal?.title} Corrija e envie de novo.</Notice>}
      {pageTurned && (
        <Notice kind="warning">
          A tela mostra outra pessoa agora.{' '}
          <button type="button" className="link" onClick={readAgain}>
            Usar os dados da tela
          </button>
        </Notice>
      )}
      {FIELDS.map((field) => (
        <FormField
          key={field}
          field={field}
          label={FIELD_NAMES[field]}
          value={draft[field]}
          found={edits[field] === undefined ? shown[field] : undefined}
          error={errors[field]}
          choices={choicesOf(field, draft[field], directory)}
          onChange={(value) => edit(field, value)}
          onLeave={() => checkOne(field)}
        />
      ))}
      <OpenLeadNotice phone={draft.telefone} />
      {failure && <Notice kind="error">{failure}</Notice>}
      <div className="send">
        <button type="submit" className="primary">
          {correcting ? 'Enviar corrigida' : 'Enviar indicação'} <kbd>Enter</kbd>
        </button>
        {correcting && (
          <button type="button" onClick={onGivenUp}>
            Voltar
          </button>
        )}
      </div>
    </form>
  );
}

/** What a list offers; undefined for what is typed. A value that is in no list is offered as it is. */
function choicesOf(
  field: Field,
  value: string,
  directory: Directory,
): { value: string; label: string }[] | undefined {
  if (field === 'status_indicacao') return directory.referralStatuses;
  if (field !== 'consultor' || directory.consultants.length === 0) return undefined;
  const known = directory.consultants.map((name) => ({ value: name, label: name }));
  if (value === '') return [{ value: '', label: 'Escolha o consultor' }, ...known];
  return directory.consultants.includes(value)
    ? known
    : [{ value, label: `${value} (não cadastrado)` }, ...known];
}

function refusedFields(item: Outgoing | null): FieldErrors {
  return Object.fromEntries(item?.refusal?.errors.map(({ field, message }) => [field, message]) ?? []);
}
