import type { Logger } from 'pino'

import { atMost, type Endpoint, Endpoints } from '../endpoints.ts'
import type { FaultReporter } from '../fault.ts'
import { healthEndpoints } from '../health/endpoints.ts'
import type { Health } from '../health/health.ts'
import type { LogLevels } from '../log/levels.ts'
import type { Settings } from '../settings.ts'
import { type Access, accessOf } from './access.ts'
import { LOGGERS_METHODS, loggersEndpoint } from './loggers.ts'
import { type ManagementPort, serveManagement } from './server.ts'

/** A scrape can be megabytes, which wait in memory for a reader that may be slow. */
const MAX_SCRAPES = 16

export interface ManagementSetup {
  readonly settings: Settings
  /** What operators read. */
  readonly metrics: Endpoint
  readonly stats: Endpoint
  readonly health: Health
  readonly levels: LogLevels
  readonly log: () => Logger
  readonly fault: FaultReporter
}

/** What is answered where. */
export interface Management {
  /** On the application's port. */
  readonly endpoints: Endpoints
  /** `undefined`: there is none. */
  readonly port: (ManagementPort & { close(): Promise<void> }) | undefined
}

/**
 * Lays out who is answered what: probes are for everybody. The rest is for operators: on a port of their own where there
 * is one, else on the application's, and behind the token where there is one.
 */
export function createManagement(setup: ManagementSetup): Management {
  const { settings, metrics, stats, health, levels, log, fault } = setup
  const { port, host, token, loggers } = settings.management
  const access = accessOf(settings.management)
  const endpoints = new Endpoints(fault)
  const operators = port === undefined ? endpoints : new Endpoints(fault)

  const reading = (endpoint: Endpoint) => behind(access.reads, endpoint, access)
  operators.mount(settings.metrics.path, reading(port === undefined ? metrics : atMost(MAX_SCRAPES, metrics)))
  operators.mount(settings.stats.path, reading(stats))
  if (port !== undefined || token !== undefined) {
    const changing = behind(access.operates, loggersEndpoint(levels, log), access)
    operators.mount(loggers, changing, LOGGERS_METHODS)
  }
  const healthPath = settings.health.path
  if (healthPath !== false) {
    for (const [path, endpoint] of healthEndpoints(healthPath, health)) endpoints.mount(path, endpoint)
    for (const [path, endpoint] of healthEndpoints(healthPath, health, { details: access.operates }))
      operators.mount(path, endpoint)
  }
  return {
    endpoints,
    port: port === undefined ? undefined : serveManagement({ port, host, endpoints: operators, log, fault }),
  }
}

function behind(allows: Access['reads'], endpoint: Endpoint, { refuse }: Access): Endpoint {
  return (req, res) => (allows(req) ? endpoint(req, res) : refuse(req, res))
}
