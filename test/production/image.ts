import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, link, mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { ROOT } from './compose-file.ts';

/** What a Dockerfile says of one stage. */
export type Stage = {
  from: string;
  name: string | undefined;
  env: Record<string, string>;
  /** `from`: another stage; undefined: the build's context. */
  copies: { from: string | undefined; sources: string[]; target: string }[];
  runs: string[];
  user: string | undefined;
  command: string[] | undefined;
  healthcheck: string[] | undefined;
};

/** Reads the Dockerfile's stages. It knows the instructions that ours uses, and throws at any other. */
export async function readDockerfile(): Promise<Stage[]> {
  const text = await readFile(join(ROOT, 'Dockerfile'), 'utf8');
  const stages: Stage[] = [];
  for (const line of text
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')) {
    const [, instruction = '', rest = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    if (!instruction) continue;
    if (instruction === 'FROM') {
      const [from = '', , name] = rest.split(/\s+/);
      stages.push({
        from,
        name,
        env: {},
        copies: [],
        runs: [],
        user: undefined,
        command: undefined,
        healthcheck: undefined,
      });
      continue;
    }
    readInstruction(stages.at(-1), instruction, rest);
  }
  return stages;
}

function readInstruction(stage: Stage | undefined, instruction: string, rest: string): void {
  if (!stage) throw new Error(`${instruction} before FROM`);
  if (instruction === 'ENV') {
    const [name = '', value = ''] = rest.split('=');
    stage.env[name] = value;
  } else if (instruction === 'COPY') {
    const words = rest.split(/\s+/);
    const from = words[0]?.startsWith('--from=') ? words.shift()?.slice('--from='.length) : undefined;
    const target = words.pop() ?? '';
    stage.copies.push({ from, sources: words, target });
  } else if (instruction === 'RUN') stage.runs.push(rest);
  else if (instruction === 'USER') stage.user = rest;
  else if (instruction === 'CMD') stage.command = JSON.parse(rest) as string[];
  else if (instruction === 'HEALTHCHECK') {
    stage.healthcheck = JSON.parse(rest.slice(rest.indexOf('CMD ') + 4)) as string[];
  } else if (!['WORKDIR', 'EXPOSE'].includes(instruction))
    throw new Error(`unknown instruction: ${instruction}`);
}

/** A folder with what the image has in /app, and the environment that the image gives. */
export type Image = { folder: string; env: Record<string, string>; command: string[]; healthcheck: string[] };

/**
 * Makes in `folder` what the Dockerfile makes in an image: the packages that `npm ci --omit=dev` installs, the
 * bundle that its build stage makes with these alone, the dashboard that another stage builds with all of them, and
 * the files that it copies, less what .dockerignore names.
 */
export async function buildImage(folder: string): Promise<Image> {
  const stages = await readDockerfile();
  const last = stages.at(-1);
  if (!last?.command || !last.healthcheck) throw new Error('the last stage says no command or health check');
  const ignored = await ignoredPaths();
  const copyContext = async (target: string, { copies }: Stage) => {
    for (const { from, sources } of copies) {
      if (from) continue;
      for (const source of sources) {
        await cp(join(ROOT, source), join(target, source), {
          recursive: true,
          filter: (path) => !ignored(relative(ROOT, path)),
        });
      }
    }
  };
  await copyContext(folder, last);
  await copyPackages(join(folder, 'node_modules'));

  const bundling = stages.find((stage) => stage.name === 'bundle');
  const [bundle] = bundling?.runs ?? [];
  if (!bundling || !bundle) throw new Error('the stage that bundles the workflows is gone');
  await copyContext(folder, bundling);
  const made = await runIn(folder, JSON.parse(bundle) as string[], {});
  if (made.code !== 0) throw new Error(`the workflows could not be bundled: ${made.stderr}`);

  const building = stages.find((stage) => stage.name === 'dashboard');
  if (!building) throw new Error('the stage that builds the dashboard is gone');
  await buildDashboard(building);

  const inFolder = (value: string) => value.replace(/^\/app\//, `${folder}/`);
  const env = Object.fromEntries(Object.entries(last.env).map(([name, value]) => [name, inFolder(value)]));
  return { folder, env, command: last.command, healthcheck: last.healthcheck };

  async function buildDashboard(stage: Stage): Promise<void> {
    const place = `${folder}-dashboard`;
    await copyContext(place, stage);
    await symlink(join(ROOT, 'node_modules'), join(place, 'node_modules'));
    const built = await runIn(place, JSON.parse(stage.runs.at(-1) ?? '[]') as string[], {});
    if (built.code !== 0) throw new Error(`the dashboard could not be built: ${built.stderr}`);
    await rename(join(place, 'dist/dashboard'), join(folder, 'dist/dashboard'));
    await rm(place, { recursive: true });
  }
}

/** Brings what production has of node_modules: the lock file marks what only development needs. */
async function copyPackages(target: string): Promise<void> {
  const lock = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean; devOptional?: boolean }>;
  };
  const wanted = Object.entries(lock.packages).filter(
    ([path, { dev, devOptional }]) => path && !dev && !devOptional,
  );
  for (const [path] of wanted) {
    const source = join(ROOT, path);
    // Where it is not there, it is for another platform.
    if (existsSync(source)) await linkTree(source, join(target, relative('node_modules', path)));
  }
}

/** Links the files of a package, which is quicker than to copy them; packages inside have a line of their own. */
async function linkTree(source: string, target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  const entries = await readdir(source, { withFileTypes: true });
  const work = entries.map(async (entry) => {
    const [from, to] = [join(source, entry.name), join(target, entry.name)];
    if (entry.name === 'node_modules' || isForeign(from)) return;
    if (entry.isDirectory()) await linkTree(from, to);
    else await link(from, to).catch(() => cp(from, to)); // another file system
  });
  await Promise.all(work);
}

/** Native parts of the Temporal SDK for other platforms, a hundred megabytes. */
function isForeign(file: string): boolean {
  const release = /core-bridge\/releases\/([\w-]+)/.exec(file)?.[1];
  const here = { linux: 'linux-gnu', darwin: 'apple-darwin', win32: 'windows-msvc' }[
    process.platform as string
  ];
  return release !== undefined && here !== undefined && !release.includes(here);
}

/** Whether .dockerignore leaves a path out: the last pattern that it or a folder above it matches decides. */
async function ignoredPaths(): Promise<(path: string) => boolean> {
  const text = await readFile(join(ROOT, '.dockerignore'), 'utf8');
  const patterns = text.split('\n').filter((line) => line && !line.startsWith('#'));
  return (path) => {
    let ignored = false;
    for (const pattern of patterns) {
      const name = pattern.replace(/^!/, '');
      if (name === '*' || path === name || path.startsWith(`${name}/`)) ignored = !pattern.startsWith('!');
    }
    return ignored;
  };
}

/** How a command ended. */
export type Ended = { code: number; stdout: string; stderr: string };

/** Runs a command as a container of the image would: in its folder, with this Node, and with `env` alone. */
export function runIn(
  folder: string,
  [program, ...args]: string[],
  env: Record<string, string>,
): Promise<Ended> {
  if (program !== 'node') throw new Error(`${program} is not what the image runs`);
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: folder, env }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr });
    });
  });
}
