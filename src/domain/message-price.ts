/** What WhatsApp bills a message as; each has its price in the tenant's list. */
export const PRICE_CATEGORIES = ['marketing', 'utility', 'authentication', 'service'] as const;
export type PriceCategory = (typeof PRICE_CATEGORIES)[number];

/** What one message of each category costs, in R$. */
export type MessagePrices = Record<PriceCategory, number>;

/**
 * What a message costs in R$ by the tenant's list, from the `pricing` that its statuses brought: nothing where
 * WhatsApp does not bill it or the list has no such category; null while there is no pricing.
 */
export function messageCost(
  pricing: Readonly<Record<string, unknown>> | null,
  prices: MessagePrices,
): number | null {
  if (pricing === null) return null;
  const category = listedCategory(pricing.category);
  return pricing.billable === false || category === null ? 0 : prices[category];
}

/** The listed category that WhatsApp's own belongs to (`authentication_international` to `authentication`). */
function listedCategory(category: unknown): PriceCategory | null {
  const [first] = String(category ?? '')
    .toLowerCase()
    .split(/[_-]/);
  return PRICE_CATEGORIES.find((listed) => listed === first) ?? null;
}

/** Sums of prices without what binary fractions add: R$ to a hundredth of a cent. */
export function inReais(sum: number): number {
  return Math.round(sum * 10_000) / 10_000;
}
