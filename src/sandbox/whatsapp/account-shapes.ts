import type { Answer } from '../endpoint.ts';
import { NUMBER, type TemplateRecord } from './records.ts';

/** The number as `GET /{phone-number-id}` gives it. */
export function phoneNumberShape(): Record<string, unknown> {
  return {
    id: NUMBER.phoneNumberId,
    display_phone_number: NUMBER.shown,
    verified_name: NUMBER.name,
    quality_rating: 'GREEN',
    code_verification_status: 'VERIFIED',
    platform_type: 'CLOUD_API',
    throughput: { level: 'STANDARD' },
    status: 'CONNECTED',
  };
}

const TEMPLATES_A_PAGE = 25;

/** A page of templates: `limit`, `after` (a cursor of a page before) and `name`. */
export function templatePage(templates: TemplateRecord[], query: URLSearchParams): Answer {
  const limit = Math.max(1, Number(query.get('limit')) || TEMPLATES_A_PAGE);
  const start = Number(Buffer.from(query.get('after') ?? '', 'base64').toString()) || 0;
  const name = query.get('name');
  const found = templates.filter((template) => name === null || template.name === name);
  const end = Math.min(start + limit, found.length);
  const cursors = { before: cursorOf(start), after: cursorOf(end) };
  const next = `?limit=${limit}&after=${cursors.after}`;
  return {
    status: 200,
    body: {
      data: found.slice(start, end).map(templateShape),
      paging: { cursors, ...(end < found.length ? { next } : {}) },
    },
  };
}

function templateShape(template: TemplateRecord): Record<string, unknown> {
  return {
    name: template.name,
    components: [
      { type: 'BODY', text: template.body, example: { body_text: [['Ana']] } },
      { type: 'BUTTONS', buttons: template.buttons.map((text) => ({ type: 'QUICK_REPLY', text })) },
    ],
    language: template.language,
    status: template.status,
    category: template.category,
    id: template.id,
  };
}

function cursorOf(position: number): string {
  return Buffer.from(String(position)).toString('base64');
}
