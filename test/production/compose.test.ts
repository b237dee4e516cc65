import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readConfiguration } from '../../src/configuration.ts';
import { sendQueueOf } from '../../src/temporal/ids.ts';
import { cleanEnv, runToEnd } from '../local/programs.ts';
import { fillIn, ROOT, readCompose, type Service, variablesIn } from './compose-file.ts';
import { readDockerfile } from './image.ts';

const compose = readCompose();
const services = Object.entries(compose.services);
const isJob = ({ restart }: Service) => restart.startsWith('on-failure');
const SECRET = /PASSWORD|_PWD$|SECRET|TOKEN|_KEY$/;
/** Secrets that an installation can be without. */
const OPTIONAL_SECRETS = ['CHATWOOT_WEBHOOK_SECRET', 'ADMIN_PASSWORD'];

/** Checks a compose file against the compose specification. */
function lint(file: string) {
  const program = join(ROOT, 'node_modules/dclint/bin/dclint.cjs');
  // That every port is bound to one address is no rule for the proxy; below it is tested for all others.
  const args = [program, file, '--quiet', '--disable-rule', 'no-unbound-port-interfaces'];
  return runToEnd(process.execPath, args, cleanEnv());
}

test('the file follows the compose specification', async () => {
  const { code, stdout, stderr } = await lint(join(ROOT, 'docker-compose.yml'));
  expect([code, stdout.trim(), stderr]).toEqual([0, '', '']);
});

test('a file that does not is refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lead-flow-compose-'));
  try {
    const file = join(folder, 'docker-compose.yml');
    const text = readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8');
    await writeFile(file, text.replace('condition: service_healthy', 'condition: service_well'));
    expect(await lint(file)).toMatchObject({ code: 1, stdout: expect.stringContaining('invalid-schema') });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('every image is pinned to a release', () => {
  const foreign = services.filter(([, { build }]) => build === undefined);
  expect(foreign.map(([name]) => name).sort()).toEqual(
    ['postgres', 'proxy', 'temporal', 'temporal-namespace', 'temporal-schema', 'temporal-ui'].sort(),
  );
  for (const [, { image }] of foreign) {
    // PostgreSQL counts its releases in two numbers, all others in three.
    expect(image).toMatch(/^(postgres:18\.\d+|[\w/-]+:\d+\.\d+\.\d+)(-\w+)?$/);
  }
  const versionOf = (name: string) => compose.services[name]?.image.split(':')[1];
  expect(versionOf('temporal-schema')).toBe(versionOf('temporal'));
  expect(versionOf('temporal-namespace')).toBe(versionOf('temporal'));
  const [major = 0, minor = 0] = (versionOf('temporal') ?? '').split('.').map(Number);
  expect(major * 1000 + minor).toBeGreaterThanOrEqual(1029);
});

test('no secret has a default or stands in the file', () => {
  const environments = services.flatMap(([, { environment }]) => Object.entries(environment ?? {}));
  for (const [name, value] of environments) {
    if (SECRET.test(name)) expect(value).toMatch(/^\$\{\w+:[?-][^}]*\}$/);
    const password = /:\/\/[^:/]+:(.*)@/.exec(value)?.[1];
    if (password) expect(password).toMatch(/^\$\{\w+:\?[^}]+\}$/);
  }
  const secrets = variablesIn(compose).filter(({ name }) => SECRET.test(name));
  expect(secrets.length).toBeGreaterThan(10);
  for (const { name, kind, rest } of secrets) {
    if (OPTIONAL_SECRETS.includes(name)) expect([kind, rest]).toEqual(['-', '']);
    else expect([name, kind]).toEqual([name, '?']);
  }
});

test('a required variable that is missing is named, with how to come by it', () => {
  const required = variablesIn(compose).filter(({ kind }) => kind === '?');
  const all = Object.fromEntries(required.map(({ name }) => [name, 'x']));
  expect(() => fillIn(compose, all)).not.toThrow();
  for (const { name, rest } of required) {
    expect(() => fillIn(compose, { ...all, [name]: '' })).toThrow(`required variable ${name} is missing`);
    expect(rest.split(' ').length).toBeGreaterThan(3);
  }
});

