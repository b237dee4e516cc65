import { z } from 'zod';
import { Refusal } from '../endpoint.ts';
import { STATUSES } from './records.ts';

const json = z.record(z.string(), z.unknown());
const id = z.coerce.number().int();

/** `POST` and `PUT /contacts`; what it does not know is ignored, as Chatwoot does. */
export const contactInput = z.object({
  inbox_id: id.nullish(),
  source_id: z.string().nullish(),
  name: z.string().nullish(),
  phone_number: z.string().nullish(),
  email: z.string().nullish(),
  identifier: z.string().nullish(),
  custom_attributes: json.nullish(),
  additional_attributes: json.nullish(),
});

/** `POST /contacts/filter`. */
export const filterInput = z.object({
  payload: z.array(
    z.object({
      attribute_key: z.string(),
      filter_operator: z.string(),
      values: z.array(z.unknown()).default([]),
      query_operator: z.string().nullish(),
    }),
  ),
});

/** `POST /contacts/{id}/contact_inboxes`. */
export const addressInput = z.object({ inbox_id: id, source_id: z.string().nullish() });

/** `POST /actions/contact_merge`. */
export const mergeInput = z.object({ base_contact_id: id, mergee_contact_id: id });

/** `POST /conversations/{id}/messages`. */
export const messageInput = z.object({
  content: z.string().nullish(),
  message_type: z.string().default('outgoing'),
  private: z.boolean().default(false),
  content_attributes: json.nullish(),
  source_id: z.string().nullish(),
});

/** `POST /conversations`. */
export const conversationInput = z.object({
  source_id: z.string().nullish(),
  inbox_id: id,
  contact_id: id,
  assignee_id: id.nullish(),
  team_id: id.nullish(),
  status: z.enum(STATUSES).nullish(),
  custom_attributes: json.nullish(),
  message: messageInput.nullish(),
});

/** `POST /conversations/{id}/assignments`: which of the two is there decides. */
export const assignmentInput = z.object({ assignee_id: id.nullish(), team_id: id.nullish() });

/** `POST /conversations/{id}/toggle_status`. */
export const statusInput = z.object({ status: z.enum(STATUSES) });

/** `POST /conversations/{id}/labels`. */
export const labelsInput = z.object({ labels: z.array(z.string()) });

/** `POST /conversations/{id}/custom_attributes`. */
export const attributesInput = z.object({ custom_attributes: json });

/** @throws Refusal 422 with what is wrong */
export function input<T extends z.ZodType>(schema: T, body: unknown): z.output<T> {
  const result = schema.safeParse(body ?? {});
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new Refusal(422, { error: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}` });
}
