/** What every service answers: 97 bytes as JSON for any id of four characters. */
export function orderOf(id: string) {
  return {
    id,
    customer: 'c-2041',
    status: 'sent',
    total: 129.9,
    currency: 'EUR',
    items: ['lamp'],
  }
}

/** How many bytes the answer has. */
export const ORDER_BYTES = 97

/** The patterns of a service with so many routes. The first is the one that most measurements ask for. */
export function patternsOf(routes: number): string[] {
  return Array.from({ length: routes }, (_none, i) =>
    i === 0 ? '/api/orders/:id' : `/api/shelf-${i}/orders/:id`,
  )
}
