import type { FastifyInstance } from 'fastify'

/** An internal part of a Fastify application, without a public name. */
export interface Part<Value> {
  /** The instance that holds the part. Instances of plugins inherit it. */
  readonly owner: Record<symbol, Value>
  readonly symbol: symbol
  readonly value: Value
}

/** Finds an internal part by the description of its symbol. `undefined`: this version of Fastify has no such part. */
export function partOf<Value>(app: FastifyInstance, description: string): Part<Value> | undefined {
  for (
    let owner: object | null = app;
    owner !== null;
    owner = Object.getPrototypeOf(owner) as object | null
  ) {
    const symbol = Object.getOwnPropertySymbols(owner).find((each) => each.description === description)
    if (symbol === undefined) continue
    const parts = owner as Record<symbol, Value>
    return { owner: parts, symbol, value: parts[symbol] as Value }
  }
  return undefined
}
