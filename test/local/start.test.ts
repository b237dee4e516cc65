import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { startOf } from '../../src/local/process-identity.ts';
import { ownFolder } from '../harness/processes.ts';
import { cleanEnv, ownStart, ROOT, runToEnd } from './programs.ts';
import { loginIn, RunningStart } from './running-start.ts';

jest.setTimeout(120_000);

let dataDir: string;
let env: Record<string, string>;
let api: string;

beforeAll(async () => {
  dataDir = join(await ownFolder('whole'), 'data');
  env = await ownStart(dataDir);
  api = `http://127.0.0.1:${env.LEAD_FLOW_PORT}`;
});

async function gone(pids: number[]): Promise<void> {
  for (
    const deadline = Date.now() + 30_000;
    pids.some((pid) => startOf(pid) !== undefined);
    await sleep(50)
  ) {
    if (Date.now() > deadline) throw new Error('still running');
  }
}

/** Signs in as a browser does, and asks who it is. */
async function whoIs(login: { email: string; password: string }): Promise<unknown> {
  const signedIn = await fetch(`${api}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: api },
    body: JSON.stringify(login),
  });
  if (signedIn.status !== 200) return signedIn.status;
  const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  return (await fetch(`${api}/v1/me`, { headers: { cookie } })).json();
}

async function readLead(id: string) {
  const key = readFileSync(join(dataDir, 'sample-api-key'), 'utf8').trim();
  const response = await fetch(`${api}/v1/leads/${id}`, { headers: { authorization: `Bearer ${key}` } });
  expect(response.status).toBe(200);
  return (await response.json()) as { id: string; name: string; stage: string; wake_at: string };
}

// With TEMPORAL_ADDRESS set, nobody looked for a Temporal to start.
const withOwnTemporal = process.env.LEAD_FLOW_TEMPORAL_CLI ? test : test.skip;

withOwnTemporal(
  'a first start takes a lead through, survives its crash, ends as asked, and the next goes on',
  async () => {
    const first = new RunningStart(env);
    await first.prints(/Ctrl-C stops everything/);
    const steps = ['received: lead', 'contact \\d', 'conversation \\d', 'template "', 'delivered', 'read\\n'];
    for (const step of steps) expect(first.printed).toMatch(new RegExp(`^ {2}${step}`, 'm'));
    expect(first.printed).toMatch(/^ {2}asleep until \d{4}-\d\d-\d\d 09:00 \(America\/Sao_Paulo\)$/m);
    expect(first.printed).toContain(`Temporal UI  http://127.0.0.1:${env.LEAD_FLOW_TEMPORAL_UI_PORT}`);
    const ui = await fetch(`http://127.0.0.1:${env.LEAD_FLOW_TEMPORAL_UI_PORT}/`);
    expect(ui.status).toBe(200);
    await ui.body?.cancel();

    // The printed login opens the dashboard's API, where the sandbox's phone can be used.
    expect(first.printed).toMatch(new RegExp(`^Dashboard +${api}$`, 'm'));
    const login = loginIn(first.printed);
    expect(await whoIs(login)).toMatchObject({
      tenant: { name: 'Empresa Exemplo' },
      user: { name: 'Supervisão', email: login.email },
      test_phone: true,
    });
    expect(statSync(join(dataDir, 'sample-login')).mode & 0o777).toBe(0o600);

    // The printed line sends another lead.
    const [, url = '', key, body] = /curl -X POST (\S+) -H '(.*?)' .*-d '(.*)'/.exec(first.printed) ?? [];
    const [name = '', value = ''] = key?.split(': ') ?? [];
    const sent = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [name]: value },
      body,
    });
    expect(sent.status).toBe(202);
    const next = (await sent.json()) as { lead_id: string };

    // A crash of one process is told, and survived.
    const crashed = (await first.children()).find(({ command }) => command.includes('src/api/main.ts'));
    process.kill(crashed?.pid ?? 0, 'SIGKILL');
    await first.prints(/^API ended by itself \(SIGKILL\) and is started again/m);
    await first.prints(/^API is running again$/m);
    const lead = /received: lead (\S+)/.exec(first.printed)?.[1] ?? '';
    const asleep = await readLead(lead);
    expect(asleep.stage).toBe('waiting');
    expect((await readLead(next.lead_id)).name).toBe((JSON.parse(body ?? '') as { nome: string }).nome);

    const children = (await first.children()).map(({ pid }) => pid);
    expect(children.length).toBeGreaterThanOrEqual(6);
    expect(await first.end('SIGINT')).toBe(0);
    await gone(children);
    expect(existsSync(join(dataDir, 'lock'))).toBe(false);

    const second = new RunningStart(env);
    await second.prints(/Ctrl-C stops everything/);
    expect(second.printed).not.toMatch(/tenant .* made|A first lead/);
    expect(loginIn(second.printed)).toEqual(login);
    const reset = await runToEnd(
      process.execPath,
      [join(ROOT, 'src/local/reset-password.ts'), login.email],
      cleanEnv(env),
    );
    expect(reset).toMatchObject({ code: 0, stderr: '' });
    const password = /^Password +(\S+)$/m.exec(reset.stdout)?.[1] ?? '';
    expect([await whoIs(login), await whoIs({ ...login, password })]).toEqual([
      401,
      expect.objectContaining({ user: expect.objectContaining({ email: login.email }) }),
    ]);
    expect(second.printed).toMatch(
      /^ {2}2 leads asleep; the next one wakes \d{4}-\d\d-\d\d 09:00 \(America\/Sao_Paulo\)$/m,
    );
    expect(await readLead(lead)).toEqual(asleep);
    const connection = await Connection.connect({ address: `127.0.0.1:${env.LEAD_FLOW_TEMPORAL_PORT}` });
    const workflow = await new Client({ connection }).workflow.getHandle(lead).describe();
    await connection.close();
    expect(workflow.status.name).toBe('RUNNING');

    // Killed, it can end nothing itself; what it had started ends all the same, and the next start waits for that.
    const orphans = (await second.children()).map(({ pid }) => pid);
    await second.end('SIGKILL');
    const third = new RunningStart(env);
    await third.prints(/Ctrl-C stops everything/);
    await gone(orphans);
    expect(loginIn(third.printed)).toEqual({ ...login, password: expect.stringMatching(/^changed since/) });
    expect(await readLead(lead)).toEqual(asleep);
    expect(await third.end('SIGTERM')).toBe(0);
  },
);
