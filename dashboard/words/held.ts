import type { LeadLine } from '../../src/contract/lead.ts';
import { shortWhen } from './formatting.ts';

type Held = NonNullable<LeadLine['held']>;

const REASONS: Readonly<Record<Held['reason'], { name: string; rest: string }>> = {
  channel_paused: { name: 'Número pausado', rest: 'Ela sai sozinha quando o número for retomado.' },
  template_stopped: { name: 'Modelo parado', rest: 'Ela sai sozinha quando o modelo for liberado.' },
  quiet_hours: { name: 'Horário de silêncio', rest: 'Ela sai sozinha quando ele acabar.' },
  weekly_limit: { name: 'Limite semanal', rest: 'Ela sai sozinha quando a semana permitir.' },
};

/** Why a message waits, and until when where that is known. */
export function heldWords(
  { reason, until }: Held,
  zone: string,
  now: number,
): { name: string; rest: string } {
  const { name, rest } = REASONS[reason];
  return { name, rest: until ? `Ela sai sozinha ${shortWhen(until, zone, now)}.` : rest };
}
