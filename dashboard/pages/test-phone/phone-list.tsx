import { TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import type { TestPhone } from '../../../src/contract/connection.ts';
import { useZone } from '../../api/session.ts';
import { useNow } from '../../elements/use-now.ts';
import { phone, shortWhen } from '../../words/formatting.ts';
import classes from './test-phone.module.css';

const SHOWN = 60;

/** Without accents and case. */
const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim();

/** The phones to choose from, the newest conversation first. */
export function PhoneList({
  phones,
  shown,
  onChoose,
}: {
  phones: TestPhone['phones'];
  shown: string;
  onChoose: (waId: string) => void;
}) {
  const zone = useZone();
  const now = useNow(30_000);
  const [typed, setTyped] = useState('');
  const digits = typed.replace(/\D/g, '');
  const words = plain(typed);
  const isNumber = digits !== '' && !/\p{L}/u.test(typed);
  const found = phones
    .filter(({ wa_id, name }) => plain(name).includes(words) || (isNumber && wa_id.includes(digits)))
    .slice(0, SHOWN);
  return (
    <nav className={`surface ${classes.list}`} aria-label="Telefones">
      <TextInput
        type="search"
        aria-label="Procurar um telefone"
        placeholder="Nome ou número"
        leftSection={<IconSearch size={16} stroke={1.8} aria-hidden />}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        m="sm"
      />
      <ul>
        {found.map(({ wa_id, name, messages }) => {
          const last = messages.at(-1);
          return (
            <li key={wa_id}>
              <button
                type="button"
                className={classes.choice}
                aria-current={wa_id === shown || undefined}
                onClick={() => onChoose(wa_id)}
              >
                <span className={classes.choiceHead}>
                  <b>{name}</b>
                  {last && <time dateTime={last.at}>{shortWhen(last.at, zone, now)}</time>}
                </span>
                <span className={classes.choiceText}>{phone(wa_id)}</span>
                {last && (
                  <span className={classes.choiceText}>
                    {last.direction === 'in' && 'Você: '}
                    {last.text}
                  </span>
                )}
              </button>
            </li>
          );
        })}
        {found.length === 0 && <li className={classes.nobody}>Ninguém com este nome ou número.</li>}
      </ul>
    </nav>
  );
}
