import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it. Throws an error with `code` and, in words, the reason where one of them
 * cannot be made. Node's own recursive way never returns where a file system takes no folders (`/proc`).
 */
export function makeFolder(path) {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    if (error.code === 'EEXIST') return;
    throw Object.assign(new Error(reason(error.code, dirname(path))), { code: error.code });
  }
}

function reason(code, above) {
  if (code === 'EACCES' || code === 'EPERM') return `this user may not write in ${above}`;
  if (code === 'EROFS') return `${above} is read-only`;
  if (code === 'ENOTDIR') return `${above} is no folder`;
  if (code === 'ENOENT') return `${above} takes no folders`;
  if (code === 'ENOSPC' || code === 'EDQUOT') return `the disk that holds ${above} is full`;
  return `${code} in ${above}`;
}
