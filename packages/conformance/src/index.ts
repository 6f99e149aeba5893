import type { Adapter } from './app.ts'
import { context } from './context.ts'
import { counting, streaming } from './counting.ts'
import { identity } from './identity.ts'
import { load } from './load.ts'
import { runGroups } from './suite.ts'
import { twins } from './twins.ts'

export type { Adapter, Answer, App, Request, Route, Served } from './app.ts'

/** Declares, as Jest tests, everything that makes an adapter one: through the real framework on real sockets. */
export function describeAdapter(adapter: Adapter): void {
  runGroups(adapter, [twins, counting, streaming, identity, context, load])
}
