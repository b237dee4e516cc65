import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeExtension, SHIPPED, TEST_VARIANT } from '../harness/extension.ts';

const read = (dir: string) => JSON.parse(readFileSync(join(dir, 'manifest.json'), 'utf8'));

describeExtension('what is shipped', () => {
  test('asks for no site before the person does, and loads nothing from elsewhere', () => {
    const manifest = read(SHIPPED);
    expect(manifest.host_permissions).toBeUndefined();
    expect(manifest.content_scripts).toBeUndefined();
    expect(manifest.content_security_policy).toBeUndefined();
    expect(manifest.externally_connectable).toBeUndefined();
    expect(manifest.permissions.toSorted()).toEqual([
      'activeTab',
      'alarms',
      'scripting',
      'sidePanel',
      'storage',
    ]);
    expect(manifest.optional_host_permissions).toEqual(['https://*/*', 'http://*/*']);
    expect(manifest.web_accessible_resources).toEqual([
      { resources: ['panel.html'], matches: ['https://*/*', 'http://*/*'], use_dynamic_url: true },
    ]);
  });

  test('is the tests’ variant but for the addresses of this machine', () => {
    const { host_permissions, ...same } = read(TEST_VARIANT);
    expect(host_permissions).toEqual(['http://127.0.0.1/*']);
    expect(same).toEqual(read(SHIPPED));
  });

  test('is a zip of the version of the product, of a size that opens at once', () => {
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'));
    expect(read(SHIPPED).version).toBe(version);
    expect(existsSync(join(SHIPPED, `../lead-flow-${version}.zip`))).toBe(true);
    // The calendar and the world's holidays, which the form does not need, alone would be as large.
    const sizes = readdirSync(SHIPPED, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name)).length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(1_500_000);
  });

  test('the script of call screens has neither the libraries nor a word of the server', () => {
    const script = readFileSync(join(SHIPPED, 'screen.js'), 'utf8');
    expect(script.length).toBeLessThan(20_000);
    expect(script).not.toMatch(/authorization|Bearer|storage/);
  });
});
