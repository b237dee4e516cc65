/** A number's digits, whatever it was written with. */
export function digitsOf(number: string): string {
  return number.replace(/\D/g, '');
}

/**
 * What WhatsApp knows a Brazilian mobile as: accounts of DDD 31 and above still live under the number without its
 * ninth digit. What would then begin with 2–5 is a landline's number, and keeps it.
 */
export function registeredWaId(digits: string): string {
  const parts = /^55([3-9]\d)9([6-9]\d{7})$/.exec(digits);
  return parts !== null && Number(parts[1]) >= 31 ? `55${parts[1]}${parts[2]}` : digits;
}

/** A business-scoped user id, e.g. `BR.1502`. */
export function isUserId(address: string): boolean {
  return /^[A-Z]{2}\.[\w.]+$/.test(address);
}
