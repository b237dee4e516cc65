import { type Product, type ProductOptions, startProduct } from './product.ts';

/** The product of a whole suite: started before its first test, and there from then on; stopped after its last. */
export function suiteProduct(options: ProductOptions = {}): Product {
  const product = {} as Product;
  beforeAll(async () => {
    Object.assign(product, await startProduct(options));
  });
  afterAll(() => product.stop?.());
  return product;
}
