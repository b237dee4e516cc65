import type { LeadRow } from '../db/lead-lines.ts';
import type { LeadPageRow, MessageRow } from '../db/lead-page.ts';
import { inReais, type MessagePrices, messageCost } from '../domain/message-price.ts';
import { type LeadLinks, leadLinks } from './lead-links.ts';

/** A line of a list as it is answered: JSON makes of it what the contract's `leadLine` says. */
export type LeadLineAnswer = Omit<LeadRow, 'chatwoot_url'> & {
  links: LeadLinks & { conversation: string | null };
};

/** A lead's page as it is answered: JSON makes of it what the contract's `leadPage` says. */
export type LeadPageAnswer = Omit<LeadPageRow, 'chatwoot_url' | 'messages'> & {
  links: LeadLineAnswer['links'];
  cost: number;
  messages: (MessageRow & { cost: number | null })[];
};

/** Makes answers of what was read of leads: their links, and what their messages cost. */
export function leadAnswers(ui: { uiUrl: string; namespace: string }) {
  const linksOf = leadLinks(ui);

  function links({ id, chatwoot, chatwoot_url }: LeadRow): LeadLineAnswer['links'] {
    const conversation = chatwoot.conversation_id;
    return {
      ...linksOf(id),
      conversation: conversation === null ? null : `${chatwoot_url}/conversations/${conversation}`,
    };
  }

  return {
    line(row: LeadRow): LeadLineAnswer {
      const { chatwoot_url: _, ...line } = row;
      return { ...line, links: links(row) };
    },
    page(row: LeadPageRow, prices: MessagePrices): LeadPageAnswer {
      const { chatwoot_url: _, ...page } = row;
      const messages = row.messages.map((message) => ({
        ...message,
        cost: messageCost(message.pricing, prices),
      }));
      const cost = inReais(messages.reduce((sum, message) => sum + (message.cost ?? 0), 0));
      return { ...page, links: links(row), cost, messages };
    },
  };
}
