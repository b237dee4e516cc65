import type { Product } from '../harness/product.ts';

/** A person whose row somebody else holds: whatever would change them waits until they are let go. */
export type HeldPerson = { telefone: string; letGo(): Promise<void> };

/** Refers somebody nobody knows yet, at `telefone`, and holds them. */
export async function heldPerson(product: Product, telefone: string): Promise<HeldPerson> {
  const { lead_id } = await product.refer({ telefone });
  const { promise: free, resolve: release } = Promise.withResolvers<void>();
  const { promise: held, resolve: holds } = Promise.withResolvers<void>();
  const holding = product.database.tenant(product.tenantId, async ({ query }) => {
    await query('select from person where id = (select person_id from lead where id = $1) for update', [
      lead_id,
    ]);
    holds();
    await free;
  });
  await held;
  return {
    telefone,
    letGo() {
      release();
      return holding;
    },
  };
}
