import type { FastifyInstance } from 'fastify'

/** A part of an application that Fastify has no public name for. */
export interface Part<Value> {
  /** The instance that it belongs to: those of plugins inherit it. */
  readonly owner: Record<symbol, Value>
  readonly symbol: symbol
  readonly value: Value
}

/** Finds a part of an application by the description of its symbol; `undefined`: this Fastify has no such part. */
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