test('.env.example has every variable, a line on each, and no value', () => {
  const lines = readFileSync(join(ROOT, '.env.example'), 'utf8').split('\n');
  const named = lines.flatMap((line, index) => {
    const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (!name) return [];
    expect([name, value]).toEqual([name, '']);
    expect(lines[index - 1]).toMatch(/^# .{10}/);
    return [name];
  });
  expect(named.sort()).toEqual([...new Set(variablesIn(compose).map(({ name }) => name))].sort());
});

test('every service that stays up has a health check and comes back; every job ends', () => {
  for (const [name, service] of services) {
    const { restart, healthcheck, build } = service;
    if (isJob(service)) {
      expect([name, restart]).toEqual([name, 'on-failure:5']);
      // The image's own asks the API, which a job is not.
      if (build) expect([name, healthcheck]).toEqual([name, { disable: true }]);
    } else {
      expect([name, restart]).toEqual([name, 'unless-stopped']);
      expect([name, healthcheck?.test?.[0]]).toEqual([name, 'CMD']);
    }
  }
});

test('a service waits for others to be healthy, and for jobs to be done', () => {
  for (const [name, { depends_on: others }] of services) {
    for (const [other, { condition }] of Object.entries(others ?? {})) {
      const needed = compose.services[other] as Service;
      expect([name, other, condition]).toEqual([
        name,
        other,
        isJob(needed) ? 'service_completed_successfully' : 'service_healthy',
      ]);
    }
  }
  // Leads are taken while Temporal is away.
  expect(Object.keys(compose.services.api?.depends_on ?? {})).toEqual(['migrate']);
});

test('only the proxy is open to the world; API and worker can be scaled', () => {
  for (const [name, { ports = [], container_name }] of services) {
    expect([name, container_name]).toEqual([name, undefined]);
    if (name === 'proxy') expect(ports).toEqual(['80:80', '443:443', '443:443/udp']);
    else
      for (const port of ports) expect([name, port]).toEqual([name, expect.stringMatching(/^127\.0\.0\.1:/)]);
  }
  expect(services.filter(([, { ports }]) => ports).map(([name]) => name)).toEqual(['temporal-ui', 'proxy']);
  expect(compose.networks.inside).toEqual({ internal: true });
  for (const name of ['postgres', 'temporal', 'roles', 'migrate', 'temporal-schema']) {
    expect([name, compose.services[name]?.networks]).toEqual([name, ['inside']]);
  }
});

test('each process knows only the database login that it needs', () => {
  const knowing = (text: string) =>
    services
      .filter(([, { environment }]) => JSON.stringify(environment)?.includes(text))
      .map(([name]) => name);
  expect(knowing('${POSTGRES_PASSWORD')).toEqual(['postgres', 'roles']);
  expect(knowing('${DATABASE_OWNER_PASSWORD')).toEqual(['roles', 'migrate']);
  expect(knowing('${DATABASE_PASSWORD')).toEqual(['roles', 'first-tenant', 'api', 'worker']);
  expect(knowing('${TEMPORAL_DATABASE_PASSWORD')).toEqual(['roles', 'temporal-schema', 'temporal']);
});

test('what is mounted from the repository is there', () => {
  const mounted = services.flatMap(([, { volumes = [] }]) =>
    volumes.filter((volume) => volume.startsWith('.')),
  );
  expect(mounted.length).toBe(4);
  for (const volume of mounted) {
    const [source = '', , mode] = volume.split(':');
    expect([source, existsSync(join(ROOT, source)), mode]).toEqual([source, true, 'ro']);
  }
});

test('Temporal has fairness switched on, and one partition for the queue of sends', () => {
  const file = readFileSync(join(ROOT, 'deploy/temporal/dynamicconfig.yaml'), 'utf8');
  const { LEAD_FLOW_TASK_QUEUE: queue } = readConfiguration({
    DATABASE_URL: 'postgresql://x',
    LEAD_FLOW_SECRET_KEY: 'x',
  });
  const one = [{ value: 1, constraints: { taskQueueName: sendQueueOf(queue) } }];
  expect(parse(file)).toEqual({
    'matching.enableFairness': [{ value: true }],
    'matching.useNewMatcher': [{ value: true }],
    'matching.numTaskqueueReadPartitions': one,
    'matching.numTaskqueueWritePartitions': one,
  });
});

test('the image runs Node itself, at the version that is developed on, as a user without rights', async () => {
  const stages = await readDockerfile();
  const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  const bases = stages.map(({ from }) => from).filter((from) => from !== 'dependencies');
  expect(new Set(bases)).toEqual(new Set([`node:${devDependencies.node}-slim`]));
  expect(stages.at(-1)).toMatchObject({
    user: 'node',
    runs: [],
    env: { NODE_ENV: 'production' },
    command: ['node', 'src/api/main.ts'],
  });
});
