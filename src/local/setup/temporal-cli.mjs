import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { runQuietly, SetupFailure } from './command.mjs';
import { download } from './download.mjs';

/** The Temporal CLI that is installed where none is found; newer tags refuse `go install`. */
export const CLI_VERSION = '1.5.1';
const MODULE = `github.com/temporalio/cli/cmd/temporal@v${CLI_VERSION}`;
// Pacing by fairness keys came with this version of the server.
const OLDEST_SERVER = [1, 29];

/**
 * Finds Temporal's CLI, which brings the development server, or installs it into the user's cache: on PATH, in
 * the cache, by download, by `go install`. Gives its path.
 */
export async function findTemporalCli({ env, progress, signal }) {
  const cached = join(cacheFolder(env), `temporal-cli-${CLI_VERSION}`, 'temporal');
  for (const candidate of [executableOnPath('temporal', env), existsSync(cached) ? cached : undefined]) {
    if (!candidate) continue;
    const fault = await whyUnfit(candidate);
    if (!fault) return candidate;
    progress.line(`  passing over ${candidate}: ${fault}`);
  }
  try {
    await intoCache(cached, (folder) => downloadInto(folder, { env, progress, signal }));
    return cached;
  } catch (error) {
    if (signal?.aborted) throw error;
    // Where the download host is not to be reached, Go's module proxy often is.
    progress.line(`  Temporal cannot be downloaded (${reasonOf(error)})`);
  }
  await buildWithGo(cached, { env, progress, signal });
  return cached;
}

/** fetch says only that it failed; why stands in its cause. */
function reasonOf({ message, cause }) {
  return cause?.code ?? cause?.message ?? message;
}

async function downloadInto(folder, { env, progress, signal }) {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  const host = env.LEAD_FLOW_TEMPORAL_DOWNLOAD_URL || 'https://temporal.download';
  const archive = join(folder, 'temporal.tar.gz');
  const url = `${host}/cli/archive/v${CLI_VERSION}?platform=${platform}&arch=${arch}`;
  const response = await download(url, signal);
  await progress.step(
    `downloading Temporal ${CLI_VERSION}`,
    async () => {
      await response.save(archive);
      await runQuietly('tar', ['-xzf', archive, '-C', folder, 'temporal'], { signal });
      rmSync(archive);
    },
    () => `Temporal ${CLI_VERSION} downloaded`,
  );
}

async function buildWithGo(cached, { env, progress, signal }) {
  const go = executableOnPath('go', env);
  const remedy =
    'install the Temporal CLI (https://docs.temporal.io/cli) or Go (https://go.dev/dl), ' +
    'or set TEMPORAL_ADDRESS to a server of yours';
  if (!go) {
    throw new SetupFailure(
      `There is no Temporal here: none on PATH, its download cannot be reached and Go is missing; ${remedy}.`,
    );
  }
  try {
    await progress.step(
      `building Temporal ${CLI_VERSION} with Go, once; it takes 5 to 10 minutes`,
      () =>
        intoCache(cached, (folder) =>
          runQuietly(go, ['install', '-trimpath', MODULE], { env: { ...env, GOBIN: folder }, signal }),
        ),
      () => `Temporal ${CLI_VERSION} built`,
    );
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new SetupFailure(`go install ${MODULE} failed: ${error.message}; ${remedy}.`);
  }
}

/** Lets `fill` make the program in a new folder and moves it into its place only when whole and running. */
async function intoCache(program, fill) {
  const home = dirname(program);
  mkdirSync(dirname(home), { recursive: true });
  const folder = mkdtempSync(`${home}.`);
  try {
    await fill(folder);
    const fault = await whyUnfit(join(folder, 'temporal'));
    if (fault) throw new Error(`what it gave does not run: ${fault}`);
    // Another start may have been faster; a rename never leaves a half-written program behind.
    if (existsSync(program) && (await whyUnfit(program))) rmSync(home, { recursive: true });
    if (!existsSync(program)) renameSync(folder, home);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function whyUnfit(program) {
  try {
    const said = await runQuietly(program, ['--version']);
    const server = /Server (\d+)\.(\d+)/.exec(said);
    if (!server) return `it does not tell its server's version (${said.trim().slice(0, 80)})`;
    const [major, minor] = [Number(server[1]), Number(server[2])];
    const old = major < OLDEST_SERVER[0] || (major === OLDEST_SERVER[0] && minor < OLDEST_SERVER[1]);
    return old ? `its server is ${major}.${minor}, ${OLDEST_SERVER.join('.')} is needed` : undefined;
  } catch (error) {
    return `it does not run (${error.message})`;
  }
}

function cacheFolder(env) {
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'lead-flow');
}

function executableOnPath(name, env) {
  return (env.PATH ?? '')
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return statSync(file).isFile();
      } catch {
        return false;
      }
    });
}
