/** The response of each service: 97 bytes as JSON for any id of four characters. */
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

/** Size of the response. */
export const ORDER_BYTES = 97

/** The route patterns of a service. Most measurements request the first one. */
export function patternsOf(routes: number): string[] {
  return Array.from({ length: routes }, (_none, i) =>
    i === 0 ? '/api/orders/:id' : `/api/shelf-${i}/orders/:id`,
  )
}
