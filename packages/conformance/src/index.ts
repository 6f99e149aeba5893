import type { Adapter } from './app.ts'
import { breaking } from './breaking.ts'
import { context } from './context.ts'
import { counting } from './counting.ts'
import { dropping } from './dropping.ts'
import { ending } from './ending.ts'
import { endpoints } from './endpoints.ts'
import { health } from './health.ts'
import { identity } from './identity.ts'
import { leaving } from './leaving.ts'
import { load } from './load.ts'
import { logs } from './logs.ts'
import { outages } from './outages.ts'
import { ownNames } from './own-names.ts'
import { ownTracer } from './own-tracer.ts'
import { responses } from './responses.ts'
import { exactRoutes } from './routes.ts'
import { sdkTracer } from './sdk-tracer.ts'
import { secrets } from './secrets.ts'
import { sinks } from './sinks.ts'
import { storm } from './storm.ts'
import { streaming } from './streaming.ts'
import { runGroups } from './suite.ts'
import { traces } from './traces.ts'
import { twins } from './twins.ts'
import { upgrades } from './upgrades.ts'

export { toldRoutes } from './told-routes.ts'
export type { Adapter, Answer, App, Request, Route, Served } from './app.ts'

/** Declares the Jest tests that every adapter must pass, through the real framework on real sockets. */
export function describeAdapter(adapter: Adapter): void {
  runGroups(adapter, [
    sinks,
    twins,
    responses,
    counting,
    leaving,
    breaking,
    streaming,
    upgrades,
    load,
    storm,
    identity,
    ownNames,
    context,
    logs,
    secrets,
    exactRoutes,
    endpoints,
    health,
    outages,
    ending,
    dropping,
    traces('the SDK of OpenTelemetry', sdkTracer),
    traces('@sightline/otel', ownTracer),
  ])
}
