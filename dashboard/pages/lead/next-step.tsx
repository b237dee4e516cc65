import { Text, Title } from '@mantine/core';
import {
  IconFlag,
  IconHourglass,
  IconMessageCircle,
  IconMessageCircleOff,
  IconMoon,
  IconRefresh,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { LeadPage } from '../../../src/contract/lead.ts';
import { useZone } from '../../api/session.ts';
import { useNow } from '../../elements/use-now.ts';
import { useQualified } from '../../elements/use-qualified.ts';
import { standing } from '../../words/columns.ts';
import { countdown, fullWhen, shortWhen } from '../../words/formatting.ts';
import { heldWords } from '../../words/held.ts';
import classes from './lead.module.css';

/** What comes next and when, and for how long the person may still be written to freely; both count down. */
export function NextStep({ lead }: { lead: LeadPage }) {
  const zone = useZone();
  const now = useNow(1_000);
  const isUnreachable = lead.outcome === 'opted_out' || lead.outcome === 'no_whatsapp';
  return (
    <section className={`surface ${classes.card}`} aria-labelledby="proximo-passo">
      <Title order={2} id="proximo-passo" className={classes.cardTitle}>
        Próximo passo
      </Title>
      <ComingUp lead={lead} zone={zone} now={now} />
      {!isUnreachable && <FreeText until={lead.window_until} zone={zone} now={now} />}
    </section>
  );
}

function ComingUp({ lead, zone, now }: { lead: LeadPage; zone: string; now: number }) {
  const willRework = useQualified()(lead);
  if (lead.stage === 'closed') {
    return (
      <Step icon={<IconFlag size={18} stroke={1.8} />} title={standing(lead).name}>
        {lead.closed_at ? `Encerrado ${shortWhen(lead.closed_at, zone, now)}.` : 'Encerrado.'} Nada mais sai
        sozinho.
      </Step>
    );
  }
  if (lead.held) {
    const { name, rest } = heldWords(lead.held, zone, now);
    return (
      <Step
        icon={<IconHourglass size={18} stroke={1.8} />}
        title={`A mensagem espera: ${name.toLowerCase()}`}
      >
        {rest} Espera desde {shortWhen(lead.held.since, zone, now)}.
      </Step>
    );
  }
  if (lead.stage === 'waiting' && lead.wake_at) {
    const left = countdown(lead.wake_at, now);
    return (
      <Step
        icon={<IconMoon size={18} stroke={1.8} />}
        title={`${willRework ? 'Retrabalho' : 'Encerra'} ${shortWhen(lead.wake_at, zone, now)}`}
        hint={fullWhen(lead.wake_at, zone)}
      >
        {!left
          ? 'Está acordando.'
          : willRework
            ? `Acorda em ${left}, se não converter antes.`
            : `Sem retrabalho, pois o status não é qualificado. Faltam ${left}.`}
      </Step>
    );
  }
  const isRework = lead.stage === 'rework';
  return (
    <Step
      icon={<IconRefresh size={18} stroke={1.8} />}
      title={isRework ? 'Retrabalho em andamento' : 'Primeiro contato em andamento'}
    >
      {isRework
        ? 'Encerra sozinho quando a pessoa ler ou responder, ou no fim do prazo.'
        : 'Depois da primeira mensagem o lead dorme até o retrabalho.'}
    </Step>
  );
}

const WINDOW_MS = 24 * 3_600_000;

function FreeText({ until, zone, now }: { until: string | null; zone: string; now: number }) {
  const left = until && countdown(until, now);
  if (!until || !left) {
    return (
      <Step icon={<IconMessageCircleOff size={18} stroke={1.8} />} title="Janela de 24 h fechada">
        Só um modelo aprovado pode ser enviado. Ela abre quando a pessoa escrever.
      </Step>
    );
  }
  const share = Math.min(1, (Date.parse(until) - now) / WINDOW_MS);
  return (
    <Step
      icon={<IconMessageCircle size={18} stroke={1.8} />}
      title={`Janela aberta por ${left}`}
      hint={fullWhen(until, zone)}
    >
      O consultor pode escrever livremente até {shortWhen(until, zone, now)}.
      <span className={classes.window} aria-hidden>
        <span style={{ width: `${share * 100}%` }} />
      </span>
    </Step>
  );
}

function Step({
  icon,
  title,
  hint,
  children,
}: {
  icon: ReactNode;
  title: string;
  hint?: string;
  children: ReactNode;
}) {
  return (
    <div className={classes.step}>
      <span className={classes.stepIcon} aria-hidden>
        {icon}
      </span>
      <div>
        <Text size="sm" fw={600} className="tabular" title={hint}>
          {title}
        </Text>
        <Text size="xs" c="dimmed" className="tabular" component="div">
          {children}
        </Text>
      </div>
    </div>
  );
}
