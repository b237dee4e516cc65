import { Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { LeadPage, TimelineEntry } from '../../../src/contract/lead.ts';
import { useZone } from '../../api/session.ts';
import { settingsQuery } from '../../api/settings.ts';
import { useNow } from '../../elements/use-now.ts';
import { fullWhen, shortWhen } from '../../words/formatting.ts';
import { statusLabel } from '../../words/status-label.ts';
import { timelineWords } from '../../words/timeline.ts';
import classes from './timeline.module.css';

/** What happened, the newest first; the first contact and the rework stand apart. */
export function Timeline({ lead }: { lead: LeadPage }) {
  const zone = useZone();
  const now = useNow(60_000);
  const { data: settings } = useQuery(settingsQuery);
  const around = { zone, now, statusLabel: (value: string) => statusLabel(settings, value) };
  return (
    <section className={`surface ${classes.timeline}`} aria-labelledby="linha-do-tempo">
      <Title order={2} id="linha-do-tempo" size="h3" className={classes.head}>
        Linha do tempo
      </Title>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard */}
      <section className={classes.parts} tabIndex={0} aria-label="Acontecimentos">
        {partsOf(lead.timeline).map(({ stage, entries }) => (
          <div key={entries[0]?.at} className={classes.part} data-stage={stage}>
            <h3>{stage === 'rework' ? 'Retrabalho' : 'Primeiro contato'}</h3>
            <ol>
              {entries.map((entry, index) => {
                const { title, note, weight, tone } = timelineWords(entry, around);
                return (
                  // biome-ignore lint/suspicious/noArrayIndexKey: two entries may agree in all they have
                  <li key={`${entry.at} ${entry.kind} ${index}`} data-weight={weight} data-tone={tone}>
                    <div className={classes.line}>
                      <Text component="span" className={classes.title}>
                        {title}
                      </Text>
                      <time dateTime={entry.at} title={fullWhen(entry.at, zone)}>
                        {shortWhen(entry.at, zone, now)}
                      </time>
                    </div>
                    {note && <p>{note}</p>}
                  </li>
                );
              })}
            </ol>
          </div>
        ))}
      </section>
    </section>
  );
}

/** The timeline from its end, cut where the stage changes. */
function partsOf(timeline: readonly TimelineEntry[]) {
  const parts: { stage: TimelineEntry['stage']; entries: TimelineEntry[] }[] = [];
  for (const entry of timeline.toReversed()) {
    const part = parts.at(-1);
    if (part?.stage === entry.stage) part.entries.push(entry);
    else parts.push({ stage: entry.stage, entries: [entry] });
  }
  return parts;
}
