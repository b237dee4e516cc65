import fc from 'fast-check';
import { jsonLines } from '../../dashboard/api/json-lines.ts';

async function readIn(pieces: readonly Uint8Array[]): Promise<unknown[]> {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
  return Array.fromAsync(jsonLines(body));
}

test('lines are whole wherever the network cuts them, also within a letter', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.jsonValue()), fc.array(fc.nat(80)), async (values, sizes) => {
      const bytes = new TextEncoder().encode(values.map((value) => `${JSON.stringify(value)}\n`).join(''));
      const pieces: Uint8Array[] = [];
      let from = 0;
      for (const size of sizes) {
        pieces.push(bytes.slice(from, from + size));
        from += size;
      }
      pieces.push(bytes.slice(from));
      expect(JSON.stringify(await readIn(pieces))).toBe(JSON.stringify(values));
    }),
  );
});

test('a line a byte at a time', async () => {
  const bytes = new TextEncoder().encode('{"nome":"Conceição 🚀"}\n');
  expect(await readIn([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual([{ nome: 'Conceição 🚀' }]);
});

test('a last line that was cut off is none', async () => {
  const bytes = new TextEncoder().encode('{"done":1}\n{"done":2');
  expect(await readIn([bytes])).toEqual([{ done: 1 }]);
});
