import type { FocusEvent } from 'react';
import type { Field } from '../fields.ts';
import type { Found } from '../reading/reading.ts';

type Props = {
  field: Field;
  label: string;
  value: string;
  /** Where the value came from, unless somebody typed it. */
  found: Found | undefined;
  error: string | undefined;
  /** Of a list; undefined: typed. */
  choices: { value: string; label: string }[] | undefined;
  onChange: (value: string) => void;
  onLeave: () => void;
};

/** One field with its label, where it was read, and what is wrong with it. */
export function FormField({ field, label, value, found, error, choices, onChange, onLeave }: Props) {
  const described = error ? `${field}-error` : undefined;
  const common = {
    id: field,
    name: field,
    value,
    required: field !== 'cnpj',
    'aria-invalid': error !== undefined,
    'aria-describedby': described,
    onBlur({ relatedTarget }: FocusEvent) {
      // Whoever presses Enviar has it all checked; words that appear now would push the button from under the press.
      if (!(relatedTarget instanceof HTMLButtonElement)) onLeave();
    },
  };
  return (
    <div className={`field ${field}`}>
      <div className="label">
        <label htmlFor={field}>{label}</label>
        {field === 'cnpj' && !found && <span className="hint">opcional</span>}
        {found && (
          <span className={`hint ${found.by}`}>
            {found.by === 'guess' ? 'achado na tela, confira' : 'lido da tela'}
          </span>
        )}
      </div>
      {choices ? (
        <select {...common} onChange={({ target }) => onChange(target.value)}>
          {choices.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.label}
            </option>
          ))}
        </select>
      ) : (
        <input
          {...common}
          type={field === 'telefone' ? 'tel' : 'text'}
          autoComplete="off"
          spellCheck={false}
          onChange={({ target }) => onChange(target.value)}
        />
      )}
      {error && (
        <p className="wrong" id={described} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}
