import type { HealthStatus } from '../health/check.ts'
import { ASKED_BY_SERVICE } from '../health/checks/service.ts'
import { HEALTH_JSON, healthJson } from '../health/health-json.ts'
import type { Health } from '../health/health.ts'
import type { NodeRequest } from '../seam.ts'
import { prefers } from './accept.ts'
import { answer, type Endpoint, JSON_TYPE } from './endpoints.ts'

/** The access rules of the health endpoints. */
export interface HealthAccess {
  /** Whether the sender of a request may see reasons and details, which name internals. Default: never. */
  readonly details?: (req: NodeRequest) => boolean
}

/** The probes below a path, and the report at the path. The status is always 200 or 503: probes understand no other. */
export function healthEndpoints(
  path: string,
  health: Health,
  { details = () => false }: HealthAccess = {},
): ReadonlyArray<readonly [string, Endpoint]> {
  const probe =
    (ask: (req: NodeRequest) => Promise<HealthStatus>): Endpoint =>
    async (req, res) => {
      const status = await ask(req)
      answer(req, res, codeOf(status), JSON_TYPE, `${JSON.stringify({ status })}\n`)
    }
  return [
    [`${path}/live`, probe(health.live)],
    [
      `${path}/ready`,
      probe((req) => health.ready({ askServices: req.headers[ASKED_BY_SERVICE] === undefined })),
    ],
    [`${path}/startup`, probe(health.startup)],
    [
      path,
      async (req, res) => {
        const report = await health.report({ details: details(req) })
        const asDraft = prefers(req.headers.accept, HEALTH_JSON, 'application/json')
        const body = JSON.stringify(asDraft ? healthJson(report) : report, undefined, 2)
        answer(req, res, codeOf(report.status), asDraft ? HEALTH_JSON : JSON_TYPE, `${body}\n`)
      },
    ],
  ]
}

function codeOf(status: HealthStatus): number {
  return status === 'unhealthy' ? 503 : 200
}
