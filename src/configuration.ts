import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const port = (fallback: number) =>
  z.coerce
    .number({ error: 'must be a port number from 0 to 65535' })
    .int()
    .min(0)
    .max(65_535)
    .default(fallback);

const address = (example: string) =>
  z
    .url({ protocol: /^https?$/, error: `must be an address like ${example}` })
    .transform((url) => url.replace(/\/+$/, ''));

const schema = z.object({
  DATABASE_URL: z
    .string({ error: 'is not set: postgresql://USER:PASSWORD@HOST:5432/leadflow' })
    .regex(/^postgres(ql)?:\/\//, { error: 'must begin with postgresql://' }),
  LEAD_FLOW_SECRET_KEY: z.string({ error: 'is not set. Make one with: openssl rand -base64 32' }),
  LEAD_FLOW_HOST: z.string().default('127.0.0.1'),
  LEAD_FLOW_PORT: port(8080),
  LEAD_FLOW_WORKER_PORT: port(8081),
  LEAD_FLOW_PUBLIC_URL: address('https://leads.example.com').optional(),
  LEAD_FLOW_DASHBOARD_DIR: z.string().default(join(import.meta.dirname, '../dist/dashboard')),
  LEAD_FLOW_SANDBOX_WHATSAPP_URL: address('http://127.0.0.1:8092').optional(),
  LEAD_FLOW_TASK_QUEUE: z
    .string()
    .regex(/^[\w.-]+$/, { error: 'may hold letters, digits, dot, hyphen and underscore only' })
    .default('lead-flow'),
  LEAD_FLOW_LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
      error: 'must be one of fatal, error, warn, info, debug, trace, silent',
    })
    .default('info'),
  LEAD_FLOW_WORKFLOW_BUNDLE: z
    .string()
    .refine(existsSync, { error: 'names no file. Make one with: npm run build:workflows FILE' })
    .optional(),
  TEMPORAL_ADDRESS: z
    .string()
    .regex(/^[^\s/]+:\d+$/, { error: 'must be HOST:PORT, without http://' })
    .default('127.0.0.1:7233'),
  TEMPORAL_NAMESPACE: z.string().default('default'),
  TEMPORAL_UI_URL: z
    .url({ error: 'must be an address like http://127.0.0.1:8233' })
    .default('http://127.0.0.1:8233'),
});

/** What a process of the product is told by its environment. */
export type Configuration = z.infer<typeof schema>;

/** Reads the environment; throws one line for each variable that is missing or wrong. An empty one counts as unset. */
export function readConfiguration(environment: NodeJS.ProcessEnv): Configuration {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(set);
  if (parsed.success) return parsed.data;
  throw new Error(parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('\n'));
}
